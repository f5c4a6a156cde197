"""What the rules of the single transferable vote share: the sentence that says who was elected why."""

from .contest import Sheet, listed


def reached(sheet: Sheet, below: str = "because no more options were left than seats") -> str:
    """Who reached the quota (the stage's, or that of the whole count) at which stage, and who filled the last seats
    without it, which is possible `below` it."""
    fixed = not sheet.stages[0].quota
    by_quota: list[str] = []
    without: list[int] = []
    for stage in sheet.stages:
        full = [option for option in stage.elected if stage.votes[option - 1] >= (stage.quota or sheet.quota)]
        without += [option for option in stage.elected if option not in full]
        if full:
            by_quota.append(f"{sheet.contest.named(full)} at stage {stage.number}")
    parts = []
    if by_quota:
        quota = (
            f"of {sheet.in_votes(sheet.quota)} votes" if fixed else f"(at the end {sheet.in_votes(sheet.quota)} votes)"
        )
        parts.append(f"the quota {quota} was reached by {listed(by_quota)}")
    if without:
        took = "took the last seat" if len(without) == 1 else "took the last seats"
        parts.append(f"{sheet.contest.named(without)} {took}, {below}")
    sentence = ", and ".join(parts)
    return sentence[:1].upper() + sentence[1:]
