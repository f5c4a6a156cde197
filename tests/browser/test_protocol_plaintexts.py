"""Choices become bytes and come back in the browser as in Python, and are spoilt for the same reasons."""

import json
import random
from typing import Any

import pytest

from ballotcast.ballots import plaintext
from ballotcast.ballots.manifest import Manifest
from ballotcast.counting import RULES
from ballotcast.crypto import canonical
from checkout import ROOT

BAD = json.loads((ROOT / "tests" / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]
MANIFEST = SAMPLE["manifest"].encode()


def test_bad_plaintexts(protocol: Any) -> None:
    answers = protocol.run(
        """
        const [{ parseManifest }, { decodePlaintext }] = await Promise.all(["manifest", "plaintext"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        return Promise.all(given.inputs.map((one) => refusal(() => decodePlaintext(manifest, bytes(one)))));
        """,
        manifest=MANIFEST.hex(),
        inputs=[bad["hex"] for bad in BAD["plaintexts"]],
    )
    expected = [("Spoilt", bad["reason"], bad["contest"]) for bad in BAD["plaintexts"]]
    assert [(answer["kind"], answer["reason"], answer["contest"]) for answer in answers] == expected


def contest(number: int, method: str, draw: random.Random) -> dict[str, Any]:
    options = draw.randint(1, 5)
    kind, one_seat = RULES[method].ballot, RULES[method].one_seat
    seats = 1 if one_seat else draw.randint(1, options)
    least = draw.randint(0, 1)
    most = least + draw.randint(1, 4) if kind == "scores" else draw.randint(1, options)
    return {
        "id": f"c{number}",
        "title": "T",
        "method": method,
        "options": [str(option) for option in range(options)],
        "seats": seats,
        "min": least,
        "max": min(most, seats) if method == "plurality" else most,
        "tie": "lot",
    }


def test_plaintexts_of_every_method_are_read_and_written_alike(protocol: Any) -> None:
    draw = random.Random(1)
    fields = json.loads(MANIFEST)
    cases = []
    for _ in range(20):
        fields["contests"] = [contest(number, method, draw) for number, method in enumerate(RULES, 1)]
        manifest = Manifest.parse(canonical.dumps(fields))
        blank = bytes(manifest.plaintext_length)
        for _ in range(100):
            text = bytearray(blank)
            for at in draw.sample(range(len(text)), draw.randint(0, 4)):
                text[at] = draw.choice([1, 1, 1, 2, 2, 3, 4, 5, 6, 255])
            cases.append((manifest, bytes(text)))
    answers = protocol.run(
        """
        const [{ parseManifest }, { decodePlaintext, encodePlaintext }] =
          await Promise.all(["manifest", "plaintext"].map(load));
        const manifests = await Promise.all(given.manifests.map((one) => parseManifest(bytes(one))));
        const read = (manifest, text) => {
          try {
            const choices = decodePlaintext(manifest, bytes(text));
            return { choices, again: hex(encodePlaintext(manifest, choices)) };
          } catch (error) {
            return { spoilt: error.message };
          }
        };
        return given.texts.map((text, index) => read(manifests[Math.floor(index / 100)], text));
        """,
        manifests=[manifest.encode().hex() for manifest, _ in cases[::100]],
        texts=[text.hex() for _, text in cases],
    )
    expected = [read_by_python(manifest, text) for manifest, text in cases]
    assert answers == expected
    reasons = {one["spoilt"].partition(": ")[2] for one in expected if "spoilt" in one}
    assert reasons == {"out-of-range", "duplicate-rank", "gap-in-ranks", "too-many"}
    assert sum("choices" in one for one in expected) > 200


def read_by_python(manifest: Manifest, text: bytes) -> dict[str, Any]:
    try:
        choices = plaintext.decode(manifest, text)
    except plaintext.Spoilt as spoilt:
        return {"spoilt": str(spoilt)}
    return {"choices": json.loads(json.dumps(choices)), "again": text.hex()}


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ([[5], []], "out-of-range"),
        ([[0], []], "out-of-range"),
        ([[1.5], []], "out-of-range"),
        ([["1"], []], "out-of-range"),
        ([[1, 1], []], "duplicate-rank"),
        ([[[1, 2]], []], "duplicate-rank"),
        ([[], [1, 2, 3]], "too-many"),
        ([[]], "wrong-length"),
        ([[], [], []], "wrong-length"),
    ],
)
def test_choices_that_would_not_be_counted_are_not_written(protocol: Any, choices: Any, reason: str) -> None:
    answer = protocol.run(
        """
        const [{ parseManifest }, { encodePlaintext }] = await Promise.all(["manifest", "plaintext"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        return refusal(() => encodePlaintext(manifest, given.choices));
        """,
        manifest=MANIFEST.hex(),
        choices=choices,
    )
    assert (answer["kind"], answer["reason"]) == ("Spoilt", reason)
