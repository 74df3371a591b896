"""The verb that shows the channels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, app, named_channel, print_json
from flowlab.errors import UsageError
from flowlab.text.files import write_whole

#: What of all channels is shown in the terminal; the card of each, and the files, have everything.
_FIRST = (
    *("identity", "business_may_start", "velocity", "service_window_h", "max_text_chars", "quick_replies_max"),
    *("list_items_max", "media_types", "price_out"),
)


_MORE = "`flowlab channels sms` says all of one, with dates and trust marks; `-o channels.html` shows all of all."

Names = Annotated[
    list[str] | None,
    typer.Argument(help="channels to show, or files of your own; without any, all built-in ones", metavar="NAME..."),
]


@app.command()
def channels(
    names: Names = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write the table: .html, .csv or .md")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each channel carries, asks for and costs; of one channel, its card with dates and trust marks."""
    table = fl.channel_table([named_channel(name) for name in names or fl.channels])
    if out is not None:
        forms = {".html": table.as_page, ".csv": table.as_csv, ".md": table.as_markdown}
        if out.suffix not in forms:
            raise UsageError(f"{out}: expected a name that ends in {', '.join(forms)}")
        write_whole(out, forms[out.suffix]())
    if as_json:
        print_json(table.as_json())
    elif out is not None:
        print(f"wrote {out}")
    elif names:
        print("\n\n".join(one.describe() for one in table.channels))
    else:
        print(f"{fl.channel_table(facts=_FIRST)}\n\n{_MORE}")
