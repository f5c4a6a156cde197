"""The recovery file: what it holds at each step, and what is not a recovery file."""

import json
from pathlib import Path

import pytest

from ballotcast.client.errors import BadState
from ballotcast.client.state import STEPS, from_json, to_json

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "states.json").read_text())
FILES: dict[str, str] = VECTORS["files"]


def test_there_is_a_file_of_every_state() -> None:
    assert list(FILES) == list(STEPS)


@pytest.mark.parametrize("step", FILES)
def test_a_file_is_read_and_written_again_as_it_was(step: str) -> None:
    state = from_json(FILES[step])
    assert type(state) is STEPS[step]
    assert to_json(state) == FILES[step]


@pytest.mark.parametrize("step", FILES)
def test_no_secret_shows_in_a_trace(step: str) -> None:
    assert "kkkk" not in repr(from_json(FILES[step]))
    assert "1.a.b.c" not in repr(from_json(FILES[step]))


def test_secrets_go_once_they_are_used_up() -> None:
    kept = {step: set(json.loads(text)) for step, text in FILES.items()}
    assert "link" not in kept["credentialed"]
    assert kept["signed"] & {"link", "key", "rand", "blinded", "inverse", "signature"} == set()
    assert kept["cast"] & {"ballot", "key", "link"} == set()
    assert not [members for members in kept.values() if "choices" in members]


@pytest.mark.parametrize("step", ["[" * 60_000 + "]" * 60_000, "[" * 900 + "]" * 900, "{}", "1", "null"])
def test_a_step_that_is_no_text(step: str) -> None:
    with pytest.raises(BadState):
        from_json(f'{{"v": 3, "step": {step}}}')


@pytest.mark.parametrize("refused", VECTORS["refused"], ids=lambda refused: str(refused["file"])[-30:])
def test_what_is_not_a_recovery_file(refused: dict[str, str]) -> None:
    with pytest.raises(BadState, match=refused["reason"].replace("-", " ")):
        from_json(refused["file"])
