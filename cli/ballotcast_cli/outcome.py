"""A published result (the JSON of `GET /elections/{id}/results`) as lines of text."""

from collections.abc import Iterator
from typing import Any

from .sheet import table

Document = dict[str, Any]


def describe(result: Document, width: int) -> Iterator[str]:
    """The whole result: turnout, then each contest with a row per option and a column per round."""
    yield result["title"]
    yield f"roll: {result['roll']}, credentials: {result['issued']}, ballots: {result['cast']}"
    yield f"counted: {result['counted']}, spoilt: {len(result['spoilt'])}"
    for spoilt in result["spoilt"]:
        yield f"spoilt: leaf {spoilt['index']} ({spoilt['reason']})"
    for contest in result["contests"]:
        yield ""
        yield from describe_contest(contest, width)


def describe_contest(contest: Document, width: int) -> Iterator[str]:
    names = {number: f"{number} {name}" for number, name in enumerate(contest["options"], start=1)}
    yield f"{contest['title']}: {contest['method']}, seats: {contest['seats']}"
    yield f"ballots: {contest['ballots']}, blank: {contest['blank']}, valid: {contest['valid']}"
    if "quota" in contest:
        yield f"quota: {contest['quota']}"
    if contest["rounds"]:
        labels = ["", "", *names.values(), "non-transferable", "rounding"]
        yield from table(labels, [_column(one) for one in contest["rounds"]], width)
        yield "* elected, x excluded at this stage"
    for tie in contest["ties"]:
        order = ", ".join(names[option] for option in tie["order"])
        yield f"tie at stage {tie['stage']} ({tie['decides']}), decided by {tie['by']}, best first: {order}"
    elected = ", ".join(f"{one['option']} {one['name']}" for one in contest["elected"])
    yield from _decided(contest)
    yield f"elected: {elected or 'nobody'}"
    yield contest["why"]


def _decided(contest: Document) -> Iterator[str]:
    """What the conditions of the contest made of the count."""
    outcome = contest.get("outcome")
    if not outcome:
        return
    if "quorum" in outcome["unmet"]:
        yield "no decision: the quorum was not reached"
    elif contest["conditions"].get("motion"):
        yield "the motion is carried" if outcome["elected"] == [1] else "the motion is not carried"
    if "quorum" in outcome:
        needed, told = contest["conditions"]["quorum"], outcome["quorum"]
        yield f"quorum: {told['cast']} of {told['voters']} voters cast a ballot; needed: {needed}"
    if "threshold" in outcome:
        needed, of = contest["conditions"]["threshold"], contest["conditions"]["threshold_of"]
        yield f"threshold: {needed} of {outcome['threshold']['whole']} ({of})"
    if outcome["vacant"]:
        yield f"vacant: {outcome['vacant']}"


def _moved(stage: Document) -> list[int]:
    """Whose papers were transferred."""
    return [stage["option"]] if "option" in stage else stage["excluded"]


def _column(stage: Document) -> list[str]:
    marks = dict.fromkeys(stage["elected"], "*") | dict.fromkeys(stage["excluded"], "x")
    return [
        f"stage {stage['stage']} ",
        " ".join([stage["action"].replace("first-preferences", "first"), *map(str, _moved(stage))]) + " ",
        *(votes + marks.get(number, " ") for number, votes in enumerate(stage["votes"], start=1)),
        stage["non_transferable"] + " ",
        stage["rounding"] + " ",
    ]
