"""Canonical JSON in the browser: every value of the subset survives, and no other spelling is taken."""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ballotcast.crypto import canonical
from checkout import ROOT
from effort import examples

BAD = json.loads((ROOT / "tests" / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]
MANIFEST = SAMPLE["manifest"].encode()

# Unassigned characters too: a newer browser knows what this Python does not, and both must take them as they are.
texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12)


@examples(20, suppress_health_check=[HealthCheck.too_slow])
@given(many=st.lists(values, min_size=20, max_size=60))
def test_canonical_json_survives_the_browser(protocol: Any, many: list[Any]) -> None:
    written = [canonical.dumps(value) for value in many]
    again = protocol.run(
        """
        const { jcsDecode, jcsEncode } = await load("jcs");
        return given.written.map((one) => hex(jcsEncode(jcsDecode(bytes(one)))));
        """,
        written=[data.hex() for data in written],
    )
    assert again == [data.hex() for data in written]


def test_json_that_is_shuffled_or_spaced_is_refused_like_in_python(protocol: Any) -> None:
    draw = random.Random(2)
    fields = json.loads(MANIFEST)
    inputs = [MANIFEST]
    for _ in range(200):
        members = list(fields.items())
        draw.shuffle(members)
        spaces = draw.choice([(",", ":"), (", ", ":"), (",", ": ")])
        inputs.append(json.dumps(dict(members), separators=spaces, ensure_ascii=draw.random() < 0.3).encode())
    answers = protocol.run(
        """
        const { jcsDecode } = await load("jcs");
        return Promise.all(given.inputs.map(async (one) => (await refusal(() => jcsDecode(bytes(one)))) === null));
        """,
        inputs=[data.hex() for data in inputs],
    )
    assert answers == [True] + [False] * 200


@pytest.mark.parametrize("text", ["deep", "deeper", "very deep"])
def test_nesting_is_limited_at_the_same_depth(protocol: Any, text: str) -> None:
    depth = {"deep": 32, "deeper": 33, "very deep": 100_000}[text]
    answer = protocol.run(
        """
        const [{ jcsDecode }, { utf8 }] = await Promise.all(["jcs", "encoding"].map(load));
        const text = "[".repeat(given.depth) + "]".repeat(given.depth);
        return refusal(() => jcsDecode(utf8(text)));
        """,
        depth=depth,
    )
    assert (answer is None) is (depth == canonical.MAX_DEPTH)


def test_values_outside_the_subset_are_not_written(protocol: Any) -> None:
    kinds = protocol.run(
        """
        const { jcsEncode } = await load("jcs");
        const values = [null, undefined, 1.5, NaN, 2 ** 53, -(2 ** 53), "\\ud83d", 5n, () => 1];
        const wrapped = values.flatMap((value) => [value, [value], { a: value }]);
        return Promise.all(wrapped.map(async (value) => (await refusal(() => jcsEncode(value)))?.kind));
        """
    )
    assert kinds == ["CanonicalError"] * 27
