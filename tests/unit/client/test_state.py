"""The recovery file: what it holds at each step, and what is no recovery file."""

import json
from typing import Any

import pytest

from ballotcast.client.errors import BadState
from ballotcast.client.state import STEPS, Blinded, Cast, Credentialed, Sealed, State, from_json, to_json

COMMON: dict[str, Any] = {
    "address": "http://board.example/prod",
    "election": "0123456789abcdef",
    "manifest_hash": b"m" * 32,
    "checkpoint": "origin\n1\nroot\n\n— origin sig\n",
    "blinded_sha256": b"h" * 32,
}
STATES: list[State] = [
    Blinded(**COMMON, link="1.a.b.c", key=b"k" * 32, rand=b"r" * 32, blinded=b"b" * 256, inverse=b"i" * 256),
    Credentialed(**COMMON, key=b"k" * 32, rand=b"r" * 32, signature=b"s" * 256),
    Sealed(**COMMON, ballot=b"\x01ballot"),
    Cast(**COMMON, receipt="a note\n\n— board sig\n"),
]


@pytest.mark.parametrize("state", STATES, ids=list(STEPS))
def test_a_state_comes_back_as_it_was_written(state: State) -> None:
    assert from_json(to_json(state)) == state


@pytest.mark.parametrize("state", STATES, ids=list(STEPS))
def test_no_secret_shows_in_a_trace(state: State) -> None:
    assert "kkkk" not in repr(state)
    assert "1.a.b.c" not in repr(state)


def test_secrets_go_once_they_are_used_up() -> None:
    kept = [set(json.loads(to_json(state))) for state in STATES]
    assert "link" not in kept[1]
    assert kept[2] & {"link", "key", "rand", "blinded", "inverse", "signature"} == set()
    assert kept[3] & {"ballot", "key", "link"} == set()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 2}, "another version"),
        ({"step": "counted"}, "another version"),
        ({"step": []}, "another version"),
        ({"step": "cast"}, "not complete"),
        ({"more": "x"}, "not complete"),
        ({"ballot": 5}, "not complete"),
        ({"ballot": None}, "not complete"),
        ({"ballot": "AQ=="}, "damaged"),
        ({"manifest_hash": "A"}, "damaged"),
    ],
)
def test_a_changed_file_is_refused(change: dict[str, Any], reason: str) -> None:
    text = json.dumps({**json.loads(to_json(STATES[2])), **change})
    with pytest.raises(BadState, match=reason):
        from_json(text)


@pytest.mark.parametrize("text", ["", "{", "null", "5", "[]", '"x"', "{}", '["ab"]'])
def test_what_is_no_recovery_file(text: str) -> None:
    with pytest.raises(BadState):
        from_json(text)
