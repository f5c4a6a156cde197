"""Mutated manifests and exports: the browser and Python find the same, check by check, whatever was done to them.

The mutations are the same in each run, up to keys. None is written to hit a check; most checks are hit all the same.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Page

from amended_rolls import grown
from ballotcast.ballots.manifest import Manifest, ManifestError
from both_verifiers import by_browser, by_python
from checkout import ROOT
from forged_export import OPENS, Entries, Forger, write

SAMPLE = json.loads((ROOT / "tests" / "vectors" / "bad_encodings.json").read_text())["sample"]
PLAINTEXTS = (b"\1\2\3", b"\2\1\0", b"\1\0\0", b"\0\0\0", b"\1\1\0", b"\1\3\0")
VALUES: list[Any] = [
    *[None, True, False, 0, 1, -1, 2, 254, 255, 256, 20_000, 2**53 - 1, 2**53, 1.5, [], {}, ["a"], ["a", "a"]],
    *["", "a", "a b", " a", "a\n", "A" * 200, "a" * 201, "e\u0301", "a\U0001e4ec\U0001e4ee", "\ud800", "\ufe0f"],
    *["\u00a0", "a\x7fb", "a\u200bb", "a\u202eb", "\uffff", "\U0010ffff", "c1", "c01", "irv", "score", "star", "lot"],
    *["2026-11-20T09:00:00Z", "9999-12-31T23:59:59Z", "2023-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "0" * 64],
]
Place = tuple[str | int, ...]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*place, key)
        yield from places(item, (*place, key))


def mutated_manifests() -> Iterator[bytes]:
    fields = json.loads(SAMPLE["manifest"])
    for place in places(fields):
        for value in VALUES:
            changed = deepcopy(fields)
            target = changed
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = value
            yield json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def accepted(data: bytes) -> bool:
    try:
        Manifest.parse(data)
    except ManifestError:
        return False
    return True


def test_mutated_manifests(protocol: Any) -> None:
    manifests = list(mutated_manifests())
    ours = list(map(accepted, manifests))
    found = protocol.run(
        """
        const { parseManifest } = await load("manifest");
        const accepted = async (one) => (await refusal(() => parseManifest(bytes(one)))) === null;
        return Promise.all(given.manifests.map(accepted));
        """,
        manifests=[data.hex() for data in manifests],
    )
    for data, mine, theirs in zip(manifests, ours, found, strict=True):
        assert mine == theirs, data
    assert 100 < sum(ours) < len(manifests) / 2


def mutated(random: Random, data: bytes) -> bytes:
    at, other = random.randrange(len(data)), random.randrange(len(data))
    byte = random.choice((data[at], 0, 10, 13, 32, 48, 0xFF, *b'",-}'))
    ways = [
        lambda: data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :],
        lambda: data[:at] + data[at + 1 :],
        lambda: data[:at] + bytes([byte]) + data[at:],
        lambda: data[:at],
        lambda: data[:at] + bytes([byte]) + data[at + 1 :],
        lambda: data[:at] + data[other:],
    ]
    return random.choice(ways)()


def rearranged(random: Random, forger: Forger, entries: Entries) -> Entries:
    """One or two entries changed, taken out, added or exchanged."""
    others = [forger.closed(entries[:-1], **told)[-1] for told in ({}, {"ballots": 3}, {"closed_at": OPENS})]
    strangers = [*entries, *others, grown(9), grown(8), b"", b"\2{}", b"\3{}", b"\4"]
    for _ in range(random.randint(1, 2)):
        at, other = random.randrange(len(entries)), random.randrange(len(entries))
        stranger, rest = random.choice(strangers), [*entries[:at], *entries[at + 1 :]]
        swapped = [entries[{at: other, other: at}.get(place, place)] for place in range(len(entries))]
        changed = [*entries[:at], mutated(random, entries[at] or b"x"), *entries[at + 1 :]]
        entries = random.choice([changed, rest, [*entries[:at], stranger, *entries[at:]], swapped])
    return random.choice([entries, forger.closed(entries[:-1])])


def test_mutated_exports(modules: Page, tmp_path: Path) -> None:
    random, forger = Random(12), Forger()
    entries = forger.entries(map(forger.ballot, PLAINTEXTS))
    files = forger.files(entries)
    exports = []
    for number in range(300):
        if number % 3:
            name = random.choice(sorted(files))
            doctored = {**files, name: mutated(random, files[name])}
        else:
            doctored = forger.files(rearranged(random, forger, entries), issued=random.choice((4, 6, 8)))
        exports.append(write(tmp_path / f"{number}.zip", doctored))
    hit = set()
    for path, report in zip(exports, by_browser(modules, *exports), strict=True):
        found = by_python(path)
        assert report["outcomes"] == found, report["checks"]
        hit |= {name for name, outcome in found.items() if outcome == "failed"}
    assert hit >= {"manifest", "checkpoint", "election-key", "log", "leaves", "order", "ballots", "ledger"}
    assert hit >= {"turnout", "spoilt", "result"}
