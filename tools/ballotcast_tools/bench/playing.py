"""An election and a channel as the functions left them, in a folder's AWS (scale/aws.py), for their routes to serve."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.decimation import pack
from ballotcast.channels.names import RelayId
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.crypto.tile_files import TilePath
from ballotcast.http.publishers import KEY, hash_key
from ballotcast.settings import Settings
from ballotcast.store.channel import Channel, channel_pk, new_channel
from ballotcast.store.leases import LEASE
from ballotcast.store.live import LiveRow
from ballotcast.store.transaction import transact
from ballotcast.store.voter import PARTITIONS, voter_pk
from ballotcast_tools.scale.aws import ENVIRONMENT, OPENED, Folder, Messages
from ballotcast_tools.scale.making import CLOSES, ELECTION, Scene, make_ballots
from ballotcast_tools.scale.stages import STAGES

from .sensor import SENSOR, sample

VOTERS = 300
MORE_ENVIRONMENT = {
    "SESSION_SECRET": "session",
    "RELAY_QUEUES": "relay0,relay1,relay2,relay3",
    "RELAY_MACHINES": "registering=spawn,stopping=stop,repairing=repair",
}


class Relayed(Messages):
    """SQS that also takes a publish; a relay's messages are only counted."""

    def send_message(self, **_message: Any) -> dict[str, Any]:
        self._meter.requests["SendMessage"] += 1
        return {}


class Machines:
    """State machines that are started, and do nothing."""

    exceptions: Any = None

    def start_execution(self, **_execution: Any) -> dict[str, Any]:
        return {}


class Deployment(Folder):
    """A folder's AWS with all that the functions of channels ask for too."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, OPENED + timedelta(hours=1))
        self.settings = Settings({**ENVIRONMENT, **MORE_ENVIRONMENT})
        self.messages = Relayed(self.meter)
        self._clients.update({"sqs": self.messages, "stepfunctions": Machines()})


@dataclass(frozen=True)
class Played:
    """`link`: of a voter without a credential. `ballots`: made, none of them in the box. `tile`: a path."""

    wiring: Deployment
    scene: Scene
    manifest: Manifest
    link: Link
    ballots: list[bytes]
    tile: str
    channel: Channel
    api_key: str

    def count(self) -> None:
        """Close the election and count it."""
        self.wiring.moment = CLOSES + timedelta(minutes=1)
        _play(self.wiring, self.scene, "ledger", "collect", "seal", "open", "decrypt", "bundle", "count", "export")
        _play(self.wiring, self.scene, "publish")


def play(path: Path) -> Played:
    """An open election with casts in its box, a voter who has yet to vote, and a channel with a live window."""
    wiring, scene = Deployment(path), Scene(VOTERS, 1)
    _play(wiring, scene, "import", "invite")
    found, election = wiring.manifests.find(ELECTION), wiring.elections.find(ELECTION)
    assert found
    assert election
    assert election.keys
    manifest = Manifest.parse(found.manifest)
    _play(wiring, scene, "issue", "make", "cast", "stream")
    made = make_ballots(manifest, election.keys.issuer, VOTERS, 2)
    half = len(made) // 2
    size = wiring.log.checkpoint(ELECTION, consistent=True)
    assert size
    api_key = KEY + secrets.token_hex(16)
    return Played(
        wiring,
        scene,
        manifest,
        _fresh_link(wiring, manifest),
        [made[:half], made[half:]],
        str(TilePath(0, 0, min(size.size, 256))).removeprefix("tile/"),
        _live_channel(wiring, api_key),
        api_key,
    )


def _play(wiring: Folder, scene: Scene, *names: str) -> None:
    stages = {stage.name: stage for stage in STAGES}
    for name in names:
        scene.answers[name] = [call(wiring, scene) for call in stages[name].calls(scene)]


def _fresh_link(wiring: Folder, manifest: Manifest) -> Link:
    """A voter's, whose credential is not issued any more."""
    voter = next(voter for partition in PARTITIONS for voter in wiring.voters.in_partition(ELECTION, partition))
    pk = voter_pk(ELECTION, voter.key)
    link = Link(secrets.token_bytes(32), manifest.hash, voter.salt)
    wiring.voters.give_link(voter, voter.run, link.token_hash.hex())
    wiring.voters.mark_mailed(ELECTION, voter.key, voter.run)
    item = wiring.roll.get(pk, voter.key)
    assert item
    wiring.roll.put({name: value for name, value in item.items() if name != "blinded_sha256"})
    return link


def _live_channel(wiring: Folder, api_key: str) -> Channel:
    """Registered, active, with a lease and twenty rows of its live window."""
    schema, now = ChannelSchema.parse(SENSOR), wiring.clock()
    made = new_channel(
        name="bench",
        port=None,
        owner="organiser",
        key_hash=hash_key(api_key),
        schema=schema,
        config=ChannelConfig(decimation=1, rotation="day", retention=7),
        now=now,
    )
    channel = replace(made, status="active", relay=f"{made.name}#{made.generation}")
    wiring.channels.register(channel, schema)
    lease = {"relay": str(RelayId.parse(channel.relay or "")), "queue": 0, "born": channel.born}
    wiring.channels_table.put({"pk": channel_pk(channel.name), "sk": LEASE, **lease})
    seconds = int(now.timestamp())
    for number in range(20):
        points, stride = pack([sample(number * 50 + point) for point in range(50)], schema.time.field)
        transact(wiring.dynamodb, [wiring.live.adding(channel, LiveRow(number, points, stride), seconds)])
    return channel
