"""What several test files share: small flows made by hand, and the real ones where the folder is present."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from flowlab import cli
from flowlab.model.flow import Flow, State, Transition

REAL_FLOWS = Path(__file__).parents[2] / "shared" / "real_flows"

# A busy machine is no fault: no deadlines. CI tries the same examples each time; elsewhere they are new ones.
hypothesis.settings.register_profile(
    "flowlab",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("flowlab")


def state(name: str, kind: str, exits: dict[str, str | None] | None = None, **properties: Any) -> State:
    """A state with one exit an event."""
    return State(name, kind, tuple(Transition(event, to) for event, to in (exits or {}).items()), properties)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process: ``(exit code, standard output, standard error)``. ``typed``: standard input."""

    def call(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["flowlab", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0, out, err

    return call


@pytest.fixture
def greeting() -> Flow:
    """Asks for a name, greets, ends; silence leads nowhere."""
    return Flow(
        (
            state("Trigger", "trigger", {"incomingMessage": "ask", "incomingConversationMessage": "ask"}),
            state(
                "ask",
                "send-and-wait-for-reply",
                {"incomingMessage": "greet", "timeout": None, "deliveryFailure": None},
                body="Your name?",
                timeout="600",
            ),
            state("greet", "send-message", {"sent": None, "failed": None}, body="Hi {{widgets.ask.inbound.Body}}!"),
        ),
        "Trigger",
    )


@pytest.fixture(scope="session")
def real_flows() -> list[Path]:
    """The published flows lent to the tests, beside the checkout."""
    files = sorted(REAL_FLOWS.glob("*.json"))
    if not files:
        pytest.skip(f"no real flows in {REAL_FLOWS}")
    return files


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file with the given content (text or bytes), and give its path."""

    def _write(content: str | bytes, name: str = "flow.json") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture(autouse=True)
def _no_widget_is_left() -> Iterator[None]:
    """After each test: what widgets it made are closed, where it made any."""
    yield
    if made := sys.modules.get("ipywidgets"):
        made.Widget.close_all()
