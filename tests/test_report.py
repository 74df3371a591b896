"""The report: one page that stands alone, says what was run, and lets nothing hostile through."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flowlab.errors import UsageError
from flowlab.measure.replayed import Run
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.divergence import Divergence
from flowlab.model.event import Event
from flowlab.model.finding import Finding, Severity
from flowlab.model.flow import Flow, State, Transition
from flowlab.show.comparison import compare
from flowlab.show.report import write_report

HOSTILE = "<script>alert('x')</script><img src=http://evil.example/x onerror=alert(1)>\ud83d"
T0 = 1_772_445_600.0


def a_flow(name: str = "order support", state: str = "ask") -> Flow:
    trigger = State("Trigger", "trigger", (Transition("incomingMessage", state),))
    ask = State(
        state, "send-and-wait-for-reply", (Transition("incomingMessage"), Transition("timeout")), {"body": name}
    )
    return Flow((trigger, ask), "Trigger", name=name, source="flows/order.json")


def a_run(flow: Flow, texts: str = "hello", differences: int = 1) -> Run:
    state = flow.states[1].name
    events = [
        Event("c1", 0, T0, "sms", "started", "Trigger", "trigger", "incomingMessage"),
        Event("c1", 1, T0, "sms", "received", "Trigger", "trigger", text=texts, units=1),
        Event("c1", 2, T0, "sms", "step", "Trigger", "trigger", "incomingMessage", state),
        Event("c1", 3, T0 + 9, "sms", "step", state, "send-and-wait-for-reply", "incomingMessage", "Ended"),
        Event("c1", 4, T0 + 86_400, "sms", "ended", state, event="contained", detail=texts),
    ]
    talk = Conversation("c1", "sms", (Message(Role.CUSTOMER, texts, T0),), source="transcripts/june.jsonl")
    parted = [
        Divergence("c1", "sms", 1, T0, "changed line", texts, f"now {i}", state, "no match", "?")
        for i in range(differences)
    ]
    return Run(flow, [talk], events, parted)


def report(path: Path, run: Run, findings: tuple[Finding, ...] = ()) -> str:
    made = write_report(path, flow=run.flow, run=run, comparison=compare(run), findings=findings)
    assert made == path
    return path.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_it_says_what_was_run_and_what_came_of_it(tmp_path: Path) -> None:
    finding = Finding("silent-end", Severity.ERROR, "stops without a word", "wire the timeout", "ask", "timeout")
    page = Page(report(tmp_path / "report.html", a_run(a_flow()), (finding,)))
    for said in (
        "order support: replayed",
        "order support (2 states), flows/order.json",
        "1, transcripts/june.jsonl",
        "2026-03-02 to 2026-03-03 (UTC)",
        "all text channels",
        "1/1",
        "stops without a word",
        "wire the timeout",
        "1 differences in 1 of 1 conversations",
        "now 0",
        "states covered 2/2, exits covered 2/3",
        "timeout",
    ):
        assert said in page.text


def test_it_stands_alone(tmp_path: Path) -> None:
    text = report(tmp_path / "report.html", a_run(a_flow()))
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe", "object", "base"} & set(tags)
    addresses = [value for _, given in page.tags for name, value in given.items() if name in ("src", "srcset", "href")]
    assert len(addresses) == 4  # the comparison and the flow, each in light and dark
    assert all(str(address).startswith("data:image/") for address in addresses)
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    flow = a_flow(HOSTILE, HOSTILE)
    finding = Finding(HOSTILE, Severity.ERROR, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    page = Page(report(tmp_path / "report.html", a_run(flow, HOSTILE), (finding,)))
    assert "script" not in [tag for tag, _ in page.tags]
    assert all(str(given["src"]).startswith("data:image/") for tag, given in page.tags if tag == "img")
    assert not any(name.startswith("on") for _, given in page.tags for name in given)
    assert page.text.count("<script>alert('x')</script>") >= 8


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    first, again = (report(tmp_path / name, a_run(a_flow())) for name in ("a.html", "b.html"))
    assert first == again


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    page = Page(report(tmp_path / "report.html", a_run(a_flow(), differences=70)))
    assert "The first 50 of 70." in page.text
    assert len(re.findall(r"now \d+", page.text)) == 50


def test_an_empty_run(tmp_path: Path) -> None:
    page = Page(report(tmp_path / "report.html", Run(a_flow(), [], [], [])))
    for said in ("no times recorded", "Nothing found", "Nowhere", "exits covered 0/3"):
        assert said in page.text


def test_folders_are_made_and_an_older_page_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.html"
    report(path, a_run(a_flow("first")))
    assert "second: replayed" in report(path, a_run(a_flow("second")))
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be written"):
        report(tmp_path / "file" / "report.html", a_run(a_flow()))
    (tmp_path / "report.html").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        report(tmp_path / "report.html", a_run(a_flow()))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "report.html"]
