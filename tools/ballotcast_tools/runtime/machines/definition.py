"""Loads a definition. Anything in it that the interpreter does not run exactly is an error here, and never ignored."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .errors import ALL, InvalidDefinition
from .fields import Fields
from .paths import Path, ResultPath
from .retries import Catcher, Retrier
from .states import WITH_TOKEN, Choice, Fail, Map, Pass, Program, Rule, State, Succeed, Task, Wait
from .templates import compile_template, constant

SERVICES = frozenset(
    {
        "arn:aws:states:::dynamodb:getItem",
        "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems",
        f"arn:aws:states:::sqs:sendMessage{WITH_TOKEN}",
    }
)
"""What a task may call, next to functions."""
INVOKE = f"arn:aws:states:::lambda:invoke{WITH_TOKEN}"
"""A function that is called with the token, which somebody answers later."""
LONGEST = 99_999_999
_FUNCTION = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+")
_TOKEN = ("$$.Task.Token",)
_ITEM = ("$$.Map.Item.Value", "$$.Map.Item.Index")


def load(definition: Any) -> Program:
    """Return the program of a machine's definition. Raises InvalidDefinition."""
    return _program(Fields("machine", definition), inside_map=False)


def _program(fields: Fields, *, inside_map: bool) -> Program:
    start_at = fields.take("StartAt", str)
    before = f"{fields.where}." if inside_map else ""
    states = {
        name: _state(Fields(before + name, content), inside_map=inside_map)
        for name, content in fields.take("States", dict).items()
    }
    fields.end()
    for where, target in [(fields.where, start_at), *_targets(states)]:
        if target not in states:
            raise InvalidDefinition(f"{where} leads to {target}, which is no state")
    if not any(_ends(state) for state in states.values()):
        raise InvalidDefinition(f"{fields.where} has no end")
    return Program(start_at, states)


def _targets(states: Mapping[str, State]) -> Iterator[tuple[str, str]]:
    for name, state in states.items():
        found = [getattr(state, "next", None), getattr(state, "default", None)]
        found += [one.next for one in (*getattr(state, "catchers", ()), *getattr(state, "rules", ()))]
        yield from ((name, target) for target in found if target is not None)


def _ends(state: State) -> bool:
    return isinstance(state, Succeed | Fail) or (not isinstance(state, Choice) and state.next is None)


def _state(fields: Fields, *, inside_map: bool) -> State:
    kind = fields.take("Type", str)
    if kind not in _READERS or (kind == "Map" and inside_map):
        raise InvalidDefinition(f"{fields.where}: unknown type {kind}{' in a Map' if inside_map else ''}")
    try:
        state = _READERS[kind](fields)
    except InvalidDefinition as error:
        if str(error).startswith(fields.where):
            raise
        raise InvalidDefinition(f"{fields.where}: {error}") from error
    fields.end()
    return state


def _next(fields: Fields) -> str | None:
    if fields.find("End", bool, False):
        if fields.has("Next"):
            raise InvalidDefinition(f"{fields.where} has End and Next")
        return None
    return fields.take("Next", str)


def _result_path(fields: Fields) -> ResultPath:
    if not fields.has("ResultPath"):
        return ResultPath(())
    text = fields.take_any("ResultPath")
    if not isinstance(text, str | None):
        raise InvalidDefinition(f"{fields.where}.ResultPath is neither text nor null")
    return ResultPath.parse(text)


def _pass(fields: Fields) -> Pass:
    output = None
    if fields.has("Parameters"):
        output = compile_template(fields.take("Parameters", dict))
        if fields.has("Result"):
            raise InvalidDefinition(f"{fields.where} has Parameters and Result")
    elif fields.has("Result"):
        output = constant(fields.take_any("Result"))
    return Pass(output, _result_path(fields), _next(fields))


def _task(fields: Fields) -> Task:
    resource = fields.take("Resource", str)
    if resource not in SERVICES and resource != INVOKE and not _FUNCTION.fullmatch(resource):
        raise InvalidDefinition(f"{fields.where}: unknown resource {resource}")
    context = _TOKEN if resource.endswith(WITH_TOKEN) else ()
    parameters = compile_template(fields.take("Parameters", dict), context) if fields.has("Parameters") else None
    timeout = fields.number("TimeoutSeconds", None, 1, LONGEST) if fields.has("TimeoutSeconds") else None
    return Task(
        resource, parameters, timeout, _result_path(fields), _retriers(fields), _catchers(fields), _next(fields)
    )


