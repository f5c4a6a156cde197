"""The issuance ledger: one spelling, and what it sums up to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.ledger import Ledger, LedgerError, LedgerLine
from ballotcast.ballots.roll import roll_root

hashes = st.binary(min_size=32, max_size=32)
perhaps = st.one_of(st.just(b""), hashes)
revisions = st.integers(0, 10**15 - 1)
lines = st.builds(LedgerLine, hashes, revisions, revisions, perhaps, perhaps)
ledgers = st.lists(lines, max_size=8, unique_by=lambda line: line.tag)

A, B = b"\xaa" * 32, b"\xbb" * 32
TEXT = f"tag,added,ended,replaces,blinded_sha256\n{A.hex()},0,3,,\n{B.hex()},3,,{A.hex()},{A.hex()}\n"


@given(ledgers)
def test_a_ledger_comes_back_as_it_was_written(rows: list[LedgerLine]) -> None:
    ledger = Ledger(rows)
    assert Ledger.parse(ledger.encode()).lines == ledger.lines == sorted(rows)
    assert ledger.issued == sum(1 for line in rows if line.blinded_sha256)


def test_how_many_people_could_vote() -> None:
    c, d, used = b"\xcc" * 32, b"\xdd" * 32, b"\xee" * 32
    first, second, third = LedgerLine(A, ended=1), LedgerLine(B, 1, 2, A), LedgerLine(c, 2, replaces=B)
    assert Ledger([first, second, third, LedgerLine(d)]).voters == 2
    assert Ledger([first._replace(blinded_sha256=used), second, third, LedgerLine(d)]).voters == 2
    assert Ledger([first, second, third._replace(blinded_sha256=used)]).voters == 1
    assert Ledger([first, LedgerLine(B, ended=1, blinded_sha256=used)]).voters == 1


def test_the_bytes() -> None:
    assert Ledger([LedgerLine(B, 3, 0, A, A), LedgerLine(A, ended=3)]).encode() == TEXT.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tag,added,ended,replaces,blinded_sha256",
        f"tag,blinded_sha256\n{A.hex()},\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace("tag,", "Tag,"),
        TEXT.upper(),
        TEXT.replace(",0,3,,\n", ",0,3,\n"),
        TEXT.replace(",0,3,,\n", ",0,3,,,\n"),
        TEXT.replace(",0,3,,\n", ",0,3,, \n"),
        TEXT.replace(",0,3,", ",,3,"),
        TEXT.replace(",0,3,", ",00,3,"),
        TEXT.replace(",0,3,", ",0,03,"),
        TEXT.replace(",0,3,", ",0,0,"),
        TEXT.replace(",0,3,", ",-0,3,"),
        TEXT.replace(",0,3,", ",0,+3,"),
        TEXT.replace(",0,3,", ",0,\u0663,"),
        TEXT.replace(",0,3,", f",0,{10**15},"),
        TEXT.replace(f"{A.hex()},0", f"{A.hex()[:-2]},0"),
        TEXT.replace(f",{A.hex()}\n", f",{A.hex()}00\n"),
        TEXT.replace(f"{A.hex()},0", f"{'cc' * 32},0"),
        TEXT.replace(f"{A.hex()},0", f"{B.hex()},0"),
        TEXT + f"{B.hex()},0,,,{A.hex()}\n",
    ],
)
def test_what_is_no_ledger(text: str) -> None:
    assert text != TEXT
    with pytest.raises(LedgerError):
        Ledger.parse(text.encode())


@given(st.lists(st.builds(LedgerLine, hashes, st.integers(0, 4)), max_size=12, unique_by=lambda line: line.tag))
def test_each_revision_has_the_lines_that_came_with_it_or_before(rows: list[LedgerLine]) -> None:
    tags = [[line.tag for line in rows if line.added <= revision] for revision in range(6)]
    assert Ledger(rows).rolls(5) == [(len(there), roll_root(there)) for there in tags]


def test_the_rolls_of_all_revisions() -> None:
    ledger = Ledger([LedgerLine(A), LedgerLine(B, 2)])
    assert ledger.rolls(3) == [(1, roll_root([A]))] * 2 + [(2, roll_root([A, B]))] * 2
    assert Ledger([]).rolls(0) == [(0, roll_root([]))]
