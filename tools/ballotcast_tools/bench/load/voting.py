"""Voters with the real client, in processes of their own, so that their cryptography is told apart from the server."""

import os
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Literal

import httpx2 as httpx

from ballotcast.client.api import TIMEOUT, Api
from ballotcast.client.errors import ApiError
from ballotcast.client.state import Cast, Sealed, Signed, State
from ballotcast.client.voter import Choices, Voter

from .figures import Tally

Goal = Literal["sealed", "cast"]


@dataclass(frozen=True)
class Errand:
    """One voter: the link from their mail and what they want. Each of them votes once."""

    number: int
    link: str
    choices: Choices


@dataclass(frozen=True)
class Outcome:
    """How far a voter came: `state`, None with an `error`. `seconds`: from opening the link to the end."""

    number: int
    seconds: float
    state: Signed | Cast | None
    error: str = ""


@dataclass
class Voted:
    """`client_seconds`: CPU time of all the voters' clients."""

    tally: Tally
    states: dict[int, Signed | Cast]
    client_seconds: float


def vote(
    address: str, errands: Sequence[Errand], at_once: int, goal: Goal, told: Callable[[int], None] = lambda _done: None
) -> Voted:
    """Have everybody vote, `at_once` at the same moment, up to the sealed ballot or the receipt.

    `told` is called with 1 for every voter who is through. A process that ends early leaves its voters as errors.
    """
    groups = [group for start in range(processes(at_once)) if (group := errands[start :: processes(at_once)])]
    context = get_context("spawn")
    crowd: dict[Connection, SpawnProcess] = {}
    for number, group in enumerate(groups):
        ours, theirs = context.Pipe()
        share = at_once // len(groups) + (number < at_once % len(groups))
        process = context.Process(target=_work, args=(theirs, address, group, share, goal), daemon=True)
        process.start()
        theirs.close()
        crowd[ours] = process
    voted = Voted(Tally(), {}, 0.0)
    try:
        for line in crowd:
            line.recv()  # it has loaded all that it needs
        started = time.perf_counter()
        for line in crowd:
            line.send("go")
        _collect(list(crowd), voted, told)
        voted.tally.seconds = time.perf_counter() - started
    finally:
        for line, process in crowd.items():
            line.close()
            process.join(5)
            process.kill()
    if missing := len(errands) - voted.tally.completed - voted.tally.failed:
        voted.tally.errors["the voters' process ended"] += missing
    return voted


def processes(at_once: int) -> int:
    """Return how many processes the voters are spread over: one for each core, as far as there are voters."""
    return min(os.cpu_count() or 1, at_once)


def _collect(lines: Sequence[Connection], voted: Voted, told: Callable[[int], None]) -> None:
    open_lines = list(lines)
    while open_lines:
        for line in wait(open_lines):
            assert isinstance(line, Connection)
            try:
                message = line.recv()
            except EOFError:
                open_lines.remove(line)
                continue
            if isinstance(message, float):
                voted.client_seconds += message
                open_lines.remove(line)
                continue
            _note(message, voted)
            told(1)


def _note(outcome: Outcome, voted: Voted) -> None:
    if outcome.state is None:
        voted.tally.errors[outcome.error] += 1
    else:
        voted.tally.latencies.append(outcome.seconds)
        voted.states[outcome.number] = outcome.state


def _work(line: Connection, address: str, errands: Sequence[Errand], at_once: int, goal: Goal) -> None:
    """A process's task: it says when it is ready, waits for the word, and sends every outcome, then its CPU seconds."""
    # Loading the certificates takes more than a vote does; voters' devices do it once for themselves.
    certificates = ssl.create_default_context()
    with ThreadPoolExecutor(at_once) as voters:
        line.send("ready")
        line.recv()
        started = time.process_time()
        for done in as_completed([voters.submit(_vote, address, certificates, errand, goal) for errand in errands]):
            line.send(done.result())
    line.send(time.process_time() - started)


def _vote(address: str, certificates: ssl.SSLContext, errand: Errand, goal: Goal) -> Outcome:
    """One voter on a device of their own: no connection is shared with others."""
    states: list[State] = []
    started = time.perf_counter()
    transport = httpx.HTTPTransport(verify=certificates)
    try:
        with httpx.Client(base_url=address, timeout=TIMEOUT, transport=transport, trust_env=False) as client:
            voter = Voter(Api(client), states.append)
            signed = voter.get_credential(voter.seal(voter.open_link(errand.link), errand.choices))
            end = voter.cast(signed) if goal == "cast" else signed
    except ApiError as error:
        return Outcome(errand.number, time.perf_counter() - started, None, f"{error.status} {error.slug}".strip())
    except Exception as error:  # noqa: BLE001 - the threads' edge: every voter has an outcome; a message may hold a link
        return Outcome(errand.number, time.perf_counter() - started, None, f"{type(error).__name__} {_step(states)}")
    return Outcome(errand.number, time.perf_counter() - started, end)


def _step(states: Sequence[State]) -> str:
    """Return what failed, by the last state that was reached."""
    if not states:
        return "before the choices were sealed"
    return "getting the credential" if isinstance(states[-1], Sealed) else "casting"
