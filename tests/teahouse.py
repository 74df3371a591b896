"""Two small flows that most widget tests talk to, and a text that must never become markup."""

from __future__ import annotations

from flowlab.model.flow import Condition, Flow, State, Transition

EVIL = "<img src=x onerror=alert(1)>'\"</div><script>alert(2)</script>"


def small_flow(question: str = "Tea or coffee?") -> Flow:
    """Asks, decides, answers or ends in silence; the timeout says goodbye."""
    tea = Transition("match", "serve", (Condition("contains", "tea", ("{{widgets.ask.inbound.Body}}",)),))
    exits = (Transition("incomingMessage", "choose"), Transition("timeout", "bye"), Transition("deliveryFailure"))
    return Flow(
        (
            State("ask", "send-and-wait-for-reply", exits, {"body": question, "timeout": "1800"}),
            State("choose", "split-based-on", (Transition("noMatch"), tea), {"input": "{{widgets.ask.inbound.Body}}"}),
            State("serve", "send-message", (Transition("sent"), Transition("failed")), {"body": "Here is your tea."}),
            State("bye", "send-message", (Transition("sent"), Transition("failed")), {"body": "Gone? Bye!"}),
        ),
        "ask",
        name="teahouse",
    )


def calling_flow() -> Flow:
    """Asks the outside world after every message."""
    ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "look"),), {"body": "Number?"})
    look = State("look", "run-function", (Transition("success", "ask"),), {"url": "https://example.com/f"})
    return Flow((ask, look), "ask")
