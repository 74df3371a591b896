"""A real JupyterLab on a temporary copy of the notebooks, and a browser page in it, for the tests."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START_S = 90.0
#: Milliseconds within which anything on the page has to happen; a busy machine is slow.
PATIENCE_MS = 60_000
#: Milliseconds for all cells of a notebook.
RUN_MS = 300_000

_QUIET = {"fetchNews": "false", "checkForUpdates": False}
_BROWSER_ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
_IDLE = """() => {
  const shown = window.jupyterapp.shell.currentWidget;
  const kernel = shown?.sessionContext?.session?.kernel;
  return !!kernel && kernel.status === 'idle';
}"""
_ALL_RUN = """() => {
  const shown = window.jupyterapp.shell.currentWidget;
  const cells = shown.content.widgets.filter(c => c.model.type === 'code' && c.model.sharedModel.source.trim());
  return cells.every(c => c.model.executionCount != null) && shown.sessionContext.session.kernel.status === 'idle';
}"""


def browser_path() -> str | None:
    """The Chromium of this machine, None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


#: Notebooks that only the tests need, by name: their cells.
PAGES = {
    "board": [
        "import flowlab as fl\nimport pandas as pd\n\ndata = '../sample_data'\n"
        "services = f'{data}/services/order_support.yaml'\n"
        "talks = fl.load(f'{data}/conversations/order_support.jsonl')\n"
        "one, two = (fl.load(f'{data}/flows/order_support{v}.json') for v in ('', '_v2'))\n"
        "runs = {f'version {n}': fl.replay(flow, talks, services=services) for n, flow in ((1, one), (2, two))}",
        "from flowlab.widgets.compare_board import Assumption, CompareBoard\n\n"
        "def again(share):\n    return fl.replay(one, talks[: int(share)], services=services)\n\n\n"
        "board = CompareBoard(runs)\nboard",
        "fl.compare(runs)",
        "share = Assumption('share', 10, 170, 60, 'talks')\n"
        "slides = CompareBoard(again(60), assumptions=[share], again=again)\nslides",
        "print(board.by, board.metric, board.chosen, board.trouble)",
    ],
    "board_large": [
        "import flowlab as fl\nfrom dataclasses import replace\n\ndata = '../sample_data'\n"
        "services = f'{data}/services/order_support.yaml'\n"
        "talks = fl.load(f'{data}/conversations/order_support.jsonl')\n"
        "many = [replace(talks[n % len(talks)], id=f'c{n:05}') for n in range(10_000)]\n"
        "one, two = (fl.load(f'{data}/flows/order_support{v}.json') for v in ('', '_v2'))\n"
        "versions = {f'version {n}': fl.replay(flow, many, services=services) for n, flow in ((1, one), (2, two))}",
        "from flowlab.widgets.compare_board import CompareBoard\n\nlarge = CompareBoard(versions)\nlarge",
        "name = '<img src=x onerror=alert(1)>' + chr(0x202E) + 'x' * 100_000\n"
        "evil = [replace(talks[n], extra={'campaign': name if n else None, name[:60]: name}) for n in range(3)]\n"
        "CompareBoard(fl.replay(one, evil, services=services), by='campaign')",
        "print(large.by, large.where, large.code)",
    ],
    "player": [
        "import flowlab as fl\n\ndata = '../sample_data'\nservices = f'{data}/services/order_support.yaml'\n"
        "talks = fl.load(f'{data}/conversations/order_support.jsonl')\n"
        "one, two = (fl.load(f'{data}/flows/order_support{v}.json') for v in ('', '_v2'))\n"
        "runs = {f'version {n}': fl.replay(flow, talks, services=services) for n, flow in ((1, one), (2, two))}",
        "player = runs['version 2'].player(against={'version 1': runs['version 1']})\nplayer",
        "evil = '<img src=x onerror=alert(1)>' + chr(0x202E) + 'x' * 100_000\n"
        "talk = fl.Conversation(evil[:60], 'sms', (fl.Message('customer', evil, 0.0), fl.Message('bot', evil, 1.0)), "
        "extra={'note': evil})\nfl.replay(one, [talk], services=services).player()",
        "print(player.conversation, player.count, player.position)",
    ],
    "chat": [
        "import flowlab as fl\n\nflow = fl.load('../sample_data/flows/store_service.json')\n"
        "services = '../sample_data/services/store_service.yaml'",
        "chat = fl.chat(flow, 'whatsapp', services=services, edit=True)\nchat",
        "chat",
        "body = '<img src=x onerror=alert(1)>' + chr(0x202E) + 'x' * 100_000\n"
        "ask = fl.State('<b>ask</b>', 'send-and-wait-for-reply', (fl.Transition('incomingMessage', '<b>ask</b>'),), "
        "{'body': body})\nfl.chat(fl.Flow((ask,), '<b>ask</b>', name=body), 'webchat')",
        "print(chat.channel, chat.session.outcome, len(chat.talks))",
    ],
    "map": [
        "import flowlab as fl\n\nflow = fl.load('../sample_data/flows/order_support.json')",
        "desk = fl.flow_map(flow, edit=True, channels=['sms'])\ndesk",
        "flow",
        "name = '<img src=x onerror=alert(1)>' + chr(0x202E) + 'x' * 100_000\n"
        "say = fl.State('say', 'send-message', (fl.Transition('sent'),), {'body': name})\n"
        "fl.flow_map(fl.Flow((say,), 'say', name=name), edit=True)",
        "print(sorted(desk.flow.by_name.keys() - flow.by_name.keys()), desk.flow == flow)\n"
        "saved = fl.save(desk.flow, 'edited.json')\n"
        "print(saved.name, 'holds the edited flow:', fl.load(saved).states == desk.flow.states)",
    ],
    "routing": [
        "import flowlab as fl\n\ndata = '../sample_data'\nflow = fl.load(f'{data}/flows/order_support.json')\n"
        "workflow = fl.load(f'{data}/routing/support_workflow.json')\n"
        "team = fl.load(f'{data}/routing/workspace.yaml')",
        "board = fl.routing_board(workflow, team)\nboard",
        "whole = fl.routing_board(workflow, team, flow=flow, task={'vip': True, 'language': 'de'})\nwhole",
        "from flowlab.model.routing import Filter, Target, Worker, Workflow, Workspace, Queue\n\n"
        "evil = '<img src=x onerror=alert(1)><script>alert(2)</script>' + chr(0x202E)\n"
        "bad = Workflow((Filter(evil, f'a == \"{evil}\"', (Target('Q', evil),)),), evil, name=evil)\n"
        "crowd = Workspace((Queue('Q', evil),), (Worker(evil, activity=evil),), {evil: True}, name=evil)\n"
        "hostile = fl.routing_board(bad, crowd, task={'a': evil, 'b': 'x' * 100_000})\nhostile",
        "print(dict(board.task), board.routing.worker, eval(board.code).worker)",
    ],
    "layers": [
        "import flowlab as fl\n\nflow = fl.load('../sample_data/flows/order_support.json')\n"
        "talks = fl.load('../sample_data/conversations/order_support.jsonl')\n"
        "run = fl.replay(flow, talks, services='../sample_data/services/order_support.yaml')",
        "fl.flow_map(run)",
        "canvas = fl.flow_map(flow, edit=True, positions='studio')\ncanvas",
        "fl.flow_map(fl.diff(flow, fl.load('../sample_data/flows/order_support_v2.json')))",
        "moved = canvas.flow['ask_menu'].properties['offset'] != flow['ask_menu'].properties['offset']\n"
        "print(moved, fl.diff(flow, canvas.flow).means_the_same)",
    ],
    "channels": [
        "import flowlab as fl\n\ndata = '../sample_data'\nflow = fl.load(f'{data}/flows/store_service.json')\n"
        "services = f'{data}/services/store_service.yaml'",
        "board = fl.chat(flow, [], services=services)\nboard",
        "points = fl.load(f'{data}/entry_points.yaml')\n"
        "app = points['home screen of the app']\n"
        "two = fl.chat(flow, [app, 'sms', 'webchat'], services=services, turns=['hi'])\ntwo",
        "evil = '<img src=x onerror=alert(1)><script>alert(2)</script>' + chr(0x202E)\n"
        "actions = [{'title': evil[:20], 'id': evil}, {'title': '<b>', 'id': 'b'}]\n"
        "content = [{'sid': 'HX' + '1' * 32, 'friendly_name': evil, 'language': 'en', 'types': "
        "{'twilio/quick-reply': {'body': evil + 'x' * 900, 'actions': actions}}}]\n"
        "ask = fl.State('<b>ask</b>', 'send-and-wait-for-reply', (fl.Transition('incomingMessage', '<b>ask</b>'),), "
        "{'message_type': 'content_template', 'content_sid': 'HX' + '1' * 32})\n"
        "fl.chat(fl.Flow((ask,), '<b>ask</b>', name=evil), ['webchat', 'inapp'], services={'content': content})",
        "def menu(n, body, *words):\n"
        "    one = {'body': body, 'actions': [{'title': w, 'id': w.lower()} for w in words]}\n"
        "    sid = 'HX' + str(n) * 32\n"
        "    return {'sid': sid, 'friendly_name': body, 'language': 'en', 'types': {'twilio/quick-reply': one}}\n\n"
        "both = {'content': [menu(1, 'Which colour?', 'Red', 'Blue'), menu(2, 'Which size?', 'Small', 'Large')]}\n"
        "on, by = fl.Transition, '{{contact.channel.address}}'\n"
        "phone = fl.Condition('starts_with', '+', (by,))\n"
        "ways = (on('noMatch', 'ask1'), on('match', 'ask2', (phone,)))\n"
        "asks = [fl.State(f'ask{n}', 'send-and-wait-for-reply', (on('incomingMessage', 'split'),), "
        "{'message_type': 'content_template', 'content_sid': f'HX{str(n) * 32}'}) for n in (1, 2)]\n"
        "parted = fl.Flow((fl.State('split', 'split-based-on', ways, {'input': by}), *asks), 'split')\n"
        "fl.chat(parted, ['webchat', 'inapp', 'sms'], services=both, turns=['hi'])",
        "print([turn.words for turn in board.turns], board.channels, len(board.sides.differences))",
    ],
}


