"""The replay player without a notebook: what can be chosen, what the film of a conversation holds, forks and ghosts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from order_support import WORLD, both_versions
from teahouse import EVIL, small_flow

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.measure.replayed import Run
from flowlab.model.conversation import Conversation, Message
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.widgets.player import Player
from flowlab.widgets.recorded_talk import talk_from
from flowlab.widgets.talk_list import SAME, UNKNOWN, TalkList


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return both_versions(80)


@pytest.fixture
def player(runs: dict[str, Run]) -> Player:
    return Player(runs["version 2"], against={"version 1": runs["version 1"]})


def teahouse(*said: str, answers: tuple[str, ...] = (), **more: Any) -> Run:
    """One customer at the tea house, and what the record says the bot answered."""
    messages = [Message("customer", text, 100.0 * n) for n, text in enumerate(said)]
    messages += [Message("bot", text, 100.0 * n + 1) for n, text in enumerate(answers)]
    ordered = tuple(sorted(messages, key=lambda message: message.time_s or 0.0))
    return fl.replay(small_flow(), [Conversation("7", "sms", ordered, **more)])


class TestChoosing:
    def test_every_filter_s_counts_are_those_of_what_it_finds(self, runs: dict[str, Run]) -> None:
        talks = TalkList(runs["version 2"])
        assert {"channel", "outcome", "recorded", "differs", "intent"} <= talks.columns.keys()
        for column, values in talks.values().items():
            for value, count in values:
                assert len(talks.find({column: value})) == count, (column, value)

    def test_outcomes_are_those_of_the_run(self, runs: dict[str, Run]) -> None:
        table = runs["version 2"].outcomes
        rows = TalkList(runs["version 2"]).rows
        assert [row.facts["outcome"][0] for row in rows] == table["outcome"].tolist()
        assert {row.id for row in rows if row.facts["differs"] != (SAME,)} == {
            one.conversation_id for one in runs["version 2"].parted
        }

    def test_filters_and_search_hold_together(self, player: Player) -> None:
        player.only(channel="sms", outcome="contained")
        assert player.count == len(player.found) > 0
        assert {(row[1], row[2]) for row in player.found} == {("sms", "contained")}
        player.sought = "ORDER"
        texts = {talk.id: " ".join(m.text for m in talk.messages).casefold() for talk in player.run.conversations}
        assert all("order" in texts[row[0]] for row in player.found)
        player.set_state({"chosen": {}, "sought": ""})
        assert player.count == 80

    def test_wrong_use_is_an_error_at_once(self, player: Player, runs: dict[str, Run]) -> None:
        with pytest.raises(UsageError, match="no 'chanel' to filter by"):
            player.only(chanel="sms")
        with pytest.raises(UsageError, match="no conversation 'hp-9'"):
            runs["version 2"].player("hp-9")
        player.set_state({"conversation": "gone"})
        assert "no conversation 'gone'" in player.trouble

    def test_what_the_record_does_not_say_can_be_found_too(self) -> None:
        run = fl.replay(small_flow(), [Conversation(str(n), "sms", ()) for n in range(3)])
        assert [row.facts["recorded"] for row in TalkList(run).rows] == [(UNKNOWN,)] * 3


class TestFilm:
    def test_begins_with_the_first_that_differs(self, player: Player) -> None:
        assert player.conversation == player.run.parted[0].conversation_id

    def test_beats_lead_from_the_first_word_to_the_end(self) -> None:
        film = teahouse("hi", "tea").player().film
        words = [beat["words"] for beat in film["beats"]]
        assert words == [
            "the customer writes",
            "the flow answers",
            "the customer writes",
            "ask leaves by incomingMessage",
            "choose leaves by match",
            "the flow answers",
            "serve leaves by sent",
            "the execution ends",
        ]
        assert [beat["turn"] for beat in film["beats"]] == [1, 1, 2, 2, 2, 2, 2, 2]
        assert [beat["active"] for beat in film["beats"]][2:5] == ["", "choose", "serve"]

    def test_the_walk_is_that_of_the_run(self, player: Player) -> None:
        for row in player.found[:20]:
            player.conversation = row[0]
            walked = [(state, to) for _, state, to in player.film["walk"]]
            assert walked == [(state, to) for state, _, to in player.run.path(row[0])]
            assert player.trouble == ""

    def test_differences_are_marked_on_both_sides_and_explained(self) -> None:
        film = teahouse("hi", "tea", answers=("Tea or cocoa?", "Here is your tea.")).player().film
        record = {line["text"]: line.get("mark") for line in film["record"]["lines"]}
        replayed = {line["text"]: line.get("mark") for line in film["phone"]["lines"]}
        assert (record["Tea or cocoa?"], record["Here is your tea."]) == ("changed line", None)
        assert (replayed["Tea or coffee?"], replayed["Here is your tea."]) == ("changed line", None)
        (one,) = film["differences"]
        assert one["turn"] == 1
        assert "now says “Tea or coffee?”, not “Tea or cocoa?”" in one["words"]

    def test_every_difference_of_the_sample_is_marked_somewhere(self, player: Player) -> None:
        for row in player.found:
            player.conversation = row[0]
            marks = [
                line["mark"] for side in ("record", "phone") for line in player.film[side]["lines"] if "mark" in line
            ]
            expected = {one.what for one in player.run.parted if one.conversation_id == row[0]}
            assert set(marks) == expected, row

    def test_an_outcome_that_differs_is_told(self) -> None:
        film = (
            teahouse("hi", "tea", answers=("Tea or coffee?", "Here is your tea."), outcome="handed_off").player().film
        )
        assert "now ends contained, not handed off" in film["differences"][0]["words"]

    def test_a_replay_that_did_nothing_is_still_shown(self) -> None:
        player = Player(fl.replay(small_flow(), [Conversation("7", "sms", (Message("bot", "Hello?", 0.0),))]))
        assert player.film["beats"] == []
        assert player.film["record"]["lines"][0]["text"] == "Hello?"

    def test_no_conversation_at_all_is_no_error(self) -> None:
        player = Player(fl.replay(small_flow(), []))
        assert (player.count, player.trouble, player.conversation) == (0, "", "")

    def test_what_is_sent_is_json_and_long_texts_are_cut(self) -> None:
        player = teahouse("hi " + "x" * 100_000, EVIL, answers=(EVIL,), extra={EVIL: EVIL}).player()
        state = {key: value for key, value in player.get_state().items() if not key.startswith("_")}
        assert len(json.dumps(state)) < 100_000


class TestBeside:
    def test_another_version_shows_where_the_ways_part(self, player: Player) -> None:
        player.beside = "version: version 1"
        assert player.other["words"].startswith("They part at ")
        other = player._against["version 1"].events[player.conversation]
        assert len(player.other["walk"]) == sum(e.kind == "step" and not e.parent for e in other)

    def test_the_same_version_goes_the_same_way(self, runs: dict[str, Run]) -> None:
        player = runs["version 2"].player(against={"twin": runs["version 2"]})
        player.beside = "version: twin"
        assert player.other["words"] == "twin: the same way."

    def test_another_channel_is_replayed_on_the_spot(self, player: Player) -> None:
        player.beside = "channel: email"
        assert (player.trouble, player.other["phone"]["skin"]) == ("", "mail")
        player.beside = "record"
        assert player.other == {}

    def test_a_version_without_this_conversation_says_so(self, runs: dict[str, Run]) -> None:
        other = replace(runs["version 1"], conversations=[], log=[])
        player = runs["version 2"].player(against={"empty": other})
        player.beside = "version: empty"
        assert "empty has no conversation" in player.trouble


class TestFork:
    def test_a_talk_from_the_record_is_what_the_replay_made_of_it(self, runs: dict[str, Run]) -> None:
        run = runs["version 2"]
        events = TalkList(run).events
        world = load_services(WORLD)
        for talk in run.conversations[:40]:
            made = talk_from(talk, run.flow, fl.channels[talk.channel], world, len(talk.turns))
            assert made.session.events == events[talk.id][: len(made.session.events)]

    def test_fork_here_goes_on_otherwise(self) -> None:
        player = teahouse("hi", "beer").player()
        player.position = 1  # the flow has answered the first message
        player.act({"do": "fork_here"})
        assert (player.beside, player.other["live"]) == ("fork", True)
        player.act({"do": "say", "text": "tea"})
        assert player.trouble == ""
        assert player.other["phone"]["lines"][-1]["outcome"] == "contained"
        assert player.other["words"] == "They part at choose: here noMatch to Ended, the fork match to serve."
        player.act({"do": "back"})
        player.act({"do": "wait", "seconds": 3600})
        assert "Gone? Bye!" in [line["text"] for line in player.other["phone"]["lines"]]

    def test_a_chat_goes_on_from_it(self) -> None:
        player = teahouse("hi", "beer").player()
        player.position = 1
        chat = player.chat()
        chat.say("tea")
        assert (chat.session.outcome, chat.channel) == ("contained", "sms")

    def test_another_conversation_leaves_the_fork(self, player: Player) -> None:
        player.fork()
        player.conversation = player.found[5][0]
        assert (player.beside, player.other) == ("record", {})

    def test_services_of_the_run_answer_the_fork(self, runs: dict[str, Run]) -> None:
        player = runs["version 1"].player()
        player.position = len(player.film["beats"]) - 1
        assert "unanswered" not in {event.kind for event in player.fork().session.events}


def test_a_role_may_be_named() -> None:
    assert Message("customer", "hi") == Message(fl.Message("customer", "hi").role, "hi")
    with pytest.raises(UsageError, match="no role 'custmer'"):
        Message("custmer", "hi")


def test_a_fork_from_a_record_without_times() -> None:
    talk = Conversation("7", "sms", (Message("customer", "hi"), Message("customer", "tea")))
    made = talk_from(talk, small_flow(), fl.channels["sms"], Services(), 2)
    assert made.session.outcome == "contained"
