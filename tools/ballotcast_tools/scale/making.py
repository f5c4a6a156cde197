"""A large election to measure with: its organiser, roll file and ballots.

The ballots are whole and every check of them is run. One shortcut makes a million in minutes: the issuer signs each
credential's key directly, where in an election it signs a blinded value and the voter unblinds the signature. Both
ways end in the same kind of signature (RSASSA-PSS), so anyone who verifies it does the same work.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from ballotcast.ballots import ballot, credential, plaintext
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import RAND_LENGTH, SALT_LENGTH
from ballotcast.store.election import Election
from ballotcast.store.organisers import Organiser

from .aws import OPENED, Folder

ELECTION = "5ca1e00000000001"
BASE_URL = "https://ballots.example.org/v1"
CLOSES = OPENED + timedelta(days=1)
ORGANISER = "0" * 32
OPTIONS = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
CONTESTS = [
    {"id": "c1", "title": "Council", "method": "scottish-stv", "options": [*OPTIONS], "seats": 2},
    {"id": "c2", "title": "Statute", "method": "plurality", "options": ["Yes", "No"], "seats": 1},
]
RULES = ({"min": 1, "max": 6, "tie": "lot"}, {"min": 1, "max": 1, "tie": "lot"})
MADE = 5_000
"""Ballots made in one call."""


@dataclass(frozen=True)
class Scene:
    """`voters`: all of them vote. `processes`: side by side, at most. `answers`: of the calls of each stage so far."""

    voters: int
    processes: int
    answers: dict[str, list[Any]] = field(default_factory=dict)


def draft(wiring: Folder) -> Election:
    """An organiser who may send mail, and the draft of the election."""
    wiring.organisers.add(Organiser(ORGANISER, "organiser@example.org", "", OPENED, verified=True, approved=True))
    election = Election(
        id=ELECTION,
        organiser=ORGANISER,
        title="Council and statute",
        description="",
        opens_at=to_rfc3339(OPENED),
        closes_at=to_rfc3339(CLOSES),
        contests=[{**contest, **rules} for contest, rules in zip(CONTESTS, RULES, strict=True)],
        second_factor="none",
        mode="managed",
        created_at=to_rfc3339(OPENED),
        roll_indexed=True,
    )
    wiring.elections.add(election)
    return election


SPELLED = "voter"
"""What all addresses begin with."""


def roll_files(voters: int, rows: int) -> Iterator[bytes]:
    """CSV files of at most so many rows, as an organiser would send them one after the other."""
    for first in range(0, voters, rows):
        numbers = range(first, min(first + rows, voters))
        yield "".join(["email\n", *(f"{SPELLED}{number}@example.org\n" for number in numbers)]).encode()


def calls(scene: Scene) -> list[Callable[[Folder, Scene], None]]:
    """Each makes some of the ballots, for `made_ballots`."""
    return [partial(_make, first) for first in range(0, scene.voters, MADE)]


def made_ballots(wiring: Folder, scene: Scene) -> Iterator[bytes]:
    """All of them, in the order of their making."""
    length = _manifest(wiring).ballot_length
    for first in range(0, scene.voters, MADE):
        made = _made(wiring, first).read_bytes()
        for start in range(0, len(made), length):
            yield made[start : start + length]


def _make(first: int, wiring: Folder, scene: Scene) -> None:
    election = wiring.elections.find(ELECTION)
    assert election
    assert election.keys
    made = make_ballots(_manifest(wiring), election.keys.issuer, first, min(MADE, scene.voters - first))
    _made(wiring, first).write_bytes(made)


def _made(wiring: Folder, first: int) -> Path:
    return wiring.path / f"ballots-{first}"


def _manifest(wiring: Folder) -> Manifest:
    found = wiring.manifests.find(ELECTION)
    assert found
    return Manifest.parse(found.manifest)


def make_ballots(manifest: Manifest, issuer: bytes, seed: int, count: int) -> bytes:
    """So many ballots, each by a key of its own, one behind the other. issuer: the private key, PKCS#8 DER.

    seed: of what they say; one in a thousand breaks a rule, so that spoilt ballots are there as well.
    """
    key = load_der_private_key(issuer, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    pss, chance = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_LENGTH), Random(seed)  # noqa: S311 - no secret
    ballots = []
    for _ in range(count):
        voter, rand = p256.generate(), token_bytes(RAND_LENGTH)
        prepared = credential.prepare(manifest.hash, p256.point(voter), rand)
        signature = key.sign(prepared, pss, hashes.SHA384())
        ballots.append(ballot.cast(manifest, voter, rand, signature, _said(manifest, chance)).encode())
    return b"".join(ballots)


def _said(manifest: Manifest, chance: Random) -> bytes:
    if chance.random() < 0.001:
        return bytes([1, 1]).ljust(manifest.plaintext_length, b"\0")
    # Rankings are skewed, as in life: what is liked by many is ranked high by many.
    liking = {option: chance.gauss(option, 2.0) for option in range(1, len(OPTIONS) + 1)}
    ranking = sorted(liking, key=liking.__getitem__)[: chance.randint(1, len(OPTIONS))]
    return plaintext.encode(manifest, [ranking, chance.choice([(1,), (2,), ()])])
