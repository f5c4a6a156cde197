"""QR codes, read as ISO/IEC 18004 says: format, mask, codewords, Reed-Solomon's checks, text; and receipts as links."""

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from ballotcast.ballots import receipt
from ballotcast.crypto.signed_note import Signer
from keyed_election import keyed_election

BLOCKS = {
    1: (1, 10),
    2: (1, 16),
    4: (2, 18),
    7: (4, 18),
    8: (4, 22),
    13: (9, 22),
    14: (9, 24),
    17: (11, 28),
    20: (16, 26),
}
"""Blocks and check codewords of each at level M, by version (table 9)."""
CENTRES = {1: [], 2: [6, 18], 4: [6, 26], 7: [6, 22, 38], 8: [6, 24, 42], 13: [6, 34, 62], 14: [6, 26, 46, 66]} | {
    17: [6, 30, 54, 78],
    20: [6, 34, 62, 90],
}
"""Of alignment patterns (annex E)."""
TEXTS = ["a", "x" * 26, "hello" * 12, "é" * 55, "q" * 140, "https://example.org/v1/check#1." + "Ab9-_" * 58, "é" * 181]
TEXTS += ["z" * 500, "z" * 666]


def reserved(size: int, version: int) -> set[tuple[int, int]]:
    """The places of everything that is not data."""
    found = {(row, column) for row, column in product(range(size), repeat=2) if 6 in (row, column)}
    last = size - 9
    found |= {(row, column) for row, column in product(range(9), repeat=2)}
    found |= {(row, column) for row, column in product(range(9), range(last + 1, size))}
    found |= {(column, row) for row, column in product(range(9), range(last + 1, size))}
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row, column in set(product(CENTRES[version], repeat=2)) - corners:
        found |= {(row + down, column + across) for down, across in product(range(-2, 3), repeat=2)}
    if version > 6:
        found |= {place for at in product(range(6), range(size - 11, size - 8)) for place in (at, at[::-1])}
    return found


def times(one: int, other: int) -> int:
    product_ = 0
    while other:
        product_ ^= one * (other & 1)
        one, other = (one << 1) ^ (0x11D if one & 0x80 else 0), other >> 1
    return product_


def read(rows: list[list[bool]]) -> str:
    size = len(rows)
    version = (size - 17) // 4
    shown = [rows[8][at] for at in (0, 1, 2, 3, 4, 5, 7, 8)] + [rows[at][8] for at in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(str(int(bit)) for bit in shown), 2) ^ 0x5412
    assert form >> 13 == 0, "level M"
    mask = [
        lambda i, j: (i + j) % 2,
        lambda i, _: i % 2,
        lambda _, j: j % 3,
        lambda i, j: (i + j) % 3,
        lambda i, j: (i // 2 + j // 3) % 2,
        lambda i, j: i * j % 2 + i * j % 3,
        lambda i, j: (i * j % 2 + i * j % 3) % 2,
        lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
    ][form >> 10 & 7]
    kept, bits, upward = reserved(size, version), "", True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size)[:: -1 if upward else 1]:
            for column in (right, right - 1):
                if (row, column) not in kept:
                    bits += str(int(rows[row][column] != (mask(row, column) == 0)))
        upward = not upward
    data = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    blocks, checks = BLOCKS[version]
    short = len(data) // blocks - checks
    longer = len(data) % blocks
    words: list[list[int]] = [[] for _ in range(blocks)]
    turns = [number for _ in range(short) for number in range(blocks)] + [*range(blocks - longer, blocks)]
    for number, word in zip(turns + [*range(blocks)] * checks, data, strict=True):
        words[number].append(word)
    for block in words:
        for power in range(checks):
            root, total = 1, 0
            for _ in range(power):
                root = times(root, 2)
            for word in block:
                total = times(total, root) ^ word
            assert total == 0, "a block's check codewords"
    content = b"".join(bytes(block[:-checks]) for block in words)
    stream = "".join(f"{byte:08b}" for byte in content)
    width = 8 if version < 10 else 16
    assert stream[:4] == "0100", "byte mode"
    length = int(stream[4 : 4 + width], 2)
    start = 4 + width
    return bytes(int(stream[start + 8 * at : start + 8 * at + 8], 2) for at in range(length)).decode()


@pytest.mark.parametrize("text", TEXTS, ids=len)
def test_a_code_says_its_text(modules: Page, text: str) -> None:
    rows = modules.evaluate('async (text) => (await import("/js/qr_code.js")).qrCode(text)', text)
    assert read(rows) == text


def test_what_is_too_long(modules: Page) -> None:
    attempt = """async (text) => {
      const { qrCode } = await import("/js/qr_code.js");
      try {
        qrCode(text);
      } catch (error) {
        return error.name;
      }
    }"""
    told = modules.evaluate(attempt, "z" * 667)
    assert told == "RangeError"


def test_a_receipt_as_a_link_is_the_receipt(protocol: Any) -> None:
    election = keyed_election(2048)
    signer = Signer(f"{election.manifest.origin}/receipt", election.receipt_key)
    note = receipt.issue(signer, election.manifest, bytes(range(32)))
    link, back, refused = protocol.run(
        """
        const { receiptLink, readReceiptLink } = await load("receipt_link");
        const link = receiptLink("https://vote.example/prod", given.note);
        const fragment = link.slice(link.indexOf("#"));
        const changed = [fragment.slice(0, -1), `${fragment}A`, `${fragment}.x`, `${fragment}=`];
        const bad = ["#1", "#1.", "#1.a.b", "#1..", ...changed];
        const refused = [];
        for (const one of bad) refused.push((await refusal(() => readReceiptLink(one)))?.kind);
        return [link, readReceiptLink(fragment), refused];
        """,
        note=note,
    )
    assert link.startswith("https://vote.example/prod/check#1.")
    assert len(link) < 331, "a code of 69 modules"
    assert back == note
    assert refused == ["ReceiptError"] * 8
