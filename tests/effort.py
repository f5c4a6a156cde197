"""How much is tried: `pytest --hypothesis-profile quick | normal | long`, and the tests marked `long`.

`long` are whole matrices, all widths and schemes, long fuzzing and campaigns; each of them has a representative that
always runs. They are left out unless `-m` names the marker. In the profile `long` tests with generated examples are of
them too, and the examples are others in each run: a failure prints what repeats it.
"""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

LONG = "long"
_EXAMPLES = {"quick": 10, "normal": 50, LONG: 2000}
"""For a test that names no number; those that do are scaled alike (`examples`), as if 100 were the usual number."""


def register_profiles() -> None:
    for name, number in _EXAMPLES.items():
        long = name == LONG
        slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much] if long else []
        settings.register_profile(
            name,
            deadline=None,
            max_examples=number,
            derandomize=not long,
            print_blob=long,
            suppress_health_check=slow,
        )
    settings.load_profile("normal")


def examples(number: int, **options: Any) -> settings:
    """Half of `number` in the profile `normal`, a tenth of it in `quick`, twenty times as many in `long`."""
    return settings(max_examples=max(3, number * settings.default.max_examples // 100), **options)


def leave_out_long(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests marked `long` unless `-m` names that marker."""
    if config.getoption("--hypothesis-profile") == LONG:
        for item in filter(_generates, items):
            item.add_marker(LONG)
    if not re.search(rf"\b{LONG}\b", config.getoption("-m")):
        left_out = {item for item in items if item.get_closest_marker(LONG)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = _without(items, left_out)


def put_long_files_first(items: list[pytest.Item]) -> None:
    """Of files that are shared out among workers: short ones at the end leave no worker alone with a long one.

    Those of a stack are first of all: they wait more than they work, and so wait while another worker works.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.get_closest_marker("stack") is None, item.path not in slow))


def _generates(item: pytest.Item) -> bool:
    if item.get_closest_marker("generates"):
        return True
    return isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)


def _without(items: Iterable[pytest.Item], left_out: set[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if item not in left_out]
