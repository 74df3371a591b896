"""Make ``flowlab/run/grapheme_break.txt`` from the Unicode Character Database.

    python tools/grapheme_table.py GraphemeBreakProperty.txt

The file is https://www.unicode.org/Public/10.0.0/ucd/auxiliary/GraphemeBreakProperty.txt. It has to be that of Unicode
10.0.0 (June 2017): Twilio's own calculator cuts by it, and what counts is the bill. Hangul syllables are left out; the
package computes them.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).parents[1] / "flowlab" / "run" / "grapheme_break.txt"
#: The property's values, by the letter that ``flowlab/run/graphemes.py`` knows them by. CR and LF count as controls:
#: no message keeps the two together.
LETTERS = {
    "CR": "C", "LF": "C", "Control": "C", "Prepend": "P", "Extend": "E", "SpacingMark": "S", "ZWJ": "Z",
    "Regional_Indicator": "R", "L": "L", "V": "V", "T": "T", "E_Base": "B", "E_Base_GAZ": "G",
    "Glue_After_Zwj": "W", "E_Modifier": "M",
}  # fmt: skip
HEAD = """\
# How characters cling together: the property Grapheme_Cluster_Break of Unicode 10.0.0, without Hangul syllables.
# Derived from GraphemeBreakProperty-10.0.0.txt, Unicode Character Database, (c) 2017 Unicode, Inc.,
# https://www.unicode.org/terms_of_use.html. Made by tools/grapheme_table.py, not by hand.
# A line a class: its letter (see graphemes.py) and its code points, hexadecimal.
"""


def main(source: Path) -> None:
    """Read the database file, write the table."""
    text = source.read_text(encoding="utf-8")
    if "GraphemeBreakProperty-10.0.0" not in text.partition("\n")[0]:
        sys.exit(f"{source}: the first line does not say GraphemeBreakProperty-10.0.0; get the file of Unicode 10.0.0")
    classes: dict[str, list[int]] = {}
    for first, last, name in re.findall(r"^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", text, re.MULTILINE):
        if name not in ("LV", "LVT"):
            classes.setdefault(LETTERS[name], []).extend(range(int(first, 16), int(last or first, 16) + 1))
    lines = (f"{letter} {' '.join(ranges(sorted(points)))}\n" for letter, points in sorted(classes.items()))
    TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")


def ranges(points: list[int]) -> list[str]:
    """Neighbouring code points as one range: ``0300-036F``."""
    runs = [[p for _, p in run] for _, run in groupby(enumerate(points), key=lambda pair: pair[1] - pair[0])]
    return [f"{run[0]:04X}-{run[-1]:04X}" if len(run) > 1 else f"{run[0]:04X}" for run in runs]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
