"""Nothing that an election does costs more for each ballot of a large election than of a small one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ballotcast_tools.scale import growth, stages
from ballotcast_tools.scale.measuring import LAST, Measured, measure
from organise import importing, invitation_jobs, inviting, job_list

SMALL, LARGE = 500, 4_000


@pytest.fixture(scope="module")
def limits() -> Iterator[None]:
    """What differs between small and large elections begins with small ones: jobs, and lists in several parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "AT_ONCE", 100)
        patch.setattr(inviting, "AT_ONCE", 100)
        patch.setattr(invitation_jobs, "A_STEP", 100)
        patch.setattr(job_list, "PART", 500)
        yield


def measured(folder: Path, voters: int, until: str = LAST) -> list[Measured]:
    return measure(folder / str(voters), voters, 1, lambda done: None, ThreadPoolExecutor, until)


@pytest.mark.usefixtures("limits")
def test_no_cost_of_a_ballot_grows_with_the_election(tmp_path: Path) -> None:
    small, large = measured(tmp_path, SMALL), measured(tmp_path, LARGE)
    assert [stage.stage for stage in small] == [stage.name for stage in stages.STAGES if stage.measured]
    assert list(growth.grown(small, large)) == []
    assert max(stage.largest for stage in large) < 9 * 1024, "the largest item is a tile of 8 KB"
    [cast] = [stage for stage in large if stage.stage == "cast"]
    assert (cast.writes, sum(cast.requests.values()) - cast.voters) == (LARGE, 1), "one put, and the manifest once"


@pytest.mark.usefixtures("limits")
def test_growth_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that each step reads whole, as jobs once did."""
    monkeypatch.setattr(job_list, "PART", LARGE)
    found = list(growth.grown(measured(tmp_path, SMALL, "invite"), measured(tmp_path, LARGE, "invite")))
    assert [line.split()[:3:2] for line in found] == [["import:", "bytes"], ["invite:", "bytes"]]
