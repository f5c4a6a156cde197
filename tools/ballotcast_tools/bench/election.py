"""One full election through the local stack, by the demo's own voters: casts a second, and what each takes."""

import random
import time
from collections.abc import Iterator
from statistics import quantiles

from ballotcast.client import published
from ballotcast.client.api import Api, connect
from ballotcast.client.state import Signed
from ballotcast.client.voter import Voter
from ballotcast.counting.blt import parse_blt
from ballotcast_cli.deployment import Deployment
from ballotcast_tools.build.environments import TOP
from ballotcast_tools.demo.command import COUNT_PATIENCE
from ballotcast_tools.demo.election import prepare_election
from ballotcast_tools.demo.electorate import Electorate, Fate, Person

from .measures import Comparison, Sample
from .subjects import WrongAnswer

VOTERS = 200
WARD = TOP / "examples" / "student-union.blt"


class TimedElectorate(Electorate):
    """Notes how long each cast takes, sealing the ballot left out."""

    def __init__(self, api: Api, people: list[Person], chance: random.Random) -> None:
        super().__init__(api, people, chance)
        self.seconds: list[float] = []

    def _cast(self, person: Person) -> None:
        voter, signed = Voter(self.api, person.keep), person.state
        assert isinstance(signed, Signed)
        started = time.perf_counter()
        voter.cast(signed)
        self.seconds.append(time.perf_counter() - started)


def measure(here: Deployment) -> Iterator[Comparison]:
    """On the stack that runs on this machine; it emulates AWS, so these are no figures of AWS."""
    assert here.mailbox
    ward = parse_blt(WARD.read_bytes())
    chance = random.Random(0)  # noqa: S311 - which ballots are played, nothing secret
    ballots = chance.choices(list(ward.each_ballot()), k=VOTERS)
    api = connect(here.api)
    election = prepare_election(api, here.mailbox, ward, "scottish-stv", VOTERS, lambda _line: None)
    links = zip(election.links, ballots, strict=True)
    people = [Person(number, link, [ballot], Fate.NOTHING) for number, (link, ballot) in enumerate(links)]
    electorate = TimedElectorate(api, people, chance)
    electorate.sign_ballots(lambda _person: None)
    started = time.perf_counter()
    electorate.cast_ballots(lambda _person: None)
    rate = VOTERS / (time.perf_counter() - started)
    election.organiser.close(election.id)
    if (counted := published.results(api, election.id, patience=COUNT_PATIENCE)["counted"]) != VOTERS:
        raise WrongAnswer(f"{counted} of {VOTERS} ballots were counted")
    percentiles = quantiles(electorate.seconds, n=100)
    yield Comparison("stack_casts", f"{VOTERS} voters on the local stack", "/s", Sample.of([rate]))
    yield Comparison("stack_cast_p50", "a cast, by the client's clock", "ms", Sample.of([percentiles[49] * 1e3]))
    yield Comparison("stack_cast_p99", "a cast, by the client's clock", "ms", Sample.of([percentiles[98] * 1e3]))
