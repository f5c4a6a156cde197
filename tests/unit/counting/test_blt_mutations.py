"""No fault in a BLT file changes who is elected in silence. `-s` shows the outcome of the broken files."""

import contextlib
import re
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ballotcast.counting import count
from ballotcast.counting.blt import BltError, read_blt
from ballotcast.counting.reading import Reading
from effort import examples

from .blt_writer import PLAIN, Dialect, Profile, data_of, dialects, is_plain, mutants, profiles, write

METHODS = ("plurality", "scottish-stv", "schulze")
OUTCOMES: Counter[str] = Counter()
many = examples(600, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    yield
    sys.stdout.write(f"\n{sum(OUTCOMES.values())} broken files: {dict(OUTCOMES)}\n")


def elected(reading: Reading) -> list[list[str]]:
    file = reading.file
    counts = [
        count(
            method, options=file.options, seats=file.seats, ballots=file.ballots_for(method), withdrawn=file.withdrawn
        )
        for method in METHODS
    ]
    return [sorted(file.options[number - 1] for number in counted.winners) for counted in counts]


def kinds(reading: Reading) -> set[str]:
    """The warnings without their figures."""
    return {re.sub("[0-9]+", "", warning) for warning in reading.warnings}


def outcome(before: Reading, data: bytes, old_warnings: set[str] | None = None) -> str:
    """What becomes of a broken file: refused, warned, same or changed, which must not be.

    old_warnings: those that do not suffice, because the file had them before it was broken.
    """
    try:
        after = read_blt(data)
    except BltError:
        return "refused"
    if kinds(after) - (old_warnings or set()):
        return "warned"
    return "same" if elected(after) == elected(before) else "changed"


@given(profiles(), dialects())
@many
def test_a_profile_in_any_dialect_is_read_back(profile: Profile, dialect: Dialect) -> None:
    data = data_of(write(profile, dialect), dialect)
    switches = {"after-id": "count"}
    if "," in dialect.separator:  # other parts of these lines may have spaces
        switches["commas"] = "separate"
    assert read_blt(data, switches).file == profile.expected()
    with contextlib.suppress(BltError):  # refused without a switch, or the same
        assert read_blt(data).file == profile.expected()


@given(profiles(), st.data())
@many
def test_no_fault_in_a_plain_file_changes_who_is_elected_in_silence(profile: Profile, data: st.DataObject) -> None:
    lines = write(profile, PLAIN)
    before = read_blt(data_of(lines, PLAIN))
    kind, broken = data.draw(mutants(lines))
    became = outcome(before, data_of(broken, PLAIN), kinds(before))
    if became == "changed" and is_plain(broken):
        became = "another valid file"
    OUTCOMES[became] += 1
    assert became != "changed", (kind, broken)


@given(profiles(), dialects(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "misread"]))
@many
def test_another_encoding_changes_nobody_in_silence(profile: Profile, dialect: Dialect, encoding: str) -> None:
    data = data_of(write(profile, dialect), dialect)
    try:
        before = read_blt(data)
    except BltError:
        return
    text = data.decode(dialect.encoding)
    smart = any(quote in text for quote in "“”")
    if encoding == "misread":
        if smart or dialect.encoding != "utf-8":
            return
        other = data.decode("cp1252").encode()
    else:
        other = text.encode(encoding)
    OUTCOMES[became := outcome(before, other)] += 1
    assert became != "changed"


@given(profiles(), dialects(), st.data())
@many
def test_no_line_lost_or_joined_in_any_dialect_changes_who_is_elected_in_silence(
    profile: Profile, dialect: Dialect, data: st.DataObject
) -> None:
    lines = write(profile, dialect)
    try:
        before = read_blt(data_of(lines, dialect))
    except BltError:
        return
    kind, broken = data.draw(mutants(lines))
    if kind in ("character", "add number", "cut", "drop line", "header"):  # valid files come of these, see above
        return
    OUTCOMES[became := outcome(before, data_of(broken, dialect))] += 1
    assert became != "changed", (kind, broken)
