"""Door and turnout statements that people kept, held against the end of the log and against each other."""

from collections.abc import Sequence
from typing import NamedTuple

from ballotcast.ballots.door import Door, DoorError
from ballotcast.ballots.leaf import ClosingLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.stated_turnout import StatedTurnout, StatedTurnoutError
from ballotcast.clock import to_rfc3339
from ballotcast.elections.findings import Findings
from ballotcast.elections.kept import Statement

DOORS = "kept-doors"
DOORS_MEANING = "every door statement that was kept states the end that the log has"
TURNOUTS = "kept-turnouts"
TURNOUTS_MEANING = "no turnout statement that was kept contradicts another one, or exceeds the end of the log"


class _Kept(NamedTuple):
    name: str
    turnout: StatedTurnout


def audit_doors(findings: Findings, manifest: Manifest, closing: ClosingLeaf, kept: Sequence[Statement]) -> None:
    """Fail `kept-doors` by name and reason."""
    end = Door(closing.closed_at, closing.ballots, closing.issued)
    for name, note in kept:
        try:
            door = Door.open(note.decode(), manifest)
        except (DoorError, UnicodeDecodeError) as error:
            findings.fail(DOORS, f"{name}: not a door statement of this election: {error}")
            continue
        if door != end:
            told = f"{door.ballots} ballots and {door.issued} credentials at {to_rfc3339(door.closed_at)}"
            findings.fail(DOORS, f"{name}: it states {told}, and the log ended otherwise")
    findings.complete(DOORS, f"{len(kept)} kept, each with the numbers and the time of the log's end")


def audit_turnouts(findings: Findings, manifest: Manifest, closing: ClosingLeaf, kept: Sequence[Statement]) -> None:
    """Fail `kept-turnouts` by name and reason."""
    opened: list[_Kept] = []
    for name, note in kept:
        try:
            opened.append(_Kept(name, StatedTurnout.open(note.decode(), manifest)))
        except (StatedTurnoutError, UnicodeDecodeError) as error:
            findings.fail(TURNOUTS, f"{name}: not a turnout statement of this election: {error}")
    before: _Kept | None = None
    for one in sorted(opened, key=lambda one: one.turnout.slot):
        if fault := _beyond(one.turnout, closing) or (_contradicts(before, one.turnout) if before else ""):
            findings.fail(TURNOUTS, f"{one.name}: {fault}")
        before = one
    findings.complete(TURNOUTS, f"{len(kept)} kept, none above a later one or the log's end")


def _beyond(stated: StatedTurnout, closing: ClosingLeaf) -> str:
    if stated.slot > closing.closed_at:
        return "it was signed for a time when voting had ended"
    if stated.cast > stated.issued:
        return "it states more ballots than credentials"
    for number, end, what in (
        (stated.cast, closing.ballots, "ballots"),
        (stated.issued, closing.issued, "credentials"),
    ):
        if number > end:
            return f"it states {number} {what}, and in the end there are {end}"
    return ""


def _contradicts(before: _Kept, stated: StatedTurnout) -> str:
    same = before.turnout.slot == stated.slot
    if same and before.turnout != stated:
        return f"{before.name} states other numbers for the same hour"
    if before.turnout.cast > stated.cast or before.turnout.issued > stated.issued:
        return f"{before.name} states higher numbers for an earlier hour"
    return ""
