"""The behavioural diff: which conversations end elsewhere or read differently, where they part and because of what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flow_edits import edited
from test_diff import GOLDEN, samples

import flowlab as fl
from flowlab.formats.studio import read_flow
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.show.flow_diff import FlowDiff

SAMPLES = Path(__file__).parents[1] / "sample_data"


def talk(name: str, *said: str, channel: str = "sms") -> Conversation:
    """What a customer wrote, a minute apart, then five hours of silence."""
    messages = tuple(Message(Role.CUSTOMER, words, 60.0 * at) for at, words in enumerate(said))
    return Conversation(name, channel, messages)


TALKS = [talk("orders", "hi", "1"), talk("returns", "hi", "a return", channel="whatsapp"), talk("silent", "hi")]
SERVICES = {"widgets": {"look_up": {"json": {}}}}


def compared(*edits: list[Any], talks: list[Conversation] = TALKS) -> FlowDiff:
    definition = GOLDEN["flow"]
    return fl.diff(read_flow(definition), read_flow(edited(definition, *edits)), talks)


def rows(found: FlowDiff) -> dict[str, dict[str, Any]]:
    assert found.behaviour is not None
    return {row["conversation_id"]: row for row in found.behaviour.to_dict("records")}


def test_the_same_flow_treats_all_alike() -> None:
    found = compared()
    assert rows(found) == {}
    assert found.behaviour_counts is not None
    counts = found.behaviour_counts.loc["all"]
    assert counts[["n", "ends_elsewhere", "reads_differently"]].to_list() == [3, 0, 0]
    assert counts["ends_elsewhere_low"] == 0 < counts["ends_elsewhere_high"] < 1, "three alike prove little"


def test_without_conversations_there_is_no_behaviour() -> None:
    definition = GOLDEN["flow"]
    found = fl.diff(read_flow(definition), read_flow(definition))
    assert found.behaviour is None and found.behaviour_counts is None


def test_a_text_that_reads_differently() -> None:
    found = rows(compared(["set", "say_order", "body", "It is on its way."]))
    assert set(found) == {"orders"}
    row = found["orders"]
    assert (row["what"], row["turn"], row["state"]) == ("changed line", 1, "say_order")
    assert (row["old"], row["new"]) == ("Your order is on its way.", "It is on its way.")
    assert (row["decided_by"], row["condition"], row["value"]) == ("choose", "equal_to 1", "1")
    assert row["reads_differently"] and not row["ends_elsewhere"]
    assert row["because"].startswith("'say_order' now says:")
    assert row["source"] == "replayed"


def test_an_exit_that_leads_elsewhere_changes_the_outcome() -> None:
    found = rows(compared(["wire", "ask_choice", 1, "agent"]))
    assert set(found) == {"silent"}
    row = found["silent"]
    assert (row["old_outcome"], row["new_outcome"]) == ("timed_out", "handed_off")
    assert (row["what"], row["state"]) == ("ending", "ask_choice")
    assert (row["old_way"], row["new_way"]) == ("timeout -> Ended", "timeout -> agent")
    assert row["ends_elsewhere"] and not row["reads_differently"]
    assert row["because"] == "'ask_choice': timeout now leads to 'agent' (ended the run)."


@pytest.mark.parametrize(
    ("edit", "because"),
    [
        (["drop exit", "choose", 1], "'choose' no longer has the branch = 1, which led to 'say_order'."),
        (["test", "choose", 1, "equal_to", "one"], "'choose': the way to 'say_order' is now taken on = one (was = 1)"),
        (["wire", "choose", 1, "say_return"], "'choose': = 1 now leads to 'say_return' (was 'say_order')."),
    ],
    ids=["branch removed", "condition", "rewired"],
)
def test_the_change_at_the_split_is_named_with_what_was_tested(edit: list[Any], because: str) -> None:
    row = rows(compared(edit))["orders"]
    assert row["state"] == "choose"
    assert row["value"] == "1"
    assert row["because"] == because


def test_a_new_branch_that_catches_a_reply() -> None:
    found = rows(
        compared(["add branch", "choose", "contains", "hours", "say_return"], talks=[talk("h", "hi", "hours?")])
    )
    assert found["h"]["because"].startswith("'choose' has a new branch: contains hours leads to 'say_return'")
    assert found["h"]["condition"] == "contains hours"


def test_a_variable_set_earlier_is_traced() -> None:
    """The text that reads differently was not touched: what it shows was."""
    base = edited(GOLDEN["flow"], ["set", "say_order", "body", "Asked: {{flow.variables.asked}}"])
    heard = "{{widgets.ask_choice.inbound.Body}}"
    variables = [{"key": "asked", "value": "no"}, {"key": "heard", "value": heard}]
    new = edited(base, ["set", "remember", "variables", variables])
    found = rows(fl.diff(read_flow(base), read_flow(new), [talk("other", "hi", "what?")], services=SERVICES))
    assert (found["other"]["old"], found["other"]["new"]) == ("Asked: yes", "Asked: no")
    assert found["other"]["state"] == "say_order"
    assert found["other"]["because"] == '\'remember\' sets asked to "no" (was "yes").'


def test_another_end_is_explained_by_the_way_not_by_what_was_said_before() -> None:
    edits = (
        ["set", "say_order", "body", "Soon."],
        ["wire", "say_order", 0, "agent"],
        ["set", "ask_choice", "body", "1?"],
    )
    row = rows(compared(*edits))["orders"]
    assert (row["what"], row["new"]) == ("changed line", "1?")
    assert (row["state"], row["new_way"]) == ("say_order", "sent -> agent")
    assert row["because"] == "'say_order': sent now leads to 'agent' (ended the run)."


def test_calls_that_nothing_answered_are_named() -> None:
    found = compared(["set", "say_order", "body", "Soon."], talks=[talk("other", "hi", "what?")])
    assert "look_up (1 time)" in found.as_text()


def test_renamed_states_are_not_mistaken_for_others() -> None:
    found = compared(["rename", "ask_choice", "welcome"], ["rename", "say_order", "tell_order"])
    assert found.renames == {"ask_choice": "welcome", "say_order": "tell_order"}
    assert rows(found) == {}


def test_a_shorter_wait_that_a_slow_customer_misses() -> None:
    slow = Conversation("slow", "sms", (Message(Role.CUSTOMER, "hi", 0.0), Message(Role.CUSTOMER, "1", 1000.0)))
    row = rows(compared(["set", "ask_choice", "timeout", "600"], talks=[slow]))["slow"]
    assert row["because"] == '\'ask_choice\': timeout is now "600" (was "3600").'


def test_no_conversations_at_all() -> None:
    found = compared(["wire", "ask_choice", 1, "agent"], talks=[])
    assert found.behaviour is not None and len(found.behaviour) == 0
    assert "n = 0 conversations" in found.as_text()


def test_the_sample_versions_on_every_channel() -> None:
    old, new = samples()
    talks = fl.load(SAMPLES / "conversations" / "order_support.jsonl")
    assert isinstance(talks, list)
    found = fl.diff(old, new, talks, services=SAMPLES / "services" / "order_support.yaml")
    counts = found.behaviour_counts
    assert counts is not None and found.behaviour is not None
    assert counts.loc["all", "n"] == len(talks) == counts["n"].iloc[:-1].sum()
    assert counts.loc["all", "reads_differently"] == len(talks)
    changed = found.behaviour["old_outcome"] != found.behaviour["new_outcome"]
    assert 0 < changed.sum() <= counts.loc["all", "ends_elsewhere"] < len(talks)
    told = found.as_text()
    assert f"behaviour (replayed, n = {len(talks)} conversations; 95 % intervals)" in told
    assert "because 'set_customer': next now leads to" in told
    assert "**behaviour" in found.as_markdown()
    whole = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert whole["behaviour"]["counts"][-1]["channel"] == "all"
    assert len(whole["behaviour"]["conversations"]) == len(found.behaviour)
    assert not old.by_name.keys() & {"split_said"}


def test_the_same_input_gives_the_same_diff() -> None:
    one, other = (compared(["wire", "choose", 1, "agent"]) for _ in range(2))
    assert one.as_text() == other.as_text()
    assert one._repr_mimebundle_() == other._repr_mimebundle_()
