"""README: its example runs and prints what it says, its links lead somewhere, its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import flowlab as fl

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no {language} block"
    return found[1]


def test_the_example_prints_what_readme_says() -> None:
    done = subprocess.run([sys.executable, "-c", block("python")], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == block("text").split()


def test_the_example_is_about_ten_lines() -> None:
    assert len([line for line in block("python").splitlines() if line.strip()]) <= 11


def test_every_local_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert not [target for target in targets if "://" not in target and not (ROOT / target).exists()]


def test_the_number_of_conversations_it_names_is_right() -> None:
    talks = fl.load(ROOT / "sample_data/conversations/order_support.jsonl")
    assert f"{len(talks)} sample conversations" in README


def test_the_number_of_rules_it_names_is_right() -> None:
    from flowlab.check import RULES

    assert f"{len(RULES)} rules" in README
