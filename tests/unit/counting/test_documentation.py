"""docs/counting.md against the code: methods, their ballots and seats, their stages, their properties."""

from pathlib import Path

import pytest

from ballotcast.counting import RULES, Action
from ballotcast.counting.formats import FORMATS, known_switches
from ballotcast_tools.documents import rule_texts

from . import properties
from .test_properties import HAS, LACKS

PAGE = (Path(__file__).parents[3] / "docs" / "counting.md").read_text(encoding="utf-8")
COLUMNS = [
    properties.monotonic,
    properties.elects_the_condorcet_winner,
    properties.spares_the_condorcet_loser,
    properties.elects_a_majority_s_first,
    properties.independent_of_clones,
    properties.later_preferences_do_no_harm,
    properties.voting_does_no_harm,
    properties.reversal_changes_the_winner,
]


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head, code marks taken off."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    block = next(block for block in section.strip().split("\n\n") if block.startswith("|"))
    lines = block.strip().split("\n")
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_of_rules_is_current() -> None:
    assert rule_texts.PAGE.read_text("utf-8") == rule_texts.page(), "run make documents"


def test_every_rule_stands_in_the_table_with_its_ballots_and_seats() -> None:
    kinds = {"choice": "choice", "scores": "scores", "points": "points", "ranked": "ranking"}
    expected = {
        method: (kinds[rule.ballot] + (", equal ranks" if rule.equal else ""), "1" if rule.one_seat else "any")
        for method, rule in RULES.items()
    }
    assert {row[0]: (row[1], row[2]) for row in table("Rules")} == expected


def test_every_stage_stands_in_the_table() -> None:
    rows = table("The account")
    assert {method for row in rows for method in row[0].split(", ")} == set(RULES)
    named = {action.removesuffix(" for each seat") for row in rows for action in row[1].split(", ")}
    assert named == set(Action)


@pytest.mark.parametrize("row", table("What the rules guarantee"), ids=lambda row: row[0])
def test_the_properties_told_are_the_properties_tested(row: list[str]) -> None:
    method, *cells = row
    has = {column for column, cell in zip(COLUMNS, cells, strict=True) if cell == "✓"}
    assert has == set(HAS[method])
    lacks = {column for column, cell in zip(COLUMNS, cells, strict=True) if cell == "✗"}
    tested = {lacked for name, lacked, _ in LACKS if name == method}
    # That plurality can elect the Condorcet loser is the Tennessee example, whose rankings are more than its ballots.
    assert lacks == tested | ({properties.spares_the_condorcet_loser} if method == "plurality" else set())


def test_every_choice_between_two_readings_is_named() -> None:
    named = {f"{name}={value}" for name, values in known_switches().items() for value in values}
    assert [choice for choice in sorted(named) if choice not in PAGE] == []


def test_every_format_stands_in_the_table() -> None:
    assert {row[0].lower() for row in table("Files")} == set(FORMATS)
