"""Attack 1 of protocol 1, and its kin: anyone who serves an export, or writes the log, decides a tie as they like."""

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import islice, permutations
from pathlib import Path
from typing import Any

import pytest

from ballotcast.ballots import lots
from ballotcast.counting import Ballots, count
from ballotcast.crypto import p256
from ballotcast.crypto.encoding import b64_encode
from ballotcast.elections.export_files import CHECKPOINT, RESULT
from ballotcast.elections.verification import Outcome, Report, verify_export
from forged_export import CLOSES, Forger, write

TRIES = 32
"""Of so many draws between two options, all give the same winner once in 2^31 elections."""


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


def tied(forger: Forger) -> list[bytes]:
    """Three ballots for the first option and three for the second."""
    return forger.entries([forger.ballot(plaintext) for plaintext in (b"\1\0\0", b"\0\1\0") * 3])


def refused_by(report: Report) -> set[str]:
    return {check.name for check in report.checks if check.outcome is Outcome.FAILED}


def drawn_with(seed: bytes, told: dict[str, Any]) -> dict[str, Any]:
    """The contest's account as lots with this seed make it, by protocol 1's rules, which protocol 2 keeps."""
    ballots: Ballots = {(1,): 3, (2,): 3}
    account = count(
        "irv", options=("Ash", "Birch", "Cedar"), seats=1, ballots=ballots, tie="previous-stages", seed=seed
    ).as_json()
    kept = {name: account[name] for name in told if name in account}
    return {**told, **kept, "rounds": account["stages"]}


def ground(files: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Exports with a line of a key that nobody knows, each with another line, and lots drawn by the note's hash."""
    for number in range(TRIES):
        junk = f"— grinder.example {b64_encode(number.to_bytes(68))}\n"
        note = files[CHECKPOINT] + junk.encode()
        seed = sha256(note).digest()
        result = json.loads(files[RESULT])
        for name in {"checkpoint_sha256", "lots_seed"} & set(result):
            result[name] = seed.hex()
        result["contests"] = [drawn_with(seed, result["contests"][0])]
        yield {**files, CHECKPOINT: note, RESULT: json.dumps(result, separators=(",", ":"), sort_keys=True).encode()}


def winner(files: dict[str, bytes]) -> int:
    [contest] = json.loads(files[RESULT])["contests"]
    [elected] = contest["winners"]
    assert isinstance(elected, int)
    return elected


def test_whoever_serves_the_export_decides_no_lot(forger: Forger, tmp_path: Path) -> None:
    """Nothing but public data is needed: a junk line, a result that fits it, and a winner of one's choice."""
    files = forger.files(tied(forger))
    assert verify_export(write(tmp_path / "honest.zip", files)).ok
    forged = list(ground(files))
    assert {winner(each) for each in forged} == {1, 2}
    for each in forged:
        assert "checkpoint" in refused_by(verify_export(write(tmp_path / "e.zip", each)))
        # Nor does the result stand with the checkpoint as it was.
        each[CHECKPOINT] = files[CHECKPOINT]
        report = verify_export(write(tmp_path / "e.zip", each))
        assert "result" in refused_by(report)


def test_who_writes_the_log_cannot_choose_an_order_by_its_lot(forger: Forger) -> None:
    """The writer knows every root that it could sign, but not the election key, which comes in after the close.

    It tries orders of the last ballots until the lot, as far as it can tell, falls on the second option. If what it
    knows told it the seed, it would win each time.
    """
    won = 0
    for _ in range(TRIES):
        first, *ballots, last = tied(forger)
        orders = ([first, *order, last] for order in islice(permutations(ballots), 200))
        chosen = next(order for order in orders if foretold(forger, order) == 2)
        won += winner(forger.files(chosen)) == 2
    assert 0 < won < TRIES


def foretold(forger: Forger, entries: list[bytes]) -> int:
    """Whom the lot would fall on, if the final checkpoint's note were its seed."""
    account = drawn_with(sha256(forger.note(entries)).digest(), {"winners": []})
    [elected] = account["winners"]
    assert isinstance(elected, int)
    return elected


def test_who_counts_has_nothing_to_choose(forger: Forger, tmp_path: Path) -> None:
    """It knows the key and the root, and nothing else goes into the seed: a result by any other seed is refused."""
    files = forger.files(tied(forger))
    elected = winner(files)
    drawn = set()
    for number in range(TRIES):
        result = json.loads(files[RESULT])
        result["lots_seed"] = sha256(number.to_bytes(4)).hexdigest()
        result["contests"] = [drawn_with(bytes.fromhex(result["lots_seed"]), result["contests"][0])]
        made = {**files, RESULT: json.dumps(result, separators=(",", ":"), sort_keys=True).encode()}
        drawn.add(winner(made))
        if winner(made) != elected:
            assert refused_by(verify_export(write(tmp_path / "e.zip", made))) == {"result"}
    assert drawn == {1, 2}


def test_only_who_has_the_election_key_before_the_log_is_signed_can_grind(forger: Forger) -> None:
    """Not prevented: an operator as a whole, who takes the key early and then chooses when the poll closed."""
    entries = tied(forger)
    key = p256.scalar(forger.election_key)
    wanted = 3 - winner(forger.files(entries))
    moments = (CLOSES - timedelta(seconds=number) for number in range(TRIES))
    logs = (forger.closed(entries[:-1], closed_at=closed_at) for closed_at in moments)
    chosen = next(
        one for one in logs if drawn_with(lots.seed(key, forger.root(one)), {"winners": []})["winners"] == [wanted]
    )
    assert winner(forger.files(chosen)) == wanted
