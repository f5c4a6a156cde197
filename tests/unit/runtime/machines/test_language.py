"""Paths, intrinsic functions and templates."""

from typing import Any

import pytest

from ballotcast_tools.runtime.machines.errors import InvalidDefinition, StateFailed
from ballotcast_tools.runtime.machines.intrinsics import parse
from ballotcast_tools.runtime.machines.paths import Path, ResultPath
from ballotcast_tools.runtime.machines.templates import compile_template

DATA = {
    "a": {"b": [10, 20, 30], "with space": 1},
    "rows": [{"key": "k0"}, {"key": "k1", "n": 1}],
    "word": "x",
    "none": None,
    "yes": True,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", DATA),
        ("$.a.b", [10, 20, 30]),
        ("$.a.b[1]", 20),
        ("$.a['with space']", 1),
        ("$.a.b[*]", [10, 20, 30]),
        ("$.rows[*].key", ["k0", "k1"]),
        ("$.rows[*].n", [1]),
        ("$.rows[*].missing", []),
        ("$.none", None),
    ],
)
def test_a_path_leads_to_a_value(path: str, expected: Any) -> None:
    assert Path.parse(path).read(DATA, {}) == expected


@pytest.mark.parametrize("path", ["$.missing", "$.a.b[3]", "$.word.x", "$.missing[*].key", "$.none.x", "$.a[0]"])
def test_a_path_to_nothing_fails_the_state(path: str) -> None:
    with pytest.raises(StateFailed, match=r"States\.Runtime"):
        Path.parse(path).read(DATA, {})


@pytest.mark.parametrize("path", ["a.b", "", "$..a", "$.a[?(@.b)]", "$.a[-1]", "$.a[0:2]", "$a", "$.", "$.a b"])
def test_a_path_that_is_not_known_is_refused(path: str) -> None:
    with pytest.raises(InvalidDefinition):
        Path.parse(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (None, {"n": 1}),
        ("$", "result"),
        ("$.n", {"n": "result"}),
        ("$.new", {"n": 1, "new": "result"}),
        ("$.deep.down", {"n": 1, "deep": {"down": "result"}}),
    ],
)
def test_a_result_is_placed(path: str | None, expected: Any) -> None:
    data = {"n": 1}
    assert ResultPath.parse(path).place(data, "result") == expected
    assert data == {"n": 1}


def test_a_result_has_no_place_in_a_number() -> None:
    with pytest.raises(StateFailed, match="ResultPathMatchFailure"):
        ResultPath.parse("$.n.x").place({"n": 1}, "result")


@pytest.mark.parametrize("path", ["$$.a", "$.a[0]", "$.a[*]"])
def test_a_result_path_names_fields_only(path: str) -> None:
    with pytest.raises(InvalidDefinition):
        ResultPath.parse(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("States.Format('CHANNEL#{}', $.word)", "CHANNEL#x"),
        ("States.Format('{}#{}', $.word, $.a.b[0])", "x#10"),
        ("States.Format('{} {} {}', $.yes, null, 1.5)", "true null 1.5"),
        (r"States.Format('\{\} \'{}\' \\', 1)", "{} '1' \\"),
        ("States.Format('none')", "none"),
        ("States.Array()", []),
        ("States.Array('a, (b)', 1, true, $.word)", ["a, (b)", 1, True, "x"]),
        ("States.ArrayGetItem(States.Array('q0', 'q1', 'q2'), 2)", "q2"),
        ("States.ArrayGetItem($.a.b, 0)", 10),
        ("States.ArrayRange(0, 4, 2)", [0, 2, 4]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayPartition(States.ArrayRange(1, 5, 1), 2)", [[1, 2], [3, 4], [5]]),
    ],
)
def test_an_intrinsic_function_gives_a_value(text: str, expected: Any) -> None:
    assert parse(text, ())(DATA, {}) == expected


def test_each_uuid_is_another() -> None:
    made = parse("States.UUID()", ())
    assert made({}, {}) != made({}, {})


@pytest.mark.parametrize(
    "text",
    [
        "States.ArrayGetItem($.a.b, 3)",
        "States.ArrayGetItem($.a.b, -1)",
        "States.ArrayGetItem($.a.b, true)",
        "States.ArrayGetItem($.word, 0)",
        "States.ArrayPartition($.a.b, 0)",
        "States.ArrayRange(0, 1000, 1)",
        "States.ArrayRange(0, 1, 0)",
        "States.Format('{}', $.a)",
    ],
)
def test_a_function_that_cannot_have_a_value_fails_the_state(text: str) -> None:
    with pytest.raises(StateFailed, match=r"States\.IntrinsicFailure"):
        parse(text, ())(DATA, {})


@pytest.mark.parametrize(
    "text",
    [
        "States.MathAdd(1, 2)",
        "States.Array(1",
        "States.Array(1,)",
        "States.Array(1) 2",
        "States.Array(,)",
        "States.UUID(1)",
        "States.ArrayGetItem($.a)",
        "States.Format('{}')",
        "States.Format('{}', 1, 2)",
        "States.Format($.word)",
        "States.Format()",
        "States.Array('open)",
        "States.Array",
        "word",
        "$$.Task.Token",
        "$$.Execution.Id",
        "",
    ],
)
def test_an_expression_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        parse(text, ["$$.Map.Item.Value"])


def test_a_template_is_filled_in() -> None:
    template = {
        "plain": "$.word",
        "list": [1, {"deep.$": "$.a.b[0]"}],
        "token.$": "$$.Task.Token",
        "none": None,
        "data.$": "$",
    }
    filled = compile_template(template, ["$$.Task.Token"])(DATA, {"Task": {"Token": "t"}})
    assert filled == {"plain": "$.word", "list": [1, {"deep": 10}], "token": "t", "none": None, "data": DATA}


@pytest.mark.parametrize("template", [{"n.$": 1}, {"n.$": "word"}, {"n": 1, "n.$": "$.n"}, [{"n.$": "$x"}]])
def test_a_template_that_is_not_known_is_refused(template: Any) -> None:
    with pytest.raises(InvalidDefinition):
        compile_template(template)
