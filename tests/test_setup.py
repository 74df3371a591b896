"""The newcomer's commands: lab.py does what it says, and the files that name packages agree with each other."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN_FILES = ["constraints.txt", "constraints-test.txt"]
FROM_CONDA = {
    "jupyterlab",
    "anywidget",
    "ipywidgets",
    "pandas",
    "networkx",
    "matplotlib",
}  # the five of the design card, and what draws widgets
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def parsed(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(need.name): need for need in map(Requirement, lines)}


CORE = parsed(PROJECT["project"]["dependencies"])
LAB = parsed(PROJECT["project"]["optional-dependencies"]["lab"])
TEST = parsed(PROJECT["project"]["optional-dependencies"]["test"])
BUILD = parsed(PROJECT["build-system"]["requires"] + PROJECT["dependency-groups"]["pins"])


def pins(file: str) -> list[tuple[Requirement, list[str]]]:
    """Every pin of the file with its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / file).read_text("utf-8"), flags=re.MULTILINE)
    entries = [line.split("--hash=") for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(Requirement(entry[0].strip()), [part.strip() for part in entry[1:]]) for entry in entries]


@pytest.fixture(scope="module")
def lab() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lab", ROOT / "lab.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the files that name packages ---


def test_environment_yml_has_the_ranges_of_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *conda, last = environment["dependencies"]
    by_conda = parsed([line.replace(" ", "") for line in conda])
    by_conda = {CONDA_NAMES.get(name, name): need for name, need in by_conda.items()}
    assert environment["channels"] == ["conda-forge"]
    assert str(by_conda.pop("python").specifier) == PROJECT["project"]["requires-python"]
    assert "pip" in by_conda
    del by_conda["pip"]

    *by_pip, itself = last["pip"]
    assert itself == "-e ."
    wanted = {**CORE, **LAB}
    assert set(by_conda) == FROM_CONDA
    named = {**by_conda, **parsed(by_pip)}
    assert {name: need.specifier for name, need in named.items()} == {
        name: need.specifier for name, need in wanted.items()
    }


@pytest.mark.parametrize("file", PIN_FILES)
def test_pins_are_exact_hashed_and_free_of_addresses(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    for word in ("://", "index-url", "find-links", "trusted-host", " @ ", "file:"):
        assert word not in text
    assert pins(file)
    for pin, hashes in pins(file):
        assert [part.operator for part in pin.specifier] == ["=="], pin
        assert hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), pin


def test_pins_hold_every_wanted_package_in_its_range() -> None:
    locked = pins("constraints.txt")
    for source, found in [(CORE | LAB | BUILD, locked), (TEST, locked + pins("constraints-test.txt"))]:
        for name, need in source.items():
            versions = [next(iter(pin.specifier)).version for pin, _ in found if pin.name == name]
            assert versions, f"{name} is not pinned: make pins"
            assert all(need.specifier.contains(version) for version in versions), f"{need}: {versions}"


def test_the_test_pins_only_add() -> None:
    locked, added = ({pin.name for pin, _ in pins(file)} for file in PIN_FILES)
    assert not locked & added


@pytest.mark.parametrize("name", ["numpy", "pandas", "pyzmq", "rpds-py"])
def test_compiled_packages_are_pinned_for_every_system(name: str) -> None:
    """A lock made for one machine would hold one or two hashes; a package for all systems holds dozens."""
    assert all(len(hashes) >= 20 for pin, hashes in pins("constraints.txt") if pin.name == name)


# --- what lab.py is ---


