"""What must hold in every state of `voting`, and the casts of people that it is tried with."""

from collections import Counter
from collections.abc import Callable

from protocol_model.explorer import Explored, Violation, violations
from protocol_model.voting import Cast, Phase, Rules, State, Step, Voting

TWO_DEVICES = Cast(devices=((0,), (0,)), persons=((0,),))
ALL_LINKS = Cast(devices=((0,), (1,)), persons=((0, 1),), replaces=((1, 0),))
"""One person, who got a link to the wrong address and one to the right one."""
DISHONEST = Cast(devices=(), persons=((0,),), dishonest=(0,))
TWO_CLOSERS = Cast(devices=((0,),), persons=((0,),), closers=2)
NEIGHBOURS = Cast(devices=((0,), (1,)), persons=((0,), (1,)))
EVERYBODY = Cast(
    devices=((0,), (0,), (1,), (2,)), persons=((0,), (1, 2), (3,)), replaces=((2, 1),), dishonest=(3,), closers=2
)
CASTS = {
    "two devices": TWO_DEVICES,
    "a corrected address": ALL_LINKS,
    "a dishonest voter": DISHONEST,
    "two machines that close": TWO_CLOSERS,
    "two voters": NEIGHBOURS,
}


def promises(cast: Cast) -> dict[str, Callable[[State], bool]]:
    """By name; all but the last kind, which is about the future (`lost`)."""
    person_of = {line: number for number, lines in enumerate(cast.persons) for line in lines}

    def owner(key: str) -> int:
        """The person whose key it is; -1 for strangers'."""
        kind, _, rest = key.partition(" ")
        if kind == "device":
            return person_of[cast.devices[int(rest.partition(",")[0])][0]]
        return person_of[int(key.rpartition(" ")[2])] if kind.startswith("own") else -1

    def eligibility(state: State) -> bool:
        return all(owner(ballot.key) >= 0 for ballot in state.box)

    def one_ballot_each(state: State) -> bool:
        return all(number == 1 for number in Counter(owner(ballot.key) for ballot in state.box).values())

    def one_credential_each(state: State) -> bool:
        return all(len({state.roll[line].key for line in lines} - {""}) < 2 for lines in cast.persons)

    def an_end_is_an_end(state: State) -> bool:
        """Nobody looks, when a right is marked, whether it was used. If it was not, it never will be."""
        return not any(line.ended == "unused" and line.key for line in state.roll)

    def receipts_are_kept(state: State) -> bool:
        return all(state.receipts <= log.ballots for log in state.final)

    def one_final_log(state: State) -> bool:
        return len(state.final) < 2

    def an_honest_export_verifies(state: State) -> bool:
        return all({ballot.key for ballot in log.ballots} <= {line.key for line in log.roll} for log in state.final)

    def issuance_receipts_are_kept(state: State) -> bool:
        return all(log.roll[issue.line].key == issue.key for log in state.final for issue in state.issued)

    def nobody_speaks_for_a_voter(state: State) -> bool:
        return not any(ballot.form == "the other s" for ballot in state.box)

    return {check.__name__.replace("_", " "): check for name, check in list(locals().items()) if name in _NAMES}


_NAMES = {
    *("eligibility", "one_ballot_each", "one_credential_each", "an_end_is_an_end", "receipts_are_kept"),
    *("one_final_log", "an_honest_export_verifies", "nobody_speaks_for_a_voter", "issuance_receipts_are_kept"),
}


def lost(cast: Cast, explored: Explored[State]) -> list[Violation]:
    """Ways to a state in which the poll is open, and somebody honest can get no receipt any more, whatever happens."""
    broken = []
    for lines in cast.persons:
        own = [number for number, links in enumerate(cast.devices) if set(links) <= set(lines)]
        if not own:
            continue
        hopeful = explored.leading_to(lambda state, own=own: any(state.devices[n].step is Step.CAST for n in own))
        stuck = next((state for state in explored if state.phase is Phase.OPEN and state not in hopeful), None)
        if stuck:
            broken.append(Violation("no vote is lost", tuple(explored.way_to(stuck))))
    return broken


def broken(cast: Cast, rules: Rules) -> list[Violation]:
    """Every promise that does not hold for this cast under these rules."""
    voting = Voting(cast, rules)
    explored = Explored(voting.first, voting.moves)
    return violations(explored, promises(cast)) + lost(cast, explored)
