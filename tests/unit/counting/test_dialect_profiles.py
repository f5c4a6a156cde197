"""Any profile, written by an independent writer in ABIF, CEF, Pabulib or JSON, reads back equal or is refused, and no
character lost, added or changed alters who is elected in silence."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ballotcast.counting import count
from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import read_file
from ballotcast.counting.reading import Reading
from effort import examples

from .test_records import cdf, dominion, packed

Groups = tuple[tuple[int, ...], ...]
Profile = Counter[Groups]
NAMES = ("Ada", "Björn", "Chloé Fox", "Dmitri-2")
many = examples(40, suppress_health_check=list(HealthCheck))


@st.composite
def groups(draw: st.DrawFn) -> Groups:
    order = draw(st.permutations(range(1, 5)))[: draw(st.integers(0, 4))]
    found: list[tuple[int, ...]] = []
    for option in order:
        if found and draw(st.integers(0, 3)) == 0:
            found[-1] = (*found[-1], option)
        else:
            found.append((option,))
    return tuple(found)


def profiles() -> st.SearchStrategy[Profile]:
    return st.lists(st.tuples(groups(), st.integers(1, 9)), min_size=1, max_size=8).map(
        lambda lines: sum((Counter({ballot: number}) for ballot, number in lines), Counter())
    )


def expected(profile: Profile) -> Counter[Any]:
    """The ballots as this project has them; all options that are left, equal and last, are not ranked."""
    found: Counter[Any] = Counter()
    for ballot, number in profile.items():
        if ballot and len(ballot[-1]) > 1 and sum(map(len, ballot)) == len(NAMES):
            ballot = ballot[:-1]
        found[tuple(group[0] if len(group) == 1 else tuple(sorted(group)) for group in ballot)] += number
    return found


def abif(profile: Profile, space: str) -> str:
    lines = [f"=c{number}:[{name}]" for number, name in enumerate(NAMES, 1)]
    for ballot, number in profile.items():
        ranked = f"{space}>{space}".join(f"{space}={space}".join(f"c{option}" for option in group) for group in ballot)
        lines.append(f"{number}:{space}{ranked}")
    return "\n".join(lines) + "\n"


def cef(profile: Profile, space: str) -> str:
    lines = [f"#/Candidates: {' ; '.join(NAMES)}", "#/Number of Seats: 1"]
    for ballot, number in profile.items():
        ranked = f"{space}>{space}".join(f"{space}={space}".join(NAMES[at - 1] for at in group) for group in ballot)
        lines.append(f"{ranked or '/EMPTY_RANKING/'}{space}*{space}{number}")
    return "\n".join(lines) + "\n"


WRITERS: dict[str, Callable[[Profile, str], str]] = {"abif": abif, "cef": cef}


def is_plain(name: str, text: str) -> bool:
    """Whether a text is still as its writer writes: just another valid file."""
    names = "|".join(map(re.escape, NAMES))
    head, rest = (
        (4, r"[0-9]+: *(?:c[1-4](?: *[>=] *c[1-4])*)?")
        if name == "abif"
        else (
            2,
            rf"(?:(?:{names})(?: *[>=] *(?:{names}))*|/EMPTY_RANKING/) *(?:\* *[0-9]+)?",
        )
    )
    lines = text.rstrip("\n").split("\n")
    before = WRITERS[name](Counter(), "").rstrip("\n").split("\n")
    return lines[:head] == before and all(re.fullmatch(rest, " ".join(line.split())) for line in lines[head:] if line)


@pytest.mark.parametrize("name", WRITERS)
@given(profiles(), st.sampled_from(["", " "]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@many
def test_a_profile_reads_back(name: str, profile: Profile, space: str, encoding: str) -> None:
    data = WRITERS[name](profile, space).replace("\n", "\r\n" if space else "\n").encode(encoding)
    reading = read_file(data, name, "ranked")
    assert (reading.file.options, reading.file.ballots) == (NAMES, expected(profile))
    assert read_file(data, name, "ranked", {}, CsvChoices(options=NAMES)).file == reading.file


def winner(reading: Reading) -> Any:
    file = reading.file
    if file.kind != "ranked":
        return file.kind
    done = [
        count(method, options=file.options, seats=1, ballots=file.ballots_for(method), tie="previous-stages")
        for method in ("plurality", "schulze")
    ]
    return [[file.options[number - 1] for number in one.winners] if not one.ties else "tie" for one in done]


@st.composite
def broken(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text) - 1))
    new = draw(st.sampled_from([*'> =,:*^#/[]\n"019Acx.;|', "  ", "||", "//", "\u200b"]))
    return text[:at] + new * draw(st.integers(0, 1)) + text[at + draw(st.integers(0, 2)) :]


@pytest.mark.parametrize("name", WRITERS)
@given(profiles(), st.data())
@examples(120, suppress_health_check=list(HealthCheck))
def test_no_fault_in_a_text_changes_who_is_elected_in_silence(name: str, profile: Profile, data: st.DataObject) -> None:
    text = WRITERS[name](profile, " ")
    before = read_file(text.encode(), name, "ranked")
    other = data.draw(broken(text))
    try:
        after = read_file(other.encode(), name, "ranked", {}, CsvChoices(options=NAMES))
    except BallotFileError:
        return
    said = {re.sub("[0-9]+", "", warning) for warning in after.warnings}
    said -= {re.sub("[0-9]+", "", warning) for warning in before.warnings}
    assert said or winner(after) == winner(before) or is_plain(name, other), other


@given(st.lists(st.lists(st.integers(1, 3), max_size=3, unique=True), min_size=1, max_size=6), st.data())
@many
def test_records_read_back_and_a_key_or_value_lost_changes_nothing_in_silence(
    ballots: list[list[int]], data: st.DataObject
) -> None:
    marks = [[("abc"[option - 1], rank) for rank, option in enumerate(ballot, 1)] for ballot in ballots]
    found: Counter[Any] = Counter(map(tuple, ballots))
    chosen = CsvChoices(contest="Mayor")
    if not any(ballots):
        return
    report = cdf(marks)
    assert read_file(json.dumps(report).encode(), "cdf", "ranked", {}, chosen).file.ballots == found
    assert read_file(packed(dominion(marks)), "dominion", "ranked", {}, chosen).file.ballots == found
    # A key of the objects that a vote is in is lost.
    key = data.draw(st.sampled_from(["ContestSelectionId", "CVRContestSelection", "CurrentSnapshotId", "Rank", "@id"]))
    text = json.dumps(report).replace(f'"{key}"', f'"x{key}"', data.draw(st.integers(1, 3)))
    try:
        after = read_file(text.encode(), "cdf", "ranked", {}, chosen)
    except BallotFileError:
        return
    assert after.warnings or after.file.ballots == found
