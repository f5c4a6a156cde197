"""The stages of an election as the functions live them, from the import of its roll to the verification of its export.

A stage is a list of calls, each of them what one invocation of a function does. A call gets the deployment and the
scene, leaves what it did in the deployment, and returns what later stages need to know of it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ballotcast.elections.verification import verify_export
from ballotcast.http.paging import to_cursor
from ballotcast.store.table import PRESENT
from ballotcast.store.voter import PARTITIONS, voter_pk
from ballotcast_cli.verify import LARGE
from organise.importing import import_roll
from organise.inviting import Choice, invite
from organise.jobs import work as work_jobs
from organise.roll import Wanted, voters_page
from register import ledger
from tally import work
from tally.api import public_log
from tally.count import steps

from . import making
from .aws import ENVIRONMENT, Folder
from .making import ELECTION, Scene
from .measured import LISTED
from .streaming import drain, seal, stream

ROWS = 100_000
"""Of one file of the roll: 3 MB, of the 6 MB that a request may have."""
CHUNKS = [list(range(first, first + 32)) for first in range(0, 256, 32)]
"""Partitions of the box, divided as close.asl.json does."""
JOBS = ENVIRONMENT["JOBS_QUEUE"]
PAGE = 100
"""Voters on a page of the roll."""

Call = Callable[[Folder, Scene], Any]


class Stage(NamedTuple):
    """`calls`: what it consists of, told by the scene; `spread`: they run side by side; `measured`: it is no set-up."""

    name: str
    calls: Callable[[Scene], list[Call]]
    spread: bool = False
    measured: bool = True


def _import(wiring: Folder, scene: Scene) -> None:
    election = making.draft(wiring)
    for data in making.roll_files(scene.voters, ROWS):
        import_roll(wiring, election, data)
        _work(wiring)


def _list(wanted: Wanted, wiring: Folder, scene: Scene) -> None:
    """The first pages of the whole roll, or of those who are found."""
    election = wiring.elections.find(ELECTION)
    assert election
    cursor = None
    for _ in range(min(LISTED, scene.voters) // PAGE):
        found, last = voters_page(wiring, election, wanted, cursor, PAGE)
        assert len(found) == PAGE
        cursor = to_cursor(last) if last else None


def _invite(wiring: Folder, scene: Scene) -> None:
    election = wiring.elections.find(ELECTION)
    assert election
    invite(wiring, election, Choice(), making.BASE_URL)
    _work(wiring)
    drain(wiring)


def _issue(wiring: Folder, scene: Scene) -> None:
    """Every voter has a credential, noted as `register` does."""
    for partition in PARTITIONS:
        for voter in list(wiring.voters.in_partition(ELECTION, partition)):
            pk, noted = voter_pk(ELECTION, voter.key), {":blinded": voter.key}
            wiring.roll.update(pk, voter.key, "SET blinded_sha256 = :blinded", noted, PRESENT)


def _cast(wiring: Folder, scene: Scene) -> None:
    for ballot in making.made_ballots(wiring, scene):
        wiring.ballots.cast(ELECTION, ballot)


def _turnout(wiring: Folder, scene: Scene) -> None:
    public_log.find_checkpoint(wiring.log, ELECTION)


def _ledger(wiring: Folder, scene: Scene) -> Any:
    return ledger.handle({"step": "ledger", "election": ELECTION}, wiring)


def _step(order: dict[str, Any], wiring: Folder, scene: Scene) -> Any:
    return steps.handle({"election": ELECTION, **order}, wiring)


def _seal(wiring: Folder, scene: Scene) -> Any:
    leaves = [answer["key"] for answer in scene.answers["collect"]]
    return seal(wiring, {"election": ELECTION, "ledger": scene.answers["ledger"][0], "leaves": leaves})


def _count(wiring: Folder, scene: Scene) -> Any:
    [told] = scene.answers["ledger"]
    return _step({"step": "count", "voters": told["voters"]}, wiring, scene)


def _publish(wiring: Folder, scene: Scene) -> Any:
    [told], [exported] = scene.answers["ledger"], scene.answers["export"]
    return _step(
        {"step": "publish", "roll": told["voters"], "issued": told["issued"], "export": exported}, wiring, scene
    )


def _verify(wiring: Folder, scene: Scene) -> None:
    export = wiring.path / "bucket" / work.export_key(ELECTION)
    report = verify_export(export, processes=scene.processes if export.stat().st_size >= LARGE else 1)
    if not report.ok:
        raise RuntimeError(f"the export does not verify: {report.checks}")


def _work(wiring: Folder) -> None:
    while wiring.messages.waiting(JOBS):
        if work_jobs(wiring.messages.take(JOBS, 1), wiring)["batchItemFailures"]:
            raise RuntimeError("a step of a job failed")


def _alone(call: Call) -> Callable[[Scene], list[Call]]:
    return lambda scene: [call]


def _buckets(scene: Scene) -> list[Call]:
    [sealed] = scene.answers["seal"]
    return [partial(_step, {"step": "bundle", "bucket": bucket}) for bucket in sealed["buckets"]]


def _chunks(step: str) -> Callable[[Scene], list[Call]]:
    return lambda scene: [partial(_step, {"step": step, "partitions": chunk}) for chunk in CHUNKS]


STAGES = (
    Stage("import", _alone(_import)),
    Stage("list", _alone(partial(_list, Wanted()))),
    Stage("search", _alone(partial(_list, Wanted(making.SPELLED)))),
    Stage("invite", _alone(_invite)),
    Stage("issue", _alone(_issue), measured=False),
    Stage("make", making.calls, spread=True, measured=False),
    Stage("cast", _alone(_cast)),
    Stage("stream", _alone(stream)),
    Stage("turnout", _alone(_turnout)),
    Stage("ledger", _alone(_ledger)),
    Stage("collect", _chunks("collect"), spread=True),
    Stage("seal", _alone(_seal)),
    Stage("open", _alone(partial(_step, {"step": "open"}))),
    Stage("decrypt", _chunks("decrypt"), spread=True),
    Stage("bundle", _buckets, spread=True),
    Stage("count", _alone(_count)),
    Stage("export", _alone(partial(_step, {"step": "export"}))),
    Stage("publish", _alone(_publish)),
    Stage("verify", _alone(_verify)),
)
