"""The part that runs in the page: its types hold, and what the wheel carries is what the sources make."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "flowlab" / "static"

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="no npm on this machine")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with the pinned tools beside it."""
    folder = tmp_path_factory.mktemp("js") / "js"
    shutil.copytree(ROOT / "js", folder, ignore=shutil.ignore_patterns("node_modules"))
    got = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"the pinned tools could not be fetched: {got.stderr.strip()[-200:]}")
    return folder


def test_types(sources: Path) -> None:
    done = subprocess.run(["npm", "run", "--silent", "check"], cwd=sources, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_shipped_is_what_the_sources_make(sources: Path, tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=sources, check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in STATIC.iterdir()}
    assert made == shipped, "run: cd js && npm ci && npm run build"


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "js" / "package-lock.json").read_text(encoding="utf-8")
