"""How an export reads the ballots that somebody has the receipts of: only for those who ask for it."""

from collections.abc import Mapping

import click

from ballotcast.ballots import plaintext
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason
from ballotcast.counting import RULES
from ballotcast.counting import Ballot as Choice
from ballotcast.counting.ballots import PAIRED, options, ranks, scores
from ballotcast.elections.kept_receipts import Found


def tell_ballots(manifest: Manifest, found: Mapping[str, Found]) -> None:
    """A paragraph for each ballot: its place in the log, and what it says in each contest."""
    for name, ballot in found.items():
        click.echo(f"\n{name}: leaf {ballot.index}")
        if ballot.said is None:
            click.echo("  it cannot be opened: the election key is not in this export")
        elif isinstance(ballot.said, Reason):
            click.echo(f"  spoilt and not counted: {ballot.said}")
        else:
            choices = plaintext.decode(manifest, ballot.said)
            for contest, choice in zip(manifest.contests, choices, strict=True):
                click.echo(f"  {contest.title}: {said(contest, choice)}")


def said(contest: Contest, choice: Choice) -> str:
    """A choice in words, by the names of the options."""
    if not choice:
        return "an abstention" if contest.abstain else "blank"
    kind = RULES[contest.method].ballot
    if kind in PAIRED:
        return ", ".join(f"{contest.options[option - 1]} {score}" for option, score in scores(choice))
    if kind == "ranked":
        groups = (" = ".join(contest.options[option - 1] for option in group) for group in ranks(choice))
        return ", ".join(f"{rank}. {names}" for rank, names in enumerate(groups, 1))
    return ", ".join(contest.options[option - 1] for option in options(choice))