def copy_notebooks(folder: Path) -> None:
    """Notebooks and sample data as they lie in a clone, and the pages of the tests beside them."""
    _copy_notebooks(folder)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, cells in PAGES.items():
        code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        made = [{**code, "id": f"c{number}", "source": source} for number, source in enumerate(cells)]
        page = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps(page), encoding="utf-8")


def _copy_notebooks(folder: Path) -> None:
    for name in ("notebooks", "sample_data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))


@contextlib.contextmanager
def lab_server(folder: Path) -> Iterator[str]:
    """Run JupyterLab on a copy of the notebooks in ``folder``; gives the address of a page, ``{name}`` of it left open.

    Each notebook has a workspace of its own: two pages in one would send each other elsewhere. All settings live in
    ``folder``. The server and its kernels are gone afterwards; one whose test was killed goes by
    itself when nobody has used it for ten minutes.
    """
    copy_notebooks(folder)
    port, token = _free_port(), secrets.token_hex(16)
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        _command(port, token, folder), env=_environment(folder), stdout=log, stderr=log, start_new_session=True
    )
    try:
        _await_ready(server, f"http://127.0.0.1:{port}/api/status?token={token}", folder / "server.log")
        yield f"http://127.0.0.1:{port}/doc/workspaces/{{name}}/tree/notebooks/{{name}}.ipynb?reset&token={token}"
    finally:
        _stop(server)
        log.close()


