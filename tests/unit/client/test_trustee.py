"""A trustee's client against the function, and voters' software against what it shows of a ceremony."""

import json

import httpx2 as httpx
import pytest

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, Untrusted
from ballotcast.client.manifests import require_confirmed
from ballotcast.client.trustee import Trustee
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.secrets import Secrets
from organising import Organiser
from trustees_played import Ceremony
from world import World


@pytest.fixture
def ceremony(deployment: World) -> Ceremony:
    return Ceremony(deployment, Organiser(deployment))


class Held:
    """A trustee's device: what was kept, in order."""

    def __init__(self, ceremony: Ceremony, number: int) -> None:
        self.kept: list[Secrets] = []
        self.trustee = Trustee(
            Api(ceremony.client),  # type: ignore[arg-type]
            f"https://x.example/trustee#{ceremony.trustees[number].link}",
            self.kept.append,
        )

    @property
    def secrets(self) -> Secrets:
        return self.kept[-1]


def test_a_ceremony_by_clients(ceremony: Ceremony) -> None:
    ceremony.begin()
    devices = [Held(ceremony, number) for number in range(3)]
    for one in devices:
        one.trustee.join(one.trustee.visit())
    for one in devices:
        one.trustee.join(one.trustee.visit(), one.secrets)  # again
        one.trustee.deal(one.trustee.visit(), one.secrets)
    assert devices[0].trustee.visit().manifest is None
    ceremony.order("fix")
    assert devices[0].trustee.visit().waits_for == ["Ada", "Bo", "Cleo"]
    for one in devices:
        one.trustee.confirm(one.trustee.visit(), one.secrets)
    visit = devices[0].trustee.visit()
    assert (visit.stage, visit.waits_for, visit.ended) == ("confirmed", [], False)
    older = devices[0].kept[-2]
    assert older.confirmation is None
    assert devices[0].trustee.recall(visit, older) == devices[0].secrets
    other = devices[1].kept[-2]
    assert devices[0].trustee.recall(visit, devices[0].secrets) == devices[0].secrets
    with pytest.raises(CeremonyError):
        devices[0].trustee.recall(visit, other)
    with pytest.raises(ApiError) as refused:
        devices[0].trustee.agree(visit, devices[0].secrets, ceremony.deployment.clock())
    assert refused.value.slug == "no-end"


def test_voters_software_goes_on_with_what_all_trustees_confirmed(ceremony: Ceremony) -> None:
    election = ceremony.elect()
    require_confirmed(Api(ceremony.client), election.manifest)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", ["a confirmation is missing", "another election", "t is lower", "nothing"])
def test_voters_software_stops_at_another_ceremony(ceremony: Ceremony, change: str) -> None:
    election = ceremony.elect()
    record = json.loads(ceremony.client.get(f"/elections/{election.id}/ceremony").content)
    manifest = election.manifest
    match change:
        case "a confirmation is missing":
            record["confirmations"].pop()
        case "another election":
            record["setup"]["election"] = "other"
        case "t is lower":
            manifest = manifest.model_copy(update={"t": 3})
        case "nothing":
            record = {}
    served = json.dumps(record, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    answer = httpx.MockTransport(lambda request: httpx.Response(200, content=served))
    with httpx.Client(base_url="http://testserver", transport=answer) as client, pytest.raises(Untrusted):
        require_confirmed(Api(client), manifest)
