"""What the sample events of `events/` name: an election, a voter, a job, a channel."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.clock import to_rfc3339
from ballotcast.elections.broadcast import SCHEMA as BROADCAST
from ballotcast.elections.broadcast import channel_name
from ballotcast.store.channel import Channel, channel_pk, new_channel, to_item
from ballotcast.store.export_jobs import ExportJob
from ballotcast.store.jobs import Job
from ballotcast.store.leases import LEASE
from ballotcast.store.voter import Voter
from ballotcast.wiring import Wiring
from election_fixture import FrozenElection, frozen_election
from organise.import_report import NOTHING
from organise.job_list import JobList
from world import World

ELECTION = JOB = RUN = "0123456789abcdef"
VOTER = "ab" * 32
LAB = {
    "type": "record",
    "name": "lab",
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "volts", "type": "double"},
    ],
}


def elect(world: World, *, closed: bool = False) -> FrozenElection:
    """The election, by the clock on the wall, for the handlers have no other."""
    world.clock.now = datetime.now(UTC).replace(microsecond=0)
    opened = timedelta(days=2) if closed else timedelta(hours=1)
    return frozen_election(world, identity=ELECTION, opens_in=-opened)


def enrol(world: World) -> Voter:
    """The voter, whose mail is ordered."""
    wiring = world.wiring()
    voter = Voter(ELECTION, VOTER, "ada@example.org", "", salt=bytes(16), tag=bytes(32))
    wiring.voters.add([voter])
    wiring.voters.enlist(ELECTION, VOTER, RUN, visibly=True)
    return voter


def lab(world: World, port: int | None = None) -> Channel:
    """The channel `lab` of the world's first moment, with its relay."""
    wiring, schema = world.wiring(), ChannelSchema.parse(LAB)
    channel = _register(wiring, world, "lab", schema, port)
    generation = channel.generation
    active: dict[str, Any] = {**to_item(channel), "status": "active", "relay": f"lab#{generation}"}
    wiring.channels_table.put(active)
    lease = {"relay": f"lab#{generation}", "generation": generation, "queue": 0, "born": channel.born, "cursor": 0}
    wiring.channels_table.put({"pk": channel_pk("lab"), "sk": LEASE, **lease})
    return channel


def registering_lab(world: World) -> Channel:
    return _register(world.wiring(), world, "lab", ChannelSchema.parse(LAB), None)


def elections_channel(world: World) -> Channel:
    return _register(world.wiring(), world, channel_name(ELECTION), BROADCAST, None)


def import_job(world: World) -> None:
    """Two voters wait for a draft's roll."""
    elect(world)
    wiring = world.wiring()
    JobList(wiring.blobs, ELECTION, JOB).keep([["new1@example.org", ""], ["new2@example.org", ""]])
    job = Job(JOB, ELECTION, "organiser", "import", to_rfc3339(world.clock()), total=2, outcome=NOTHING)
    assert wiring.jobs.add(job)


def export_job(world: World, channel: Channel) -> ExportJob:
    """All of a channel as CSV, asked for by the clock on the wall, for the handlers have no other."""
    job = ExportJob(JOB, channel.name, channel.born, "csv", asked_at=int(datetime.now(UTC).timestamp()))
    return world.wiring().export_jobs.add(job)


def _register(wiring: Wiring, world: World, name: str, schema: ChannelSchema, port: int | None) -> Channel:
    made = new_channel(
        name=name, port=port, owner="o1", key_hash="", schema=schema, config=ChannelConfig(), now=world.clock()
    )
    wiring.channels.register(made, schema)
    return made
