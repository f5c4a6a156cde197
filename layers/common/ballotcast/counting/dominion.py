"""Cast vote records that Dominion's system exports as JSON: a ``.zip`` of records and of manifests.

``CvrExport.json``, or several numbered ones, holds the marks by ids; ``ContestManifest.json`` and
``CandidateManifest.json`` have the names. Of each session the original or the modified record counts, whichever is
current. Ambiguous marks do not count. Several marks at one rank are an overvote.
"""

import re
from collections.abc import Collection, Iterator
from io import BytesIO

from .ballot_file import BallotFileError
from .ballots import Kind
from .csv_choices import CsvChoices
from .json_files import Record, load, number, records, text
from .reading import Reading, Switches
from .records import NOBODY, Cards, Contest, Mark, one_contest

LARGEST_PARTS = 2**32

_EXPORT = re.compile(r"(?:.*/)?CvrExport(?:_(?P<number>[0-9]{1,9}))?\.json")


def is_export(data: bytes) -> bool:
    """Return whether a ZIP file holds such records."""
    return any(map(_EXPORT.fullmatch, _names(data)))


def read_dominion(data: bytes | str, _: Kind, switches: Switches, choices: CsvChoices) -> Reading:
    """Read an export. Raises BallotFileError, and nothing else, for whatever is not one."""
    import zlib
    from zipfile import BadZipFile, ZipFile

    packed = data.encode() if isinstance(data, str) else data
    exports = [name for name in _names(packed) if _EXPORT.fullmatch(name)]
    if not exports:
        raise BallotFileError(1, "not a .zip with CvrExport.json and its manifests, which have the names")
    _require_all(exports)
    try:
        with ZipFile(BytesIO(packed)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_PARTS:
                raise BallotFileError(1, f"more than {LARGEST_PARTS >> 20} MB when unpacked")
            for name in parts.namelist():
                if name not in exports and b'"Sessions"' in parts.read(name):
                    raise BallotFileError(1, f"{name!r} holds records, and is not named CvrExport_1.json and so on")
            folder = exports[0].rpartition("/")[0]
            manifests = []
            for name in ("ContestManifest.json", "CandidateManifest.json"):
                path = f"{folder}/{name}" if folder else name
                if path not in parts.namelist():
                    raise BallotFileError(1, f"no {name} next to {exports[0]!r}")
                manifests.append(_loaded(parts.read(path), path))
            contests = _contests(*manifests)
            contest, known = one_contest(contests, choices), {one.identity for one in contests}
            cards = Cards(contest, choices, switches)
            for name in sorted(exports):
                for where, found in _in_contest(_loaded(parts.read(name), name), contest, known, name):
                    cards.put(_marks(found, where, contest, cards), where)
    except (BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise BallotFileError(1, f"not a .zip that can be read: {error}") from None
    return cards.reading("Dominion", [f"{len(exports)} file{'' if len(exports) == 1 else 's'} of records"])


def _names(data: bytes) -> list[str]:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(data)) as parts:
            return parts.namelist()
    except (BadZipFile, OSError, ValueError):
        return []


def _require_all(exports: list[str]) -> None:
    """Raise BallotFileError unless numbered files of records are all there, from 0 or 1 on, as far as names tell."""
    found = [match["number"] for name in exports if (match := _EXPORT.fullmatch(name))]
    numbers = sorted(int(number) for number in found if number)
    if numbers and (len(numbers) < len(found) or numbers not in [list(range(at, at + len(numbers))) for at in (0, 1)]):
        shown = ", ".join(sorted(exports)[:5])
        raise BallotFileError(1, f"the files of records are not numbered from 0 or 1 without a gap: {shown}")


def _loaded(data: bytes, name: str) -> Record:
    try:
        return load(data)
    except BallotFileError as error:
        raise BallotFileError(error.line, f"{name!r}: {error}") from None


def _contests(contests: Record, candidates: Record) -> list[Contest]:
    found = {}
    for entry in records(contests, "List", "ContestManifest.json"):
        identity = text(entry, "Id", "a contest")
        ranked = number(entry, "NumOfRanks", f"contest {identity}", 0) > 1
        name = text(entry, "Description", f"contest {identity}")
        found[identity] = Contest(identity, name, {}, ranked, number(entry, "VoteFor", f"contest {identity}", 1))
    for entry in records(candidates, "List", "CandidateManifest.json"):
        identity, of = text(entry, "Id", "a candidate"), text(entry, "ContestId", "a candidate")
        name = text(entry, "Description", f"candidate {identity}")
        if of in found:
            if identity in found[of].names:
                raise BallotFileError(1, f"candidate {identity} again")
            found[of].names[identity] = NOBODY if entry.get("Type") == "WriteIn" else name
    return list(found.values())


def _in_contest(
    export: Record, contest: Contest, known: Collection[str], name: str
) -> Iterator[tuple[str, list[Record]]]:
    """The marks of each session in the contest. known: the ids of all contests."""
    for at, session in enumerate(records(export, "Sessions", name), 1):
        where = f"{name!r}, session {at}"
        versions = [session[key] for key in ("Original", "Modified") if isinstance(session.get(key), dict)]
        current = [version for version in versions if version.get("IsCurrent") is True]
        if len(current) != 1:
            raise BallotFileError(1, f"{where}: {len(current)} of its records are current")
        cards = records(current[0], "Cards", where) if "Cards" in current[0] else [current[0]]
        voted = [(text(one, "Id", where), one) for card in cards for one in records(card, "Contests", where)]
        if strangers := [identity for identity, _ in voted if identity not in known]:
            raise BallotFileError(1, f"{where}: no contest of the manifest has the id {strangers[0]!r}")
        own = [one for identity, one in voted if identity == contest.identity]
        if len(own) > 1:
            raise BallotFileError(1, f"{where}: the contest twice")
        for found in own:
            yield where, list(records(found, "Marks", where))


def _marks(marks: list[Record], where: str, contest: Contest, cards: Cards) -> Iterator[Mark]:
    for mark in marks:
        ambiguous, counts = mark.get("IsAmbiguous", False), mark.get("IsVote", True)
        if not isinstance(ambiguous, bool) or not isinstance(counts, bool):
            raise BallotFileError(1, f"{where}: 'IsAmbiguous' or 'IsVote' is not true or false")
        if ambiguous:
            cards.notes["Ambiguous marks, which are not counted"] += 1
            continue
        key = text(mark, "CandidateId", where)
        if key not in contest.names:
            raise BallotFileError(1, f"{where}: {key!r} is not a candidate of the contest")
        if contest.ranked and "Rank" not in mark:
            raise BallotFileError(1, f"{where}: a mark without 'Rank'")
        rank = number(mark, "Rank", where, 1) if contest.ranked else 0
        yield Mark(key if contest.names[key] else NOBODY, rank, counts)