def test_lab_py_reads_on_an_old_python_and_needs_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "lab.py").read_text("utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert not names & {"tomllib", "zoneinfo"}, "younger than Python 3.8"


def test_lab_py_takes_the_pythons_that_pyproject_takes(lab: ModuleType) -> None:
    assert PROJECT["project"]["requires-python"] == f">={lab.dotted(lab.OLDEST)}"
    lab.check_python(lab.OLDEST)
    lab.check_python(lab.NEWEST)


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 99)])
def test_another_python_is_refused_with_what_to_do(lab: ModuleType, version: tuple[int, int]) -> None:
    with pytest.raises(lab.Trouble) as refusal:
        lab.check_python(version)
    assert lab.dotted(version) in str(refusal.value)
    assert "Install" in str(refusal.value)


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "Makefile", ".ci/run"])
def test_every_command_we_print_exists(lab: ModuleType, file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    verbs = re.findall(r"(?:python3|\$\(PYTHON\)|PYTHON:-python3\}\") lab\.py ([a-z]+)", text)
    assert set(verbs) <= set(lab.VERBS)
    if file == "README.md":
        assert "python3 lab.py\n" in text
        assert "python3 lab.py demo" in text
    else:
        assert "test" in verbs


def test_make_has_each_verb(lab: ModuleType) -> None:
    if not shutil.which("make"):
        pytest.skip("no make here")
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {f"make {verb}" for verb in [*lab.VERBS, "pins"]} <= set(re.findall(r"make \w+", told))


# --- what lab.py does: on a small copy of the project, with an installer that only writes down what it was asked ---

STUB_CLI = "import sys; print('flowlab', sys.argv[1:], sys.prefix)"
WRITES_DOWN = 'echo "$@" >> asked.txt'
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """lab.py and what it reads, beside a flowlab that only says its arguments."""
    place = tmp_path / "a clone"
    (place / "flowlab").mkdir(parents=True)
    (place / "flowlab" / "cli.py").write_text(STUB_CLI)
    for file in ["lab.py", "pyproject.toml", *PIN_FILES]:
        shutil.copy(ROOT / file, place)
    return place


@pytest.fixture
def run(copy: Path) -> Run:
    """Run lab.py in the copy; ``uv`` is the shell text that stands in for the installer."""

    def start(*words: str, uv: str = WRITES_DOWN) -> subprocess.CompletedProcess[str]:
        tool = copy.parent / "bin" / "uv"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f"#!/bin/sh\n{uv}\n")
        tool.chmod(0o755)
        environment = {**os.environ, "PATH": f"{tool.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"}
        command = [sys.executable, "lab.py", *words]
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)

    return start


needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stand-in for the installer is a shell script")


@needs_sh
def test_help_needs_no_environment(run: Run, copy: Path) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "python3 lab.py demo" in done.stdout
    assert not (copy / ".venv").exists()


@needs_sh
@pytest.mark.parametrize("word", ["tset", "--no-browser"])
def test_an_unknown_verb_makes_nothing(run: Run, copy: Path, word: str) -> None:
    done = run(word)
    assert done.returncode == 2
    assert word in done.stderr
    assert "lab, demo, test" in done.stderr
    assert not (copy / ".venv").exists()


@needs_sh
def test_first_run_installs_pins_with_hashes_then_flowlab_alone(run: Run, copy: Path) -> None:
    done = run("demo", "--fast")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"flowlab ['demo', '--fast'] {copy / '.venv'}" in done.stdout
    packages, itself = (copy / "asked.txt").read_text().splitlines()
    assert "--require-hashes -r constraints.txt" in packages
    assert "constraints-test.txt" not in packages
    assert itself.endswith("--no-deps --no-build-isolation --editable .")


@needs_sh
def test_second_run_installs_nothing_and_changed_pins_are_installed(run: Run, copy: Path) -> None:
    run("demo")
    again = run("demo", uv="exit 9")
    assert again.returncode == 0
    assert "environment up to date" in again.stdout

    with (copy / "constraints.txt").open("a") as file:
        file.write("# a newer pin\n")
    changed = run("demo")
    assert "installing" in changed.stdout
    assert "creating" not in changed.stdout