def _command(port: int, token: str, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *(f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None"),
        *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly"),
        *("--ServerApp.shutdown_no_activity_timeout=600", "--MappingKernelManager.cull_idle_timeout=600"),
        "--MappingKernelManager.cull_connected=True",
    ]


def _environment(folder: Path) -> dict[str, str]:
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    lab = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    places = {name: folder / "jupyter" / name.lower() for name in (*names, *lab)}
    for place in places.values():
        place.mkdir(parents=True)
    quiet = places["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text(json.dumps(_QUIET))
    return os.environ | {name: str(place) for name, place in places.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start in {START_S:.0f} s:\n{log.read_text()[-3000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """The server is asked first, so that it stops its kernels; then its whole group is ended."""
    server.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(15)
    if server.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(15)


@dataclass
class Watch:
    """What went wrong on a page: errors, and requests to other machines."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def on(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on("console", lambda m: self.errors.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("request", lambda request: self._request(request.url))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.outside.append(url)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Playwright's hold on the machine's own Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=_BROWSER_ARGS)
        try:
            yield chromium
        finally:
            chromium.close()


def run_notebook(page: Any, address: str) -> None:
    """Open a notebook and run all its cells."""
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_function("() => !!window.jupyterapp")
    page.evaluate("async () => { await window.jupyterapp.restored }")
    page.wait_for_function(_IDLE)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(_ALL_RUN, timeout=RUN_MS)


def await_idle(page: Any) -> None:
    """Wait until the kernel has nothing to do: a choice made while it draws may be overtaken on its way there."""
    page.wait_for_function(_IDLE)


def set_theme(page: Any, name: str) -> None:
    """Change to ``Light`` or ``Dark``; a no-op when it is on already."""
    page.evaluate("t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: `JupyterLab ${t}`})", name)
    page.wait_for_function("t => document.body.dataset.jpThemeName === `JupyterLab ${t}`", arg=name)
