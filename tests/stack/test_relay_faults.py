"""Every step of every saga meets every fault, on the deployed stack: nothing stray is left, and all can continue.

The outcomes are the table in docs/channels.md; UPDATE_DOCS=1 writes it.
"""

import os
from collections.abc import Iterator
from itertools import count

import pytest

import sagas
from ballotcast.store.channel import Channel
from ballotcast_tools.machine_definitions import read_definition
from ballotcast_tools.stack.stack import Stack
from channel_rows import require_whole
from checkout import ROOT
from machine_faults import FAULTS, HALT, hurried
from poisoned import poisoned
from relays import MACHINES, Relays, wait_for
from sensor import SENSOR, sample

pytestmark = pytest.mark.stack
TABLE = ROOT / "docs/channels.md"
BEGIN, END = "<!-- faults: written by tests/stack/test_relay_faults.py -->\n", "<!-- /faults -->\n"
DEFINED = {name: read_definition(ROOT / f"functions/relay/{name}.asl.json") for name in MACHINES}
ROWS = [(saga, step) for saga, machine in sagas.MACHINES.items() for step in sagas.steps_of(saga, DEFINED[machine])]
CASES = [(saga, step, fault) for saga, step in ROWS for fault in FAULTS]
PARAMETERS = [
    pytest.param(*case, id=" ".join(case), marks=[] if case[0] in MACHINES else [pytest.mark.long]) for case in CASES
]
"""The ways out go through the same machines; without the stack they are tested each time (test_relays.py)."""
_number = count()
outcomes: dict[tuple[str, str, str], str] = {}


@pytest.fixture(scope="module")
def relays(stack: Stack) -> Iterator[Relays]:
    relays = Relays(stack)
    relays.hurry()
    yield relays
    relays.restore()
    relays.close()


def registered(relays: Relays) -> Channel:
    number = next(_number)
    relays.api.post("/channels", json={"name": f"fault{number}", "port": 30000 + number, "schema": SENSOR})
    channel = relays.find(f"fault{number}")
    assert channel
    return channel


def meet(relays: Relays, saga: str, step: str, fault: str) -> Channel:
    """A channel whose saga meets the fault, when that is over."""
    machine = sagas.MACHINES[saga]
    channel = registered(relays) if machine != "spawn" else None
    if saga not in MACHINES:
        assert channel
        channel = poisoned(relays, channel)
    relays.define(machine, FAULTS[fault](hurried(relays.definitions[machine]), step))
    try:
        if saga == "spawn":
            channel = _without_waiting(relays)
        elif machine == "stop":
            assert channel
            asked = {"drain": "false"} if saga == "remove" else {}
            relays.api.delete(f"/channels/{channel.name}", headers={"Prefer": "wait=0"}, params=asked)
        elif saga != "repair":
            assert channel
            relays.api.post(f"/channels/{channel.name}/resume", json={"around": saga == "resume around"})
        else:
            assert channel
            begun = relays.wiring.channels.begin(channel, "repairing", relays.wiring.clock(), repairs=1)
            assert begun
        assert channel
        channel = relays.find(channel.name) or channel
        begun = channel.born + (0 if saga == "spawn" else 1 if saga in MACHINES else 2)
        _await_end(relays, machine, channel.name, begun, killed=fault.startswith("killed"))
    finally:
        relays.define(machine, hurried(relays.definitions[machine]))
    return channel


def _without_waiting(relays: Relays) -> Channel:
    number = next(_number)
    draft = {"name": f"fault{number}", "port": 30000 + number, "schema": SENSOR}
    relays.api.post("/channels", json=draft, headers={"Prefer": "wait=0"})
    channel = relays.find(draft["name"])
    assert channel
    return channel


def _await_end(relays: Relays, machine: str, name: str, generation: int, *, killed: bool) -> None:
    arn = relays.arns[machine].replace(":stateMachine:", ":execution:") + f":{name}-"

    def ended() -> bool:
        if killed and _halted(relays, f"{arn}{generation}"):
            relays.machines.stop_execution(executionArn=f"{arn}{generation}")
        return _status(relays, f"{arn}{generation}") not in ("RUNNING", None)

    wait_for(ended)


def _status(relays: Relays, arn: str) -> str | None:
    try:
        status: str = relays.machines.describe_execution(executionArn=arn)["status"]
    except relays.machines.exceptions.ExecutionDoesNotExist:
        return None
    return status


def _halted(relays: Relays, arn: str) -> bool:
    if _status(relays, arn) != "RUNNING":
        return False
    events = relays.machines.get_execution_history(executionArn=arn)["events"]
    return any(event.get("stateEnteredEventDetails", {}).get("name") == HALT for event in events)


@pytest.mark.parametrize(("saga", "step", "fault"), PARAMETERS)
def test_a_saga_meets_a_fault(relays: Relays, saga: str, step: str, fault: str) -> None:
    channel = meet(relays, saga, step, fault)
    status = require_whole(relays.rows(channel.name, channel.port), channel.name)
    outcome = status
    if status in ("registering", "stopping", "repairing"):
        relays.make_overdue(channel.name)
        wait_for(lambda: _settled(relays, channel))
        outcome = f"{status}; once looked at: {require_whole(relays.rows(channel.name, channel.port), channel.name)}"
    elif status == "failed":
        leased = "lease" in relays.rows(channel.name, channel.port)
        assert leased == (saga != "spawn")
        outcome += ", lease kept" if leased else ", no lease"
    outcomes[saga, step, fault] = outcome
    _can_go_on(relays, channel)


def _settled(relays: Relays, channel: Channel) -> bool:
    relays.api.get(f"/channels/{channel.name}")
    found = relays.find(channel.name)
    return found is None or found.status in ("active", "failed")


def _can_go_on(relays: Relays, channel: Channel) -> None:
    """An active channel relays; whatever there is can be deregistered, and its name and port taken again."""
    found = relays.find(channel.name)
    if found and found.status == "active":
        records = {"records": [sample(n) for n in range(3)]}
        accepted = relays.api.post(f"/channels/{channel.name}/records", json=records)
        assert accepted.status_code in (202, 409), accepted.text  # 409: as it was, for two seconds
        if accepted.status_code == 202:
            wait_for(lambda: relays.api.get(f"/channels/{channel.name}").json()["relay"]["records"] == 3)
    if found:
        gone = relays.api.delete(f"/channels/{channel.name}")
        assert gone.status_code == 200, gone.text
    assert require_whole(relays.rows(channel.name, channel.port), channel.name) == "gone"


def test_the_table_in_docs_is_what_happened(relays: Relays) -> None:
    if len(outcomes) < len(CASES):
        pytest.skip("not all cases were run here")
    lines = ["| saga | step | " + " | ".join(FAULTS) + " |", "|" + "---|" * (len(FAULTS) + 2)]
    lines += [
        f"| {saga} | {step} | " + " | ".join(outcomes[saga, step, fault] for fault in FAULTS) + " |"
        for saga, step in ROWS
    ]
    table = "\n".join(lines) + "\n"
    page = TABLE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    written = f"{before}{BEGIN}{table}{END}{after}"
    if os.environ.get("UPDATE_DOCS"):
        TABLE.write_text(written)
        return
    assert page == written, "the table is another: run this with UPDATE_DOCS=1"
