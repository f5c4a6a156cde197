"""The plaintext of a ballot: one byte for each option of each contest, in the manifest's order.

Choices, in Python, are ballots as `ballotcast.counting` reads them: 1-based option numbers, for a ranking in order of
preference (options ranked equally in a tuple of their own, under methods that can read it), for a choice set ascending;
for scores and points, pairs of option and number, ascending. An empty one is blank. Every ballot of an election has the
same length, whatever it says. As bytes: a choice 0 or 1; a rank 1, 2, … without gaps, 0 unranked; a score plus one, 0
none; points.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.counting import RULES, Rule
from ballotcast.counting import Ballot as Choice
from ballotcast.counting.ballots import ranks, scores


class Reason(StrEnum):
    """Why a ballot is spoilt. The rules are tried in this order, contest by contest; the first one broken is named."""

    UNREADABLE = "unreadable"
    """the ciphertext does not open"""
    WRONG_LENGTH = "wrong-length"
    """not one byte for each option"""
    OUT_OF_RANGE = "out-of-range"
    """a byte that no option of this contest can have: a rank above their number, a score outside min to max"""
    DUPLICATE_RANK = "duplicate-rank"
    """two options with the same rank, under a method that cannot read this"""
    GAP_IN_RANKS = "gap-in-ranks"
    """a rank is skipped, like 1, 3"""
    TOO_MANY = "too-many"
    """more options, or points, than the contest's max"""
    TOO_FEW = "too-few"
    """fewer options, or points, than the contest's min, and not blank"""


class Spoilt(ValueError):
    """A plaintext that breaks a rule: it is reported with its reason and not counted. `contest` is its id, or empty."""

    def __init__(self, reason: Reason, contest: str = "") -> None:
        super().__init__(f"{contest}: {reason}" if contest else reason)
        self.reason = reason
        self.contest = contest


def encode(manifest: Manifest, choices: Sequence[Sequence[int | tuple[int, ...]]]) -> bytes:
    """Encode one choice for each contest: L bytes. Raises Spoilt for choices that would not be counted."""
    if len(choices) != len(manifest.contests):
        raise Spoilt(Reason.WRONG_LENGTH)
    marks = b"".join(_mark(contest, tuple(choice)) for contest, choice in zip(manifest.contests, choices, strict=True))
    decode(manifest, marks)
    return marks


def decode(manifest: Manifest, plaintext: bytes) -> list[Choice]:
    """Return the choice in each contest, in the manifest's order. Raises Spoilt for a plaintext that breaks a rule."""
    if len(plaintext) != manifest.plaintext_length:
        raise Spoilt(Reason.WRONG_LENGTH)
    choices = []
    start = 0
    for contest in manifest.contests:
        end = start + len(contest.options)
        choices.append(_read(contest, plaintext[start:end]))
        start = end
    return choices


def _mark(contest: Contest, choice: Choice) -> bytes:
    rule = RULES[contest.method]
    marked = list(_marked(rule, choice))
    if any(not 1 <= option <= len(contest.options) or not 0 < mark <= 255 for option, mark in marked):
        raise Spoilt(Reason.OUT_OF_RANGE, contest.id)
    marks = dict(marked)
    if len(marks) != len(marked):
        raise Spoilt(Reason.DUPLICATE_RANK, contest.id)
    return bytes(marks.get(option, 0) for option in range(1, len(contest.options) + 1))


def _marked(rule: Rule, choice: Choice) -> Iterator[tuple[int, int]]:
    """Yield each option named, with its byte."""
    if rule.ballot == "scores":
        yield from ((option, score + 1) for option, score in scores(choice))
    elif rule.ballot == "points":
        yield from ((option, points) for option, points in scores(choice))
    else:
        for rank, tied in enumerate(ranks(choice), 1):
            yield from ((option, 1 if rule.ballot == "choice" else rank) for option in tied)


def _read(contest: Contest, marks: bytes) -> Choice:
    rule = RULES[contest.method]
    named = sum(marks) if rule.ballot == "points" else sum(mark > 0 for mark in marks)
    if rule.ballot == "scores":
        choice = _read_scores(marks, contest.min, contest.max)
    else:
        if rule.ballot == "points":
            choice = tuple((option, points) for option, points in enumerate(marks, 1) if points)
        else:
            choice = _read_set(marks) if rule.ballot == "choice" else _read_ranking(marks, equal=rule.equal)
        if not isinstance(choice, Reason) and named > contest.max:
            choice = Reason.TOO_MANY
        elif not isinstance(choice, Reason) and 0 < named < contest.min:
            choice = Reason.TOO_FEW
    if isinstance(choice, Reason):
        raise Spoilt(choice, contest.id)
    return choice


def _read_set(marks: bytes) -> Choice | Reason:
    if any(mark > 1 for mark in marks):
        return Reason.OUT_OF_RANGE
    return tuple(option for option, mark in enumerate(marks, 1) if mark)


def _read_ranking(marks: bytes, *, equal: bool) -> Choice | Reason:
    if any(rank > len(marks) for rank in marks):
        return Reason.OUT_OF_RANGE
    tied: dict[int, list[int]] = {}
    for option, rank in enumerate(marks, 1):
        if rank:
            tied.setdefault(rank, []).append(option)
    if not equal and any(len(options) > 1 for options in tied.values()):
        return Reason.DUPLICATE_RANK
    if sorted(tied) != list(range(1, len(tied) + 1)):
        return Reason.GAP_IN_RANKS
    return tuple(tuple(options) if len(options) > 1 else options[0] for _, options in sorted(tied.items()))


def _read_scores(marks: bytes, lowest: int, highest: int) -> Choice | Reason:
    if any(mark and not lowest <= mark - 1 <= highest for mark in marks):
        return Reason.OUT_OF_RANGE
    return tuple((option, mark - 1) for option, mark in enumerate(marks, 1) if mark)
