"""What the language says happens next: pure, but for chance and the time that are given."""

import secrets
from random import Random
from typing import Any

from .branches import Branch
from .errors import RUNTIME, StateFailed
from .moves import Again, Break, End, Enter, Move, Pause, Perform, Spread
from .paths import Path
from .retries import matches
from .states import Choice, Fail, Map, Pass, Program, State, Succeed, Task, Wait


def state_of(program: Program, branch: Branch) -> State:
    """Return the state that a branch is in; `program` is the machine's."""
    if branch.map is None:
        return program.states[branch.state]
    outer = program.states[branch.map]
    assert isinstance(outer, Map)
    return outer.processor.states[branch.state]


def begin(state: State, branch: Branch, now: float) -> Move:
    """Begin a state. Raises StateFailed, which `fail` handles."""
    data = branch.input
    match state:
        case Pass(output=output):
            return proceed(state, branch, data if output is None else output(data, {}))
        case Task():
            token = secrets.token_urlsafe(48) if state.waits_for_token else None
            return Perform(token, None if state.timeout is None else now + state.timeout)
        case Choice():
            return Enter(_chosen(state, data), data)
        case Wait(seconds=seconds):
            return Pause(now + (_seconds(seconds, data) if isinstance(seconds, Path) else seconds))
        case Map():
            inputs = _iterations(state, data)
            if not inputs:
                return proceed(state, branch, [])
            return Spread(branch.state, state.processor.start_at, inputs, state.at_once or len(inputs))
        case Succeed():
            return End(data)
        case Fail(error=error, cause=cause):
            return Break(_text(error, data), _text(cause, data))


def proceed(state: State, branch: Branch, result: Any) -> Move:
    """Leave a state that has a result. Raises StateFailed, which `fail` handles."""
    output = branch.input
    if isinstance(state, Pass | Task | Map):
        output = state.result_path.place(output, result)
    following = getattr(state, "next", None)
    return End(output) if following is None else Enter(following, output)


def fail(state: State, branch: Branch, failed: StateFailed, now: float, random: Random) -> Move:
    """Return what Retry and Catch make of a failure."""
    if not isinstance(state, Task | Map):
        return Break(failed.error, failed.cause)
    for number, retrier in enumerate(state.retriers):
        if matches(retrier.errors, failed.error):
            attempts = list(branch.attempts) or [0] * len(state.retriers)
            if attempts[number] >= retrier.attempts:
                break
            delay = retrier.delay(attempts[number], random)
            attempts[number] += 1
            return Again(now + delay, tuple(attempts))
    for catcher in state.catchers:
        if matches(catcher.errors, failed.error):
            told = {"Error": failed.error, "Cause": failed.cause}
            try:
                return Enter(catcher.next, catcher.result_path.place(branch.input, told))
            except StateFailed as misplaced:
                return Break(misplaced.error, misplaced.cause)
    return Break(failed.error, failed.cause)


def _chosen(choice: Choice, data: Any) -> str:
    for rule in choice.rules:
        if rule.variable.leads_somewhere(data) is rule.present:
            return rule.next
    if choice.default is None:
        raise StateFailed("States.NoChoiceMatched", "no choice is true, and there is no default")
    return choice.default


def _seconds(path: Path, data: Any) -> int:
    seconds = path.read(data, {})
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        raise StateFailed(RUNTIME, f"{path.text} is not a number of seconds")
    return seconds


def _iterations(state: Map, data: Any) -> tuple[Any, ...]:
    items = state.items.read(data, {})
    if not isinstance(items, list):
        raise StateFailed(RUNTIME, f"{state.items.text} is not an array")
    if state.selector is None:
        return tuple(items)
    contexts = ({"Map": {"Item": {"Index": index, "Value": item}}} for index, item in enumerate(items))
    return tuple(state.selector(data, context) for context in contexts)


def _text(value: str | Path | None, data: Any) -> str | None:
    if not isinstance(value, Path):
        return value
    text = value.read(data, {})
    if not isinstance(text, str):
        raise StateFailed(RUNTIME, f"{value.text} is not text")
    return text
