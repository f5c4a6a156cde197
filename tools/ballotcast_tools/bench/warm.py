"""Warm processes: CPU time of a call when all is imported, bound and connected, and the memory that is held then."""

from collections.abc import Iterator
from contextlib import ExitStack

from .measures import Comparison
from .packages import Side
from .subjects import Task, interleaved, warm_process
from .tasks import Tasks

WARMING = 100
CALLS = 200


def measure(sides: tuple[Side, Side], tasks: Tasks, rounds: int) -> Iterator[Comparison]:
    yield from _compared(sides, tasks.simple, rounds, "fast_get", "simple GET, the framework alone", 0.03)
    yield from _compared(sides, tasks.nominate_fake, rounds, "warm_post", "POST of 5 fields, fake DynamoDB", 0.15)
    yield from _compared(sides, tasks.nominate, rounds, "end_to_end", "POST and PutItem over TLS", 0.50)
    yield from _compared(sides, tasks.cast, rounds, "cast", "a cast, PutItem over TLS", None, memory="warm_memory")


def _compared(
    sides: tuple[Side, Side],
    task: Task,
    rounds: int,
    name: str,
    what: str,
    budget: float | None,
    memory: str = "",
) -> Iterator[Comparison]:
    with ExitStack() as held:
        processes = {side.name: held.enter_context(warm_process(side, task)) for side in sides}
        for process in processes.values():
            process.answer(WARMING)
        stock, ours = interleaved(sides, rounds, lambda side: processes[side.name].answer(CALLS) * 1e6)
        yield Comparison(name, what, "µs", ours, stock, budget)
        if memory:
            stock, ours = interleaved(sides, 1, lambda side: processes[side.name].resident() / 1e6)
            yield Comparison(memory, f"memory after {WARMING + rounds * CALLS} casts", "MB", ours, stock, 0.75)
