"""Channels in one process: the real app and the real worker; Step Functions is played, and done at once.

The state machines themselves are tested where they are interpreted and on the stack. Here a channel that is registered
is active when `start_execution` returns, one that is deregistered is drained and gone, and every read comes after the
worker has taken all that was accepted.
"""

import json
from threading import RLock
from typing import Any

import boto3
import httpx2 as httpx

from api_events import TestClient
from ballotcast.http.sessions import open_session
from ballotcast.store.channel import META, schema_sk
from ballotcast.store.channels import OLD_SCHEMA
from ballotcast.store.leases import LEASE
from channel.app import create_app
from channel.jobs import work
from relay.worker import Worker
from world import World, WorldWiring


class PlayedWiring(WorldWiring):
    machines: Any = None

    def client(self, service: Any) -> Any:
        return self.machines if service == "stepfunctions" else super().client(service)


class PlayedChannels:
    """`client` serves `ballotcast.client` as its httpx client; one request at a time, for moto knows no threads."""

    def __init__(self, world: World) -> None:
        self.sqs = boto3.client("sqs")
        self.wiring = PlayedWiring(world)
        self.wiring.machines = PlayedMachines(self)
        self.client = OneAtATime(self)
        self._delivered = 0

    def session(self, organiser: str) -> str:
        return open_session(self.wiring.session_secret, organiser, self.wiring.clock)

    def relay(self) -> None:
        """Let the worker take what waits in the queues."""
        worker = Worker(self.wiring)
        for url in self.wiring.settings.relay_queues:
            while messages := self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]
            ).get("Messages", []):
                failed = worker.handle({"Records": [self._record(message) for message in messages]})[
                    "batchItemFailures"
                ]
                assert not failed
                for message in messages:
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def do_jobs(self) -> None:
        """Let the function of the channels' jobs take what waits for it."""
        url = self.wiring.settings.channel_jobs_queue
        while messages := self.sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", []):
            assert work({"Records": [self._record(message) for message in messages]}, self.wiring) == {
                "batchItemFailures": []
            }
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def download(self, request: httpx.Request) -> httpx.Response:
        """What S3 answers to a link to an export."""
        key = "exports/" + request.url.path.partition("/exports/")[2]
        found = self.wiring.blobs.get(key)
        return httpx.Response(200 if found is not None else 404, content=found or b"", request=request)

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        """moto's sequence numbers are random; nothing is delivered twice here, so counting does."""
        self._delivered += 1
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {**message["Attributes"], "SequenceNumber": str(self._delivered)},
        }


class OneAtATime(TestClient):
    def __init__(self, played: PlayedChannels) -> None:
        super().__init__(create_app(played.wiring), base_url="http://testserver")
        self._played = played
        self._lock = RLock()

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with self._lock:
            if "/exports/" in request.url.path and request.url.host != "testserver":
                return self._played.download(request)
            if request.method == "GET":
                self._played.relay()
            if "/exports/" in request.url.path:
                self._played.do_jobs()
            return super().send(request, **options)


class PlayedMachines:
    """What RelayMachines asks of Step Functions. `broken`: a reason for which relays do not start."""

    class exceptions:  # noqa: N801 - boto3's name
        class ExecutionAlreadyExists(Exception): ...

        class ExecutionDoesNotExist(Exception): ...

    def __init__(self, played: PlayedChannels) -> None:
        self._played = played
        self.broken = ""
        self.repairs: list[str] = []
        """Executions of `repair`, which is not played."""
        self.undrained: list[str] = []
        """Channels that were removed without waiting."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803
        machines = self._played.wiring.settings.relay_machines
        if stateMachineArn == machines["repairing"]:
            self.repairs.append(name)
        else:
            play = {machines["registering"]: self._spawn, machines["stopping"]: self._stop}[stateMachineArn]
            play(json.loads(input))

    def _spawn(self, saga: dict[str, Any]) -> None:
        table, pk = self._played.wiring.channels_table, f"CHANNEL#{saga['channel']}"
        relay = f"{saga['channel']}#{saga['generation']}"
        ended = {"status": "failed", "reason": self.broken} if self.broken else {"status": "active", "relay": relay}
        if not self.broken:
            lease = {"relay": relay, "queue": saga["queue"], "born": int(saga["born"]), "cursor": 0}
            table.put({"pk": pk, "sk": LEASE, **lease})
        table.put({**(table.get(pk, META) or {}), **ended})
        table.put({**(table.get(saga["listing"], saga["channel"]) or {}), "status": ended["status"]})

    def _stop(self, saga: dict[str, Any]) -> None:
        if "drain" in saga:
            self._played.relay()
        else:
            self.undrained.append(saga["channel"])
        table, pk, past = self._played.wiring.channels_table, f"CHANNEL#{saga['channel']}", saga["past"]
        for key in ((pk, META), (pk, LEASE), (pk, OLD_SCHEMA), (saga["listing"], saga["channel"])):
            table.delete(*key)
        table.delete(saga["claim"]["pk"], saga["claim"]["sk"])
        until = {"expiration": int(past["until"])}
        schema = (pk, schema_sk(int(saga["born"])))
        table.put({**(table.get(*schema) or {"pk": pk, "sk": schema[1]}), **until})
        noted = {name: past[name] for name in ("pk", "sk", "created_at", "gone_at", "fingerprint", "field", "unit")}
        table.put({**noted, "name": saga["channel"], "born": int(saga["born"]), **until})
