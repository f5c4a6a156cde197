"""The simulation of limits: nothing is lost in it, chance is seeded, and each limit shows where its sum says."""

from dataclasses import replace

import pytest

from ballotcast_tools.scale import limits
from ballotcast_tools.scale.limits import AS_DEPLOYED, Deployment, ladder
from ballotcast_tools.scale.simulation import breaks_first, refusals, simulate

AMPLE = Deployment(
    stage=10**9,
    gateway=10**9,
    concurrency=10**6,
    table=10**9,
    warm=400_000,
)
MINUTE = 60


def taken(deployment: Deployment, casts: int) -> float:
    """Casts a second, once nothing is new any more."""
    story = simulate(deployment, casts, 2 * MINUTE)
    return sum(second.taken for second in story[MINUTE:]) / MINUTE


def test_the_same_seed_gives_the_same_story_and_another_one_another() -> None:
    assert simulate(AS_DEPLOYED, 1_000, 20) == simulate(AS_DEPLOYED, 1_000, 20)
    assert simulate(AS_DEPLOYED, 1_000, 20) != simulate(AS_DEPLOYED, 1_000, 20, seed=2)


def test_where_nothing_is_scarce_all_is_taken() -> None:
    story = simulate(AMPLE, 1_000, MINUTE)
    assert sum(second.taken for second in story[5:]) == pytest.approx(
        sum(second.offered for second in story[5:]), rel=0.01
    )
    assert breaks_first(story) == ""


LIMITS = {
    "stage throttle": (replace(AMPLE, stage=300), 300),
    "API Gateway": (replace(AMPLE, gateway=400, requests=2), 200),
    "Lambda": (replace(AMPLE, concurrency=3), 3 / limits.CAST_TIME),
    "Board": (replace(AMPLE, table=100), 100),
}


@pytest.mark.parametrize(("name", "case"), LIMITS.items(), ids=LIMITS)
def test_each_limit_lets_pass_what_its_sum_says(name: str, case: tuple[Deployment, float]) -> None:
    deployment, most = case
    assert taken(deployment, 1_000) == pytest.approx(most, rel=0.05)
    story = simulate(deployment, 1_000, MINUTE)
    assert breaks_first(story) == name
    assert max(refusals(story), key=refusals(story).__getitem__) == name


def test_warm_partitions_are_split_in_time_but_not_above_twice_the_peak() -> None:
    story = simulate(replace(AMPLE, warm=4_000), 50_000, 3 * limits.HEAT)
    assert story[limits.HEAT // 2].partitions == 4
    assert story[limits.HEAT + MINUTE].partitions == 8
    assert story[-1].partitions == 8


def test_the_ladder_ends_where_nothing_breaks() -> None:
    found = [(casts, breaks_first(simulate(deployment, casts, 2 * MINUTE))) for _, casts, deployment in ladder()]
    assert [broke for casts, broke in found if casts == 1_000] == ["", "stage throttle", ""]
    large = [broke for casts, broke in found if casts == 50_000]
    assert large[:4] == ["stage throttle", "API Gateway", "Board", "Board"]
    assert large[-1] == ""


def test_a_crowd_of_fifty_thousand_casts_within_a_minute_and_opens_the_page_once_the_throttle_is_raised() -> None:
    stories = [
        (voters, act, simulate(deployment, voters / MINUTE, MINUTE)) for voters, act, _, deployment in limits.crowds()
    ]
    through = [
        (voters, act, sum(second.taken for second in story) >= 0.99 * sum(second.offered for second in story))
        for voters, act, story in stories
    ]
    assert through == [
        (1_000, "open", True),
        (1_000, "cast", True),
        (50_000, "open", False),
        (50_000, "cast", True),
        (50_000, "open", False),
        (50_000, "open", True),
    ]
    for _, _, story in stories:
        assert sum(second.taken for second in story) <= sum(second.offered for second in story) + 1e-6
