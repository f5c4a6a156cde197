import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from ballotcast.ballots.contest import Contest, Method
from ballotcast.ballots.manifest import MAX_LENGTH, Manifest, ManifestError
from ballotcast.counting import RULES
from ballotcast.crypto import canonical

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]["manifest"].encode()


def contest(**changes: Any) -> Contest:
    fields = {"id": "c1", "title": "T", "method": "irv", "options": ["a", "b"], "seats": 1, "min": 0, "max": 2}
    return Contest.model_validate(fields | {"tie": "lot"} | changes)


def test_the_sample_is_read_and_written_byte_for_byte() -> None:
    manifest = Manifest.parse(SAMPLE)
    assert manifest.encode() == SAMPLE
    assert manifest.hash == sha256(SAMPLE).digest()
    assert manifest.hash.hex() == BAD["sample"]["manifest_hash"]


def test_a_manifest_made_by_code_is_the_one_read_back(election: Any) -> None:
    manifest = Manifest.parse(election.manifest.encode())
    assert manifest == election.manifest
    assert manifest.opens_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert manifest.issuer == election.issuer.public
    assert [option for contest in manifest.contests for option in contest.options] == [
        *["Ann", "Bo", "Çağla", "Dee"],
        *["Mon", "Tue", "Wed"],
    ]


def test_the_fields_are_those_of_the_wire_format(election: Any) -> None:
    fields = json.loads(election.manifest.encode())
    keys = "issuer_pk election_pk issuance_pk receipt_pk log_pk"
    expected = f"v election origin title contests opens_at closes_at mode t n {keys}"
    assert set(fields) == {*expected.split(), "roll_size", "roll_root"}
    assert set(fields["contests"][0]) == {"id", "title", "method", "options", "seats", "min", "max", "tie"}
    assert fields["opens_at"] == "2026-11-20T09:00:00Z"


def test_lengths_follow_from_the_manifest(election: Any) -> None:
    assert election.manifest.plaintext_length == 7
    assert election.manifest.ballot_length == 275 + 256 + 7


@pytest.mark.parametrize("bad", BAD["manifests"], ids=lambda bad: bad["why"])
def test_a_bad_field_is_refused_and_named(bad: dict[str, Any]) -> None:
    fields = json.loads(SAMPLE)
    *parents, last = bad["path"]
    target = fields
    for key in parents:
        target = target[key]
    if bad.get("absent"):
        del target[last]
    else:
        target[last] = bad["value"]
    if "also" in bad:
        target.update(bad["also"])
    with pytest.raises(ManifestError) as caught:
        Manifest.parse(canonical.dumps(fields))
    assert caught.value.field == bad["field"]


@pytest.mark.parametrize("data", [b"", b"[]", b"1", SAMPLE[:-1], SAMPLE + b"\n", SAMPLE.replace(b":", b": ", 1)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ManifestError):
        Manifest.parse(data)


def test_a_manifest_has_at_most_100_kb() -> None:
    fields = json.loads(SAMPLE)
    fields["contests"] = [deepcopy(fields["contests"][0]) | {"id": f"c{number}"} for number in range(1, 900)]
    data = canonical.dumps(fields)
    assert len(data) > MAX_LENGTH
    with pytest.raises(ManifestError, match="longer than"):
        Manifest.parse(data)
    with pytest.raises(ManifestError, match="longer than"):
        Manifest.model_validate_json(data).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "irv", "seats": 1},
        {"method": "scottish-stv", "seats": 2, "tie": "previous-stages"},
        {"method": "plurality", "max": 1},
        {"method": "plurality", "seats": 2, "max": 2, "min": 2},
        {"method": "approval", "max": 2},
        {"options": ["only"], "max": 1},
        {"options": [str(number) for number in range(255)], "max": 255},
        {"method": "star", "min": 0, "max": 5, "tie": "previous-stages"},
        {"method": "score", "min": 1, "max": 254},
        {"method": "ranked-pairs", "max": 2},
        {"method": "proportional-approval", "seats": 2},
        {"options": ["a", "A"]},
        {"title": "😀" * 200},
    ],
)
def test_contests_of_every_sensible_shape_are_accepted(changes: dict[str, Any]) -> None:
    assert contest(**changes).model_dump(mode="json").items() >= changes.items()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"method": "star", "min": 5, "max": 5}, "More than the lowest score"),
        ({"method": "score", "max": 255}, "at most 254"),
        ({"method": "condorcet", "seats": 2}, "fills one seat only"),
        (
            {"method": "proportional-approval", "options": [str(n) for n in range(30)], "seats": 9},
            "together may have 20000",
        ),
    ],
)
def test_what_a_method_cannot_count_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        contest(**changes)


def test_the_contest_s_methods_are_the_rules_that_are_counted() -> None:
    assert set(get_args(Method)) == set(RULES)


@pytest.mark.parametrize("text", ["e\u0301", "a\U0001e4ec\U0001e4ee", "\u2764\ufe0f", "葛\U000e0100", "\u0378"])
def test_texts_are_code_points_whatever_unicode_says_of_them(text: str) -> None:
    """Not in normal form; in normal form by one version of Unicode only; with selectors; not assigned."""
    fields = json.loads(SAMPLE) | {"title": text}
    assert Manifest.parse(canonical.dumps(fields)).title == text
    assert contest(options=["e\u0301", "\u00e9"]).options == ("e\u0301", "\u00e9")


def test_a_character_that_is_refused_is_named() -> None:
    with pytest.raises(ValidationError, match=r"invisible .*\(U\+202E\)"):
        contest(title="a\u202eb")


def test_times_given_by_code_are_aware_whole_seconds_in_any_zone(make_election: Any) -> None:
    opens_at = datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=1)))
    assert b'"opens_at":"2026-11-20T09:00:00Z"' in make_election(opens_at=opens_at).manifest.encode()
    for bad in (datetime(2026, 11, 20, 9), opens_at.replace(microsecond=1)):  # noqa: DTZ001
        with pytest.raises(ValidationError):
            make_election(opens_at=bad)
