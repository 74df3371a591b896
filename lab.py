"""One command from a fresh clone to a running lab. It needs Python and nothing else.

    python3 lab.py            open the notebooks in JupyterLab
    python3 lab.py demo       the main job in the terminal: pictures, events and a report in demo_output/
    python3 lab.py test       lint, format, types and all tests

What follows the verb is handed on: `lab.py lab --no-browser --port 8899` to JupyterLab, `lab.py demo --help`
to flowlab, `lab.py test -k layout` to pytest. The first run makes the folder .venv (about 400 MB) from the
pinned packages in constraints.txt; later runs start at once. To begin afresh, delete .venv.
"""

from __future__ import annotations  # no newer syntax below: an old Python must reach `check_python`

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import TextIO

OLDEST, NEWEST = (3, 11), (3, 14)  # NEWEST: the last one with a ready-made wheel of every pinned package

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "flowlab-stamp"

PINS = ["constraints.txt"]
TOUR = "notebooks/00_tour.ipynb"
LAB_OPTIONS = [
    f"--ServerApp.root_dir={ROOT}",
    f"--LabApp.default_url=/lab/tree/{TOUR}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]

QUIET = VENV / "share/jupyter/lab/settings/overrides.json"  # else Lab asks to fetch news, over the page's corner

GET_VENV = "On Debian and Ubuntu: sudo apt install python3-venv. Elsewhere: install uv, or Python from python.org."
# A word in the installer's output -> what a person can do about it. The first that fits is said.
REMEDIES = {
    "no space left": "The disk is full: free about 1 GB and run this again.",
    "permission": "Files in .venv are in use or not yours: close JupyterLab or delete .venv, then try again.",
    "hash": "A download is not the file that was pinned: try again, without a mirror if you use one.",
    "certificate": "A proxy changes certificates: let SSL_CERT_FILE and PIP_CERT name the file with its own.",
    "timed out": "The package index is slow to answer: run this again, what was downloaded is kept.",
    "connect": "No way to the package index: go online, or set HTTPS_PROXY, and run this again.",
}


class Trouble(Exception):
    """Something a person has to mend; the message says how."""


def main(words: list[str]) -> int:
    """Do what the words say; return the exit code: 0 fine, 1 trouble or failed checks, 2 wrong use."""
    verb, *rest = words or ["lab"]
    if verb in ("-h", "--help", "help"):
        say((__doc__ or "").strip())
        return 0
    if verb not in VERBS:
        say(f"unknown verb {verb!r}: say {', '.join(VERBS)} or --help (options follow the verb)", sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        check_python(sys.version_info[:2])
        return VERBS[verb](rest)
    except Trouble as trouble:
        say(f"\n{trouble}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nstopped; run the same command again at any time", sys.stderr)
        return 130


def lab(rest: list[str]) -> int:
    """Open JupyterLab on the tour, or on the notebook that is named."""
    if not (Path(TOUR).is_file() or any(word.endswith(".ipynb") for word in rest)):
        raise Trouble(f"{TOUR} is missing. Bring it back with: git checkout -- {TOUR}")
    prepare(PINS)
    QUIET.parent.mkdir(parents=True, exist_ok=True)
    QUIET.write_text('{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}', "utf-8")
    say("opening JupyterLab (Ctrl-C twice ends it)")
    return become("jupyterlab", *LAB_OPTIONS, *rest)


def demo(rest: list[str]) -> int:
    """Run `flowlab demo`."""
    prepare(PINS)
    return become("flowlab.cli", "demo", *rest)


def test(rest: list[str]) -> int:
    """Run every check, whatever the earlier ones say, and sum up; only pytest gets the further arguments."""
    prepare([*PINS, "constraints-test.txt"])
    workers = min(4, os.cpu_count() or 1)
    spread = ["-n", str(workers), "--dist", "loadgroup"] if workers > 1 else []
    checks = {
        "lint": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
        "tests": ["pytest", *spread, *rest],
    }
    began, verdicts = time.monotonic(), {}
    for name, command in checks.items():
        say(f"== {name}")
        verdicts[name] = subprocess.call([str(PYTHON), "-m", *command]) == 0
    words = ", ".join(f"{name} {'ok' if good else 'FAILED'}" for name, good in verdicts.items())
    say(f"== {words} ({time.monotonic() - began:.0f} s)")
    return 0 if all(verdicts.values()) else 1


VERBS = {"lab": lab, "demo": demo, "test": test}


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that the pinned packages cannot be installed into, and say which one to take."""
    if not OLDEST <= version <= NEWEST:
        raise Trouble(
            f"flowlab runs on Python {dotted(OLDEST)} to {dotted(NEWEST)}, and {sys.executable} is {dotted(version)}.\n"
            "Install one from python.org or with apt, brew or winget, then say for instance: python3.13 lab.py\n"
            "With uv nothing need be installed: uv run --no-project --python 3.13 lab.py"
        )


def prepare(pins: list[str]) -> None:
    """Make .venv hold these pins and flowlab itself; do nothing when it already does."""
    fault = fault_of_venv()
    if fault:
        create_venv(fault)
    wanted = [f"{name} {digest(ROOT / name)}" for name in ["pyproject.toml", *pins]] + [f"checkout {ROOT}"]
    if set(wanted) <= set(stamp()):
        say("environment up to date")
        return
    STAMP.write_text("unfinished")  # a run that is killed from here on leaves this word: the next starts afresh
    try:
        install(pins)
    except Trouble:
        STAMP.write_text("")  # the installer gave up by itself: the next run goes on from what is there
        raise
    STAMP.write_text("\n".join(wanted), "utf-8")


def fault_of_venv() -> str:
    """Why .venv cannot be used as it is, in words; empty when it can."""
    if not VENV.exists():
        return "there is none yet"
    if "unfinished" in stamp():
        return "the last run was cut short"
    if any(line.startswith("checkout ") and line != f"checkout {ROOT}" for line in stamp()):
        return "it was made in another folder"
    # Without pyvenv.cfg the prefix is the machine's own Python, which must not be installed into; when Python was
    # upgraded underneath, the folder of packages has another name.
    probe = "import os, sys, sysconfig; found = os.path.isdir(sysconfig.get_path('purelib'))"
    probe += "; print(*sys.version_info[:2], found, sys.prefix)"
    try:
        told = subprocess.check_output([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL, text=True)
        major, minor, found, prefix = told.strip().split(" ", 3)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return "its Python does not run"
    if not OLDEST <= (int(major), int(minor)) <= NEWEST:
        return f"its Python is {major}.{minor}"
    return "" if found == "True" and Path(prefix).resolve() == VENV.resolve() else "parts of it are missing"


def create_venv(fault: str) -> None:
    """Put a new, empty environment in the place of the old one."""
    try:
        import venv  # not in every Python: some systems package it apart

        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            say(f"removing the old .venv: {fault}")
            shutil.rmtree(str(VENV))
        say(f"creating .venv with Python {dotted(sys.version_info[:3])}")
        venv.EnvBuilder(symlinks=os.name != "nt").create(str(VENV))
    except ImportError:
        raise Trouble(f"This Python has no venv. {GET_VENV}") from None
    except OSError as error:
        raise Trouble(f"Cannot make .venv: {error}. Close what uses it and try again.") from None


def install(pins: list[str]) -> None:
    """Install the pins, each checked against its hash, then flowlab itself."""
    uv = shutil.which("uv")
    tool = [uv, "pip", "install", "--python", str(PYTHON)] if uv else pip()
    count = sum("==" in line for name in pins for line in (ROOT / name).read_text().splitlines())
    say(f"installing {count} pinned packages with {'uv' if uv else 'pip (a minute or two)'}")
    run([*tool, "--require-hashes", *(word for name in pins for word in ("-r", name))])
    say("installing flowlab itself, editable")
    # The build backend is one of the pins, so nothing that is not pinned is fetched here.
    run([*tool, "--no-deps", "--no-build-isolation", "--editable", "."])


def pip() -> list[str]:
    """The environment's own pip install, which is unpacked first: environments are made without, as uv needs none."""
    if subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False).returncode:
        raise Trouble(f"This Python cannot unpack its pip. {GET_VENV}")
    return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]


