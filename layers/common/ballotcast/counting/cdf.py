"""NIST's common data format of cast vote records, as JSON.

Source: "Cast Vote Records Common Data Format Specification", NIST SP 1500-103 (2020). Of each record the current
snapshot counts. A rank is that of the selection, or of its position. A position without an indication is no mark; one
that is not allocable is a mark that is no vote, unless it is one of several at its rank, which are an overvote.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from .ballot_file import BallotFileError
from .ballots import Kind
from .csv_choices import CsvChoices
from .csv_names import word_set
from .json_files import Record, load, number, records, text
from .reading import Reading, Switches
from .records import NOBODY, Cards, Contest, Mark, one_contest

REPORT = "CastVoteRecordReport"
_KEYS = word_set(
    """@id, @type, ContestId, CVRContestSelection, Annotation, OtherStatus, Overvotes, Selections, Status, Undervotes,
    WriteIns"""
)


def read_cdf(data: bytes | str, _: Kind, switches: Switches, choices: CsvChoices) -> Reading:
    """Read a report. Raises BallotFileError, and nothing else, for whatever is not one."""
    report = load(data)
    if not str(report.get("@type", "")).endswith(REPORT):
        known = "; Dominion's records are read with their manifests, all in one .zip" if "Sessions" in report else ""
        raise BallotFileError(1, f"not a {REPORT}{known}")
    contests: list[Contest] = []
    for election in records(report, "Election", "the report"):
        people = {
            text(person, "@id", "a candidate"): text(person, "Name", "a candidate")
            for person in records(election, "Candidate", "the election", needed=False)
        }
        contests += [_contest(found, people) for found in records(election, "Contest", "the election")]
    contest = one_contest(contests, choices)
    unknown: Counter[str] = Counter()
    cards = [
        (where, selections)
        for at, record in enumerate(records(report, "CVR", "the report"), 1)
        for where, selections in _in_contest(record, f"record {at}", contest, unknown)
    ]
    contest.ranked = any(_is_ranked(selections) for _, selections in cards)
    gathered = Cards(contest, choices, switches)
    gathered.notes.update(unknown)
    for where, selections in cards:
        gathered.put(_marks(selections, where, contest), where)
    return gathered.reading("NIST CDF", [f"version {report.get('Version', 'unknown')}"])


def _contest(found: Record, people: Mapping[str, str]) -> Contest:
    identity = text(found, "@id", "a contest")
    contest = Contest(identity, str(found.get("Name") or identity), votes=number(found, "VotesAllowed", identity, 1))
    for selection in records(found, "ContestSelection", f"contest {identity}"):
        key = text(selection, "@id", f"contest {identity}")
        if selection.get("IsWriteIn") is True or str(selection.get("IsWriteIn")).lower() == "true":
            contest.names.setdefault(key, NOBODY)
            continue
        ids = selection.get("CandidateIds")
        listed = ids if isinstance(ids, list) else str(ids).split() if ids else []
        names = [people.get(str(person), "") for person in listed] or [str(selection.get("Selection") or "")]
        if not all(names) or key in contest.names:
            raise BallotFileError(1, f"contest {identity}: the selection {key!r} again, or without a name")
        contest.names[key] = " / ".join(names)
    return contest


def _in_contest(
    record: Record, where: str, contest: Contest, unknown: Counter[str]
) -> Iterator[tuple[str, list[Record]]]:
    current = text(record, "CurrentSnapshotId", where)
    snapshots = records(record, "CVRSnapshot", where)
    found = [snapshot for snapshot in snapshots if snapshot.get("@id") == current]
    if len(found) != 1:
        raise BallotFileError(1, f"{where}: {len(found)} snapshots are the current one")
    contests = records(found[0], "CVRContest", where)
    own = [voted for voted in contests if text(voted, "ContestId", where) == contest.identity]
    if len(own) > 1:
        raise BallotFileError(1, f"{where}: the contest twice")
    for voted in own:
        unknown.update(f"Parts of a contest's record that are not read, {key[:40]!r}" for key in voted.keys() - _KEYS)
        yield where, list(records(voted, "CVRContestSelection", where, needed=False))


def _is_ranked(selections: list[Record]) -> bool:
    positions = (position for found in selections for position in records(found, "SelectionPosition", "", needed=False))
    return any("Rank" in found for found in selections) or any("Rank" in position for position in positions)


def _marks(selections: list[Record], where: str, contest: Contest) -> Iterator[Mark]:
    for selection in selections:
        status = selection.get("Status")
        if "needs-adjudication" in (status if isinstance(status, list) else [status]):
            raise BallotFileError(1, f"{where}: a selection that needs adjudication")
        key = text(selection, "ContestSelectionId", where)
        if key not in contest.names:
            raise BallotFileError(1, f"{where}: {key!r} is not an option of the contest")
        for position in records(selection, "SelectionPosition", where):
            indicated, allocable = position.get("HasIndication"), position.get("IsAllocable", "yes")
            if indicated == "no":
                continue
            if indicated != "yes" or allocable not in ("yes", "no"):
                raise BallotFileError(1, f"{where}: it is not known whether a position has a mark that counts")
            votes = number(position, "NumberVotes", where, 1)
            if votes > 1:
                raise BallotFileError(1, f"{where}: a mark that stands for several votes")
            rank = 0
            if contest.ranked:
                holder = selection if "Rank" in selection else position
                rank = number(holder, "Rank", where)
            written = "CVRWriteIn" in position or not contest.names[key]
            yield Mark(NOBODY if written else key, rank, allocable == "yes" and votes == 1)
