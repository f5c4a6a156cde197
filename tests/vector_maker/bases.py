"""The whole exports that all others are made of, by what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from amended_rolls import Amendments, Lines, amendments, history
from amended_rolls import files as amended_files
from ballotcast.ballots.amendment import AmendmentLeaf, Schedule, Withdrawal
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.leaf import BallotLeaf, ManifestLeaf
from ballotcast.crypto.tile_files import decode_bundle
from forged_export import CLOSES, OPENS, Entries, in_order
from vector_maker.ceremony import SeededCeremony
from vector_maker.forger import SeededForger
from vector_maker.trustees_forger import TrusteesForger

Files = Mapping[str, bytes]
LATER, LATEST = CLOSES + timedelta(hours=1), CLOSES + timedelta(days=30)
"""Ends to which voting is extended; the manifest's own end can be put off no further."""


@dataclass(frozen=True)
class Base:
    """about: for readers. lines and amendments: of a roll that was amended."""

    name: str
    about: str
    forger: SeededForger
    files: Files
    entries: Entries
    lines: Lines
    amendments: Amendments


def _base(name: str, about: str, forger: SeededForger, ballots: list[Ballot]) -> Base:
    entries = forger.entries(ballots)
    return Base(name, about, forger, forger.files(entries), entries, [], [])


@cache
def plain() -> Base:
    forger = SeededForger("plain")
    plaintexts = (b"\1\2\3", b"\2\1\0", b"\1\0\0", b"\0\0\0", b"\1\1\0", b"\1\3\0")
    about = "One contest (irv), a roll that was never amended. Six ballots: one is blank, two are spoilt."
    return _base("plain", about, forger, [forger.ballot(plaintext) for plaintext in plaintexts])


@cache
def amended() -> Base:
    forger = SeededForger("amended")
    lines = history(forger)
    stated = amendments(forger, lines)
    about = (
        "A roll that was amended four times: a voter was added, rights ended before or after they were used, an address"
        " was corrected twice, another too late. Four ballots."
    )
    files = amended_files(forger, lines, stated)
    return Base("amended", about, forger, files, _entries(files), lines, stated)


@cache
def extended() -> Base:
    forger = SeededForger("extended")
    lines = history(forger)
    stated = amendments(forger, lines)
    later = AmendmentLeaf(at=stated[1].at, reason="The hall is locked", schedule=Schedule(closes_at=LATER))
    last = AmendmentLeaf(at=CLOSES, reason="It still is", schedule=Schedule(closes_at=LATEST))
    leaves = [*stated[:2], later, *stated[2:], last]
    files = amended_files(forger, lines, leaves, closed_at=LATEST)
    about = "Six amendments: four of the roll, and two that let voting end later. It ended at the last end."
    return Base("extended", about, forger, files, _entries(files), lines, leaves)


@cache
def withdrawn() -> Base:
    """Of two contests one option each: the one whom most rank first, and the one with the highest scores."""
    ward = {"title": "Ward", "method": "scottish-stv", "options": ["Ash", "Birch", "Cedar", "Dogwood"], "seats": 2}
    days = {"title": "Days", "method": "score", "options": ["Mon", "Tue", "Wed"], "seats": 1, "min": 0, "max": 5}
    members = [{**ward, "min": 2, "max": 4, "tie": "lot"}, {**days, "tie": "lot"}]
    contests = [Contest.model_validate({"id": f"c{number}", **one}) for number, one in enumerate(members, 1)]
    forger = SeededForger("withdrawn", contests=contests)
    said = ("1200 612", "1020 610", "1230 065", "2100 033", "1002 000", "0000 060", "0012 101", "1000 111")
    ballots = [forger.ballot(bytes(map(int, one.replace(" ", "")))) for one in said]
    stated = [
        AmendmentLeaf(
            at=OPENS + timedelta(hours=1), reason="She stands no more", withdrawn=Withdrawal(contest="c1", option=1)
        ),
        AmendmentLeaf(at=OPENS + timedelta(hours=2), reason="One hour more", schedule=Schedule(closes_at=LATER)),
        AmendmentLeaf(
            at=OPENS + timedelta(hours=2), reason="The hall is let", withdrawn=Withdrawal(contest="c2", option=2)
        ),
    ]
    leaves = [ManifestLeaf(forger.manifest.hash).encode(), *(amendment.encode() for amendment in stated)]
    entries = forger.closed(leaves + in_order(BallotLeaf(ballot.encode()).encode() for ballot in ballots))
    about = (
        "Two contests, of each of which an option was withdrawn while voting ran. Eight ballots: two name nothing else"
        " in a contest, one is spoilt."
    )
    return Base("withdrawn", about, forger, forger.files(entries, len(ballots)), entries, [], stated)


