"""Rules about requests and functions: does the address hold, and does the answer find a way on?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.literal import is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.rules.handoff import PLACEHOLDER, wrong_sids
from flowlab.check.subject import Subject, rows
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_HTTP = "Twilio docs: Make HTTP Request widget"
_FUNCTION = "Twilio docs: Run Function widget"
_SIDS = ("service_sid", "environment_sid", "function_sid")
_TEST_HOSTS = (".ngrok.io", ".ngrok.app", ".ngrok-free.app", ".ngrok-free.dev", ".loca.lt", ".trycloudflare.com")
_TEST_NAMES = ("localhost", "127.0.0.1", "0.0.0.0", "webhook.site", "requestbin.com")  # noqa: S104  (named, not bound)
_SECRET_NAME = re.compile(r"(?:^|[_-])(?:api[_-]?key|token|secret|password|passwd|auth[_-]?token)$", re.IGNORECASE)
_SECRET = re.compile(r"[A-Za-z0-9+/_=.-]{16,}")
_HOST = re.compile(r"https?://(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_FORM = re.compile(r"[\w.-]+=[^{\s&]*(?:&[\w.-]+=[^{\s&]*)*")
_CREDENTIALS = re.compile(r"https?://[^/@\s:]+:[^/@\s]+@", re.IGNORECASE)


def _addresses(subject: Subject) -> Iterator[tuple[State, str, str]]:
    for state in subject.of_type("make-http-request", "run-function", "add-twiml-redirect"):
        url = state.properties.get("url")
        if isinstance(url, str) and url.strip():
            yield state, subject.path(state, "properties", "url"), url.strip()


def _host(url: str) -> str:
    found = _HOST.match(url)
    return found[1].lower() if found else ""


@rule(
    "http-url-form",
    Severity.ERROR,
    "An address is no web address",
    why="The request cannot be made, and the run leaves by 'failed'. A note for a text still to be filled in.",
    source=_HTTP,
)
def url_form(subject: Subject) -> Iterator[Hit]:
    for state, path, url in _addresses(subject):
        fixed = url.split("{{")[0].split("${")[0]
        no_scheme = not is_template(url[:2]) and not re.match(r"https?:", fixed, re.IGNORECASE)
        if no_scheme or any(char.isspace() for char in fixed.strip()):
            yield Hit(
                f"{quote(url)} is no web address.",
                "Write it in full, beginning with 'https://', without blanks.",
                state.name,
                path,
                severity=Severity.NOTE if PLACEHOLDER.search(url) else None,
            )


@rule(
    "http-plain-address",
    Severity.WARNING,
    "A request goes out unencrypted",
    why="Everybody on the way can read what the customer wrote, and change the answer.",
    source=_HTTP,
)
def plain_address(subject: Subject) -> Iterator[Hit]:
    for state, path, url in _addresses(subject):
        if url.lower().startswith("http://") and not _is_for_tests(_host(url)):
            yield Hit(f"{quote(url)} begins with 'http://'.", "Use 'https://'.", state.name, path)


@rule(
    "http-test-address",
    Severity.WARNING,
    "An address that works on a developer's machine only",
    why="Tunnels and local names are gone by the time customers come; the run then leaves by 'failed'.",
    source="Public flows: tunnels in stored definitions",
)
def test_address(subject: Subject) -> Iterator[Hit]:
    for state, path, url in _addresses(subject):
        if _is_for_tests(_host(url)):
            yield Hit(
                f"{quote(_host(url))} is a developer's machine or tunnel.",
                "Use the address that the service will have in production.",
                state.name,
                path,
            )


def _is_for_tests(host: str) -> bool:
    return host in _TEST_NAMES or host.endswith(_TEST_HOSTS)


@rule(
    "http-secret",
    Severity.WARNING,
    "A secret stands in the flow",
    why="Everybody who may see the flow, or its file, may read and use it.",
    source=_HTTP,
)
def secret(subject: Subject) -> Iterator[Hit]:
    for state, path, url in _addresses(subject):
        query = dict(part.partition("=")[::2] for part in url.partition("?")[2].split("&"))
        if _CREDENTIALS.match(url):
            yield _secret_hit(state, path, "The address holds a name and a password")
        for name, value in query.items():
            if _is_secret(name, value):
                yield _secret_hit(state, path, f"The address holds a secret as {quote(name)}")
        for index, key, value in rows(state, "parameters"):
            if isinstance(value, str) and _is_secret(key, value):
                place = subject.path(state, "properties", "parameters", index, "value")
                yield _secret_hit(state, place, f"The parameter {quote(key)} holds a secret")


def _secret_hit(state: State, path: str, what: str) -> Hit:
    return Hit(f"{what}.", "Keep it in the function's environment, and change it: it has been seen.", state.name, path)


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET_NAME.search(name) and _SECRET.fullmatch(value.strip())) and not is_template(value)


@rule(
    "http-get-with-body",
    Severity.NOTE,
    "A GET request has a body",
    why="Most services ignore the body of a GET: what it says never arrives.",
    source="RFC 9110, section 9.3.1",
)
def get_with_body(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("make-http-request"):
        body = state.properties.get("body")
        if state.properties.get("method") == "GET" and isinstance(body, str) and body.strip():
            yield Hit(
                "This GET request has a body, which most services ignore.",
                "Use POST, or send what the body says as parameters.",
                state.name,
                subject.path(state, "properties", "body"),
            )


@rule(
    "http-content-type",
    Severity.WARNING,
    "The content type does not fit the body",
    why="A service that is told to expect a form does not find the JSON in it, and the other way round.",
    source=_HTTP,
)
def content_type(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("make-http-request"):
        said, body = state.properties.get("content_type"), state.properties.get("body")
        if not isinstance(body, str) or not body.strip() or state.properties.get("method") == "GET":
            continue
        kind = said.lower() if isinstance(said, str) else ""
        is_json = body.lstrip()[:1] in ("{", "[") and not body.lstrip().startswith(("{{", "{%"))
        wrong = is_json and "json" not in kind and not is_template(kind)
        if wrong or ("json" in kind and _FORM.fullmatch(body.strip())):
            yield Hit(
                f"The body looks like {'JSON' if is_json else 'a form'}, and the content type is"
                f" {quote(kind) if kind else 'missing'}.",
                f"Write {'application/json' if is_json else 'application/x-www-form-urlencoded'} as the content type.",
                state.name,
                subject.path(state, "properties", "content_type"),
            )


@rule(
    "function-sid",
    Severity.WARNING,
    "A function is named by something that is no sid",
    why="Service, environment and function have sids 'ZS...', 'ZE...' and 'ZH...'; the console cannot show the step "
    "otherwise, and a deployment may refuse it. '${...}' and Liquid are left alone, a text still to be filled in is a "
    "note.",
    source=_FUNCTION,
)
def function_sid(subject: Subject) -> Iterator[Hit]:
    yield from wrong_sids(subject, "run-function")


@rule(
    "function-sids-partly",
    Severity.WARNING,
    "A function is named in part",
    why="Service, environment and function go together; with one of them missing the console loses the function. With "
    "none of them the address alone counts, which is fine.",
    source=_FUNCTION,
)
def sids_partly(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("run-function"):
        missing = [name for name in _SIDS if not state.properties.get(name)]
        if 0 < len(missing) < len(_SIDS):
            yield Hit(
                f"{' and '.join(map(quote, missing))} {'is' if len(missing) == 1 else 'are'} missing.",
                "Name service, environment and function, or none of them.",
                state.name,
                subject.path(state, "properties", missing[0]),
            )
