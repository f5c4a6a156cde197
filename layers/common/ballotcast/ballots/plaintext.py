"""The plaintext of a ballot: one byte for each option of each contest, in the manifest's order.

Choices, in Python, are 1-based option numbers: a ranking lists them in order of preference, a choice set in ascending
order; an empty one is blank. Every ballot of an election has the same length, whatever it says.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from ballotcast.ballots.contest import Contest, Method
from ballotcast.ballots.manifest import Manifest

Choice = tuple[int, ...]


class Reason(StrEnum):
    """Why a ballot is spoilt. The rules are tried in this order, contest by contest; the first one broken is named."""

    UNREADABLE = "unreadable"
    """the ciphertext does not open"""
    WRONG_LENGTH = "wrong-length"
    """not one byte for each option"""
    OUT_OF_RANGE = "out-of-range"
    """a byte that no option of this contest can have"""
    DUPLICATE_RANK = "duplicate-rank"
    """two options with the same rank"""
    GAP_IN_RANKS = "gap-in-ranks"
    """a rank is skipped, like 1, 3"""
    TOO_MANY = "too-many"
    """more options than the contest's max"""
    TOO_FEW = "too-few"
    """fewer options than the contest's min, and not blank"""


class Spoilt(ValueError):
    """A plaintext that breaks a rule: it is reported with its reason and not counted. `contest` is its id, or empty."""

    def __init__(self, reason: Reason, contest: str = "") -> None:
        super().__init__(f"{contest}: {reason}" if contest else reason)
        self.reason = reason
        self.contest = contest


class Marking(NamedTuple):
    """How a voter marks the options of a contest.

    mark: the byte of each option, given a choice without repetitions and the number of options. read: the choice, given
    those bytes, or the reason why they are none.
    """

    mark: Callable[[Sequence[int], int], bytes]
    read: Callable[[bytes], Choice | Reason]


def encode(manifest: Manifest, choices: Sequence[Sequence[int]]) -> bytes:
    """Encode one choice for each contest: L bytes. Raises Spoilt for choices that would not be counted."""
    if len(choices) != len(manifest.contests):
        raise Spoilt(Reason.WRONG_LENGTH)
    marks = b"".join(map(_mark, manifest.contests, choices))
    decode(manifest, marks)
    return marks


def decode(manifest: Manifest, plaintext: bytes) -> list[Choice]:
    """The choice in each contest, in the manifest's order. Raises Spoilt for a plaintext that breaks a rule."""
    if len(plaintext) != manifest.plaintext_length:
        raise Spoilt(Reason.WRONG_LENGTH)
    choices = []
    start = 0
    for contest in manifest.contests:
        end = start + len(contest.options)
        choices.append(_read(contest, plaintext[start:end]))
        start = end
    return choices


def _mark(contest: Contest, choice: Sequence[int]) -> bytes:
    if any(not 1 <= option <= len(contest.options) for option in choice):
        raise Spoilt(Reason.OUT_OF_RANGE, contest.id)
    if len(set(choice)) != len(choice):
        raise Spoilt(Reason.DUPLICATE_RANK, contest.id)
    return MARKING[contest.method].mark(choice, len(contest.options))


def _read(contest: Contest, marks: bytes) -> Choice:
    choice = MARKING[contest.method].read(marks)
    if isinstance(choice, Reason):
        raise Spoilt(choice, contest.id)
    if len(choice) > contest.max:
        raise Spoilt(Reason.TOO_MANY, contest.id)
    if 0 < len(choice) < contest.min:
        raise Spoilt(Reason.TOO_FEW, contest.id)
    return choice


def _mark_set(choice: Sequence[int], options: int) -> bytes:
    return bytes(option in choice for option in range(1, options + 1))


def _read_set(marks: bytes) -> Choice | Reason:
    if any(mark > 1 for mark in marks):
        return Reason.OUT_OF_RANGE
    return tuple(option for option, mark in enumerate(marks, 1) if mark)


def _mark_ranking(choice: Sequence[int], options: int) -> bytes:
    ranks = bytearray(options)
    for rank, option in enumerate(choice, 1):
        ranks[option - 1] = rank
    return bytes(ranks)


def _read_ranking(marks: bytes) -> Choice | Reason:
    if any(rank > len(marks) for rank in marks):
        return Reason.OUT_OF_RANGE
    ranked = sorted((rank, option) for option, rank in enumerate(marks, 1) if rank)
    ranks = [rank for rank, _ in ranked]
    if len(set(ranks)) != len(ranks):
        return Reason.DUPLICATE_RANK
    if ranks != list(range(1, len(ranks) + 1)):
        return Reason.GAP_IN_RANKS
    return tuple(option for _, option in ranked)


_CHOICE_SET = Marking(_mark_set, _read_set)
_RANKING = Marking(_mark_ranking, _read_ranking)

MARKING: Mapping[Method, Marking] = {
    "plurality": _CHOICE_SET,
    "approval": _CHOICE_SET,
    "irv": _RANKING,
    "scottish-stv": _RANKING,
}
"""The one table to extend for a method that is marked in another way."""