@cache
def conditions() -> Base:
    """Of twenty voters nine cast ballots, one of which is spoilt."""
    people, valid = ["Ash", "Birch", "None of the above"], {"threshold_of": "valid"}
    motion = {"options": ["Yes", "No"], "motion": True}
    members = [
        {"title": "Chair", "method": "irv", "options": people[:2], "max": 2, "quorum": "1/2"},
        {"title": "Clerk", "method": "plurality", "options": people[:2], "max": 1, "threshold": ">1/2", **valid},
        {
            "title": "Board",
            "method": "scottish-stv",
            "options": people,
            "seats": 2,
            "max": 3,
            "none_of_the_above": True,
        },
        {"title": "Motion", "method": "plurality", "max": 1, "threshold": "2/3", "abstain": True, **valid, **motion},
        {
            "title": "Place",
            "method": "condorcet",
            "options": ["Hall", "Park", "Further discussion"],
            "max": 3,
            "default_option": True,
        },
    ]
    common = {"seats": 1, "min": 0, "tie": "lot"}
    contests = [Contest.model_validate({"id": f"c{at}", **common, **one}) for at, one in enumerate(members, 1)]
    forger = SeededForger("conditions", voters=20, contests=contests)
    said = (
        *("12 10 120 10 132", "12 10 120 10 132", "21 01 021 10 312", "10 10 100 10 231"),
        *("12 01 001 01 132", "01 01 012 01 213", "00 00 001 00 000", "12 00 201 10 132"),
    )
    ballots = [forger.ballot(bytes(map(int, one.replace(" ", "")))) for one in said]
    about = (
        "A quorum and a threshold that are missed, two seats of which the first falls to none of the above, a motion"
        " that is carried, an option that does not beat the default option. Nine ballots, one is spoilt."
    )
    return _base("conditions", about, forger, [*ballots, _unreadable(forger)])


@cache
def tied() -> Base:
    """Ballots of four options, four, three, three and three, in this order."""
    forger = SeededForger("tied", bits=3072, voters=20, contests=_contests(), title="Räte 😀")
    said = [
        *("1000 1230 612 110 112", "0100 2130 061 011 211", "0010 0012 100 101 121", "0001 0021 010 100 011"),
        *("1000 1200 333 010 100", "0100 2100 111 001 010", "0010 0012 000 110 001", "0000 0000 000 000 000"),
        # too many, out of range, a rank twice, a gap, a score too high, too many, a gap with equal ranks
        *("1100 1000 100 100 100", "2000 1000 100 100 100", "1000 1100 100 100 100", "1000 1300 100 100 100"),
        *("1000 1000 700 100 100", "1000 1000 100 111 100", "1000 1000 100 100 113", "1000 1500 100 100 100"),
        # too few
        "1000 0000 100 100 300",
    ]
    ballots = [forger.ballot(bytes(map(int, one.replace(" ", "")))) for one in said]
    about = (
        "An issuer key of 3072 bits, five contests of every kind of ballot, ties that lots decide and ties that earlier"
        " rounds decide, ballots spoilt for every reason that an export can show."
    )
    return _base("tied", about, forger, [*ballots, _unreadable(forger)])


@cache
def tiles() -> Base:
    forger = SeededForger("tiles", voters=270)
    ballots = [forger.ballot((b"\1\2\0", b"\0\1\2", b"\2\0\1")[number % 3]) for number in range(260)]
    about = "A log of 262 leaves: a full tile and a partial one on level 0, one hash on level 1, two entry bundles."
    return _base("tiles", about, forger, ballots)


@cache
def trusted() -> Base:
    forger = TrusteesForger("trusted", SeededCeremony("trusted", 3, ("Ada", "Björn", "Chen", "Dora")))
    about = "Four trustees, three of whom open the ballots: the fourth has not been seen since voting began."
    return _base("trusted", about, forger, [forger.ballot(plaintext) for plaintext in (b"\1\2\3", b"\2\1\0")])


BASES = {
    "plain": plain,
    "amended": amended,
    "extended": extended,
    "withdrawn": withdrawn,
    "conditions": conditions,
    "tied": tied,
    "tiles": tiles,
    "trusted": trusted,
}


def _entries(files: Files) -> Entries:
    """Of a log of one bundle."""
    [name] = [name for name in files if name.startswith("tile/entries/")]
    return decode_bundle(files[name], int(name.rpartition("/")[2]))


def _contests() -> tuple[Contest, ...]:
    trees, ranked, days = ["Ash", "Birch", "Cedar", "Dogwood"], "previous-stages", ["Mon", "Tue", "Wed"]
    members = [
        {"title": "Tree", "method": "plurality", "options": trees, "seats": 1, "min": 0, "max": 1, "tie": "lot"},
        {"title": "Ward", "method": "scottish-stv", "options": trees, "seats": 2, "min": 1, "max": 4, "tie": ranked},
        {"title": "Days", "method": "score", "options": days, "seats": 1, "min": 0, "max": 5, "tie": ranked},
        {"title": "Any", "method": "approval", "options": days, "seats": 2, "min": 1, "max": 2, "tie": "lot"},
        {"title": "All", "method": "schulze", "options": days, "seats": 1, "min": 2, "max": 3, "tie": "lot"},
    ]
    return tuple(Contest.model_validate({"id": f"c{number}", **one}) for number, one in enumerate(members, 1))


def _unreadable(forger: SeededForger) -> Ballot:
    """What another credential sealed, signed by this one."""
    request, other = forger.request(), forger.request()
    blank = bytes(forger.manifest.plaintext_length)
    sealed = forger.cast(other, blank).sealed
    return forger.signed(request, replace(forger.cast(request, blank), sealed=sealed))