@needs_sh
@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("client error (Connect): dns error", "go online"),
        ("Hash mismatch for numpy", "not the file that was pinned"),
        ("No space left on device", "disk is full"),
        ("something unheard of", "lines above"),
    ],
)
def test_a_failed_install_says_what_to_do_and_the_next_run_goes_on(run: Run, said: str, advice: str) -> None:
    failed = run("demo", uv=f"echo '{said}'; exit 1")
    assert failed.returncode == 1
    assert said in failed.stderr
    assert advice in failed.stderr
    assert "Traceback" not in failed.stderr
    again = run("demo")
    assert again.returncode == 0
    assert "installing" in again.stdout


@needs_sh
def test_a_run_that_was_killed_is_started_afresh(run: Run) -> None:
    assert run("demo", uv="kill -9 $PPID").returncode != 0
    again = run("demo")
    assert again.returncode == 0
    assert "removing the old .venv: the last run was cut short" in again.stdout


def lose_python(venv: Path) -> None:
    (venv / "bin" / "python").unlink()


def lose_packages(venv: Path) -> None:
    shutil.rmtree(venv / "lib")


def lose_settings(venv: Path) -> None:
    (venv / "pyvenv.cfg").unlink()


def be_a_file(venv: Path) -> None:
    shutil.rmtree(venv)
    venv.write_text("not a folder")


def be_old(venv: Path) -> None:
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").write_text(f"#!/bin/sh\necho 3 8 True {venv}\n")
    (venv / "bin" / "python").chmod(0o755)


@needs_sh
@pytest.mark.parametrize("harm", [lose_python, lose_packages, lose_settings, be_a_file, be_old])
def test_a_broken_environment_is_made_anew(run: Run, copy: Path, harm: Callable[[Path], None]) -> None:
    run("demo")
    harm(copy / ".venv")
    again = run("demo")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "creating .venv" in again.stdout
    assert f"{copy / '.venv'}" in again.stdout


@needs_sh
def test_a_moved_checkout_gets_its_own_environment(run: Run, copy: Path) -> None:
    run("demo")
    stamp = copy / ".venv" / "flowlab-stamp"
    stamp.write_text(stamp.read_text().replace(str(copy), "/elsewhere"))
    assert "made in another folder" in run("demo").stdout


@needs_sh
def test_an_environment_of_ones_own_is_kept(run: Run, copy: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", copy / ".venv"], check=True)
    (copy / ".venv" / "mine.txt").write_text("keep me")
    done = run("demo")
    assert "creating" not in done.stdout
    assert (copy / ".venv" / "mine.txt").exists()


@needs_sh
def test_the_test_verb_runs_every_check_and_sums_up(run: Run, copy: Path) -> None:
    done = run("test", "-k", "nothing")
    assert done.returncode == 1, "there are no tools in this environment, so every check fails"
    assert re.findall(r"^== (\w+)$", done.stdout, re.MULTILINE) == ["lint", "format", "types", "tests"]
    assert "lint FAILED, format FAILED, types FAILED, tests FAILED" in done.stdout
    assert "-r constraints.txt -r constraints-test.txt" in (copy / "asked.txt").read_text()


@needs_sh
@pytest.mark.parametrize("words", [[], ["lab"], ["lab", "--no-browser", "--port", "8899"]])
def test_lab_opens_the_tour_with_the_checkout_as_its_root(run: Run, copy: Path, words: list[str]) -> None:
    (copy / "notebooks").mkdir()
    (copy / "notebooks" / "00_tour.ipynb").write_text("{}")
    (copy / "jupyterlab.py").write_text("import sys; print('jupyterlab', *sys.argv[1:], sep='|')")
    done = run(*words)
    assert done.returncode == 0, done.stderr
    asked = done.stdout.splitlines()[-1].split("|")
    assert f"--ServerApp.root_dir={copy}" in asked
    assert "--LabApp.default_url=/lab/tree/notebooks/00_tour.ipynb" in asked
    assert asked[len(asked) - len(words[1:]) :] == words[1:]


@needs_sh
def test_a_missing_tour_is_said_before_anything_is_installed(run: Run, copy: Path) -> None:
    done = run("lab")
    assert done.returncode == 1
    assert "notebooks/00_tour.ipynb is missing" in done.stderr
    assert not (copy / ".venv").exists()