def _choice(fields: Fields) -> Choice:
    rules = []
    for number, content in enumerate(fields.take("Choices", list)):
        rule = Fields(f"{fields.where}.Choices[{number}]", content)
        rules.append(Rule(Path.parse(rule.take("Variable", str)), rule.take("IsPresent", bool), rule.take("Next", str)))
        rule.end()
    return Choice(tuple(rules), fields.take("Default", str) if fields.has("Default") else None)


def _wait(fields: Fields) -> Wait:
    if fields.has("SecondsPath"):
        return Wait(Path.parse(fields.take("SecondsPath", str)), _next(fields))
    return Wait(fields.number("Seconds", None, 0, LONGEST), _next(fields))


def _map(fields: Fields) -> Map:
    content = fields.take("ItemProcessor", dict)
    where = f"{fields.where}.ItemProcessor"
    config = Fields(where, content.get("ProcessorConfig", {"Mode": "INLINE"}))
    if (mode := config.take("Mode", str)) != "INLINE":
        raise InvalidDefinition(f"{where}: unknown mode {mode}")
    config.end()
    processor = {name: value for name, value in content.items() if name != "ProcessorConfig"}
    return Map(
        items=Path.parse(fields.find("ItemsPath", str, "$")),
        at_once=fields.number("MaxConcurrency", 0, 0, 1000),
        selector=compile_template(fields.take("ItemSelector", dict), _ITEM) if fields.has("ItemSelector") else None,
        processor=_program(Fields(where, processor), inside_map=True),
        result_path=_result_path(fields),
        retriers=_retriers(fields),
        catchers=_catchers(fields),
        next=_next(fields),
    )


def _fail(fields: Fields) -> Fail:
    return Fail(_text_or_path(fields, "Error"), _text_or_path(fields, "Cause"))


def _text_or_path(fields: Fields, name: str) -> str | Path | None:
    if fields.has(f"{name}Path"):
        return Path.parse(fields.take(f"{name}Path", str))
    return fields.take(name, str) if fields.has(name) else None


def _retriers(fields: Fields) -> tuple[Retrier, ...]:
    each = [Fields(f"{fields.where}.Retry[{n}]", one) for n, one in enumerate(fields.find("Retry", list, []))]
    return tuple(_retrier(one, last=one is each[-1]) for one in each)


def _retrier(fields: Fields, *, last: bool) -> Retrier:
    retrier = Retrier(
        errors=_errors(fields, last=last),
        interval=fields.number("IntervalSeconds", 1, 1, LONGEST),
        attempts=fields.number("MaxAttempts", 3, 0, LONGEST),
        backoff=_backoff(fields),
        longest=fields.number("MaxDelaySeconds", None, 1, 31_622_400) if fields.has("MaxDelaySeconds") else None,
        jitter=_jitter(fields),
    )
    fields.end()
    return retrier


def _backoff(fields: Fields) -> float:
    rate = fields.take_any("BackoffRate") if fields.has("BackoffRate") else 2.0
    if not isinstance(rate, int | float) or rate < 1:
        raise InvalidDefinition(f"{fields.where}.BackoffRate is not a number from 1")
    return float(rate)


def _jitter(fields: Fields) -> bool:
    strategy = fields.find("JitterStrategy", str, "NONE")
    if strategy not in ("FULL", "NONE"):
        raise InvalidDefinition(f"{fields.where}: unknown JitterStrategy {strategy}")
    return strategy == "FULL"


def _catchers(fields: Fields) -> tuple[Catcher, ...]:
    each = [Fields(f"{fields.where}.Catch[{n}]", one) for n, one in enumerate(fields.find("Catch", list, []))]
    return tuple(_catcher(one, last=one is each[-1]) for one in each)


def _catcher(fields: Fields, *, last: bool) -> Catcher:
    catcher = Catcher(_errors(fields, last=last), _result_path(fields), fields.take("Next", str))
    fields.end()
    return catcher


def _errors(fields: Fields, *, last: bool) -> tuple[str, ...]:
    errors = fields.take("ErrorEquals", list)
    if not errors or not all(isinstance(error, str) for error in errors):
        raise InvalidDefinition(f"{fields.where}.ErrorEquals has no names")
    if ALL in errors and (len(errors) > 1 or not last):
        raise InvalidDefinition(f"{fields.where}: {ALL} must be alone, and last")
    return tuple(errors)


_READERS: dict[str, Callable[[Fields], State]] = {
    "Pass": _pass,
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Map": _map,
    "Succeed": lambda _fields: Succeed(),
    "Fail": _fail,
}
