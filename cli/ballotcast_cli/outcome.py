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
    yield f"elected: {elected or 'nobody'}"
    yield contest["why"]


def _column(stage: Document) -> list[str]:
    marks = dict.fromkeys(stage["elected"], "*") | dict.fromkeys(stage["excluded"], "x")
    return [
        f"stage {stage['stage']} ",
        f"{stage['action'].replace('first-preferences', 'first')} {stage.get('option', '')}".rstrip() + " ",
        *(votes + marks.get(number, " ") for number, votes in enumerate(stage["votes"], start=1)),
        stage["non_transferable"] + " ",
        stage["rounding"] + " ",
    ]