def run(command: list[str]) -> None:
    """Run an installer quietly, counting where somebody watches; on failure show its end and a remedy."""
    last: deque[str] = deque(maxlen=60)
    seen = 0
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, stdout=pipe, stderr=both, text=True, errors="replace") as process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            if line.startswith("Collecting ") and sys.stdout.isatty():
                seen += 1
                print(f"\r  {seen:3d}  {line.split()[1]:<50.50}", end="", flush=True)
    if seen:
        print("\r" + " " * 60, end="\r", flush=True)
    if process.returncode:
        said = " ".join(last).lower()
        remedy = next((REMEDIES[word] for word in REMEDIES if word in said), "The lines above say why.")
        end = "\n".join(f"  | {line}" for line in list(last)[-12:])
        raise Trouble(f"{end}\n\nInstalling failed. {remedy}")


def become(module: str, *arguments: str) -> int:
    """Go on as this module of the environment. Windows cannot replace a process, so there we wait for it."""
    command = [str(PYTHON), "-m", module, *arguments]
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


def stamp() -> list[str]:
    """The lines of the stamp: what .venv was made from."""
    return STAMP.read_text("utf-8").splitlines() if STAMP.is_file() else []


def digest(path: Path) -> str:
    """A file's content as one number, the same whatever line ends git gave it."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def dotted(version: tuple[int, ...]) -> str:
    """Version (3, 11) as 3.11."""
    return ".".join(map(str, version))


def say(text: str, to: TextIO | None = None) -> None:
    """Tell the person, before anything that a started program writes."""
    print(text, file=to, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
