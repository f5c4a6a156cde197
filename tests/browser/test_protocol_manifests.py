"""Manifests in the browser are judged as in Python, whatever stands in them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.crypto import canonical
from checkout import ROOT

BAD = json.loads((ROOT / "tests" / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]
MANIFEST = SAMPLE["manifest"].encode()


@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({"method": "plurality", "seats": 2, "max": 2, "min": 2}, True),
        ({"options": ["only"], "max": 1, "seats": 1}, True),
        ({"method": "star", "min": 0, "max": 5}, True),
        ({"method": "score", "min": 1, "max": 254}, True),
        ({"method": "score", "min": 1, "max": 255}, False),
        ({"method": "star", "min": 5, "max": 5}, False),
        ({"method": "cumulative", "min": 3, "max": 255}, True),
        ({"method": "cumulative", "min": 3, "max": 2}, False),
        ({"method": "condorcet", "seats": 2}, False),
        ({"method": "proportional-approval", "seats": 2}, True),
        ({"method": "proportional-approval", "options": [str(n) for n in range(30)], "seats": 9}, False),
        ({"method": "proportional-approval", "options": [str(n) for n in range(200)], "seats": 199}, True),
        ({"options": ["a", "A"], "seats": 1, "max": 2}, True),
        ({"title": "😀" * 200}, True),
        ({"title": "a\u0301b\ufe0f\U0001e4ec"}, True),
        ({"title": "a\u200bb"}, False),
        ({"title": "a\u202eb"}, False),
        ({"title": "a\x85b"}, False),
        ({"about": [{"photo": "0" * 64}, {}, {}, {}]}, True),
        ({"about": [{"photo": "A" * 64}, {}, {}, {}]}, False),
        ({"about": [{"photo": "0" * 63}, {}, {}, {}]}, False),
        ({"about": [{"photo": ""}, {}, {}, {}]}, False),
    ],
)
def test_contests_at_the_edges(protocol: Any, changes: dict[str, Any], fine: bool) -> None:
    fields = json.loads(MANIFEST)
    fields["contests"][0].update(changes)
    data = canonical.dumps(fields)
    if fine:
        Manifest.parse(data)
    answer = protocol.run(
        """
        const { parseManifest } = await load("manifest");
        return refusal(() => parseManifest(bytes(given.data)));
        """,
        data=data.hex(),
    )
    assert (answer is None) is fine


WEIRD: list[Any] = [
    *[0, 1, -1, 2, 254, 255, 256, 4_001, 2**53 - 1, True, False],
    *[
        "",
        " ",
        "a",
        " a",
        "a ",
        "a\tb",
        "a\u2029b",
        "é",
        "c1",
        "c2",
        "irv",
        "score",
        "lot",
        "A" * 43,
        "A" * 200,
        "A" * 201,
    ],
    *["2026-11-20T09:00:00Z", "2027-01-01T00:00:00Z", "0" * 64, [], ["a"], ["a", "b"], [1], {}, {"a": 1}],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of everything below a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def test_manifests_with_any_other_value_anywhere_are_judged_alike(protocol: Any) -> None:
    cases = []
    for path in places(json.loads(MANIFEST)):
        for value in WEIRD:
            fields = json.loads(MANIFEST)
            target = fields
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = value
            cases.append((path, value, canonical.dumps(fields)))
    answers = protocol.run(
        """
        const { parseManifest } = await load("manifest");
        return Promise.all(given.inputs.map((one) => refusal(() => parseManifest(bytes(one)))));
        """,
        inputs=[data.hex() for _, _, data in cases],
    )
    for (path, value, data), answer in zip(cases, answers, strict=True):
        assert (answer is None) is (refused_field(data) is None), (path, value)
        # Where much is wrong at once, and where `true` stands for 1, each may name another field.
        if answer and not isinstance(value, bool | dict):
            assert answer["field"] == refused_field(data), (path, value)
    assert 20 < answers.count(None) < len(answers) / 5


def refused_field(data: bytes) -> str | None:
    """By Python."""
    try:
        Manifest.parse(data)
    except ManifestError as error:
        return error.field
    return None
