"""What one ballot of a log is worth, judged without the others: most of a verification, and shared among processes."""

from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple, Self

from ballotcast.ballots.ballot import Ballot, BallotError, Refusal
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason
from ballotcast.crypto import p256
from ballotcast.elections.result import read_ballot

KEY_PREFIX = 16
"""Bytes of H(vk) that are remembered of each ballot. Equal keys always agree in them; others do by chance never, and by
2^64 hashes of somebody who wants their own export refused."""


class Judged(NamedTuple):
    """refusals: why it could not be cast, none for a good one. key: the beginning of H(vk), empty if it has none.

    said: its plaintext, or why it is spoilt; None without the election key.
    """

    refusals: tuple[Refusal, ...]
    key: bytes
    said: bytes | Reason | None


def judge(data: bytes, manifest: Manifest, election_key: p256.PrivateKey | None) -> Judged:
    """Return every check of a ballot (wire format) that needs no other ballot."""
    try:
        ballot = Ballot.parse(data, manifest)
    except BallotError as error:
        return Judged((error.reason,), b"", None)
    refusals = []
    for verify in (partial(ballot.verify_credential, manifest), ballot.verify_signature):
        try:
            verify()
        except BallotError as error:
            refusals.append(error.reason)
    said = read_ballot(ballot, manifest, election_key) if election_key else None
    return Judged(tuple(refusals), ballot.key_hash[:KEY_PREFIX], said)


class Judges:
    """Judge ballots in bundles: here, or with more than one process in those."""

    def __init__(self, manifest: Manifest, election_key: p256.PrivateKey | None, processes: int) -> None:
        self._known = manifest, election_key
        self._pool: ProcessPoolExecutor | None = None
        self.ahead = 1
        """Bundles to hand over before the first of them is asked for."""
        if processes > 1:
            told = (manifest.encode(), p256.scalar(election_key) if election_key else None)
            # Not forked: that is not safe in a program with threads, and not everywhere.
            self._pool = ProcessPoolExecutor(processes, get_context("spawn"), _prepare, told)
            self.ahead = 4 * processes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def submit(self, ballots: list[bytes]) -> "Future[list[Judged]]":
        if self._pool:
            return self._pool.submit(_judge_there, ballots)
        done: Future[list[Judged]] = Future()
        done.set_result([judge(ballot, *self._known) for ballot in ballots])
        return done


_known: tuple[Manifest, p256.PrivateKey | None]
"""What a process of a pool judges by."""


def _prepare(manifest: bytes, scalar: bytes | None) -> None:
    global _known
    _known = Manifest.parse(manifest), p256.from_scalar(scalar) if scalar else None


def _judge_there(ballots: list[bytes]) -> list[Judged]:
    return [judge(ballot, *_known) for ballot in ballots]
