"""The issuance ledger: one spelling, and what it sums up to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.ledger import Ledger, LedgerError, LedgerLine
from ballotcast.ballots.roll import roll_root

hashes = st.binary(min_size=32, max_size=32)
ledgers = st.dictionaries(hashes, st.one_of(st.just(b""), hashes), max_size=8)

A, B = b"\xaa" * 32, b"\xbb" * 32
TEXT = f"tag,blinded_sha256\n{A.hex()},\n{B.hex()},{A.hex()}\n"


@given(ledgers)
def test_a_ledger_comes_back_as_it_was_written(rows: dict[bytes, bytes]) -> None:
    ledger = Ledger(LedgerLine(*row) for row in rows.items())
    assert Ledger.parse(ledger.encode()).lines == ledger.lines
    assert dict(ledger.lines) == rows
    assert ledger.roll_size == len(rows)
    assert ledger.issued == sum(1 for value in rows.values() if value)
    assert ledger.roll_root == roll_root(rows)


def test_the_bytes() -> None:
    assert Ledger([LedgerLine(B, A), LedgerLine(A, b"")]).encode() == TEXT.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tag,blinded_sha256",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace("tag,", "Tag,"),
        TEXT.upper(),
        TEXT.replace(f"{A.hex()},\n", f"{A.hex()}\n"),
        TEXT.replace(f"{A.hex()},\n", f"{A.hex()},,\n"),
        TEXT.replace(f"{A.hex()},\n", f"{A.hex()}, \n"),
        TEXT.replace(f"{A.hex()},\n", f"{A.hex()[:-2]},\n"),
        TEXT.replace(f",{A.hex()}", f",{A.hex()}00"),
        TEXT.replace(f"{A.hex()},\n", f"{'cc' * 32},\n"),
        TEXT.replace(f"{A.hex()},\n", f"{B.hex()},\n"),
        TEXT + f"{B.hex()},{A.hex()}\n",
    ],
)
def test_what_is_no_ledger(text: str) -> None:
    with pytest.raises(LedgerError):
        Ledger.parse(text.encode())


def test_the_roots_of_two_rolls_differ() -> None:
    assert Ledger([LedgerLine(A, b"")]).roll_root != Ledger([LedgerLine(B, b"")]).roll_root
