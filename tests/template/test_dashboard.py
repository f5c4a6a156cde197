"""The dashboard is one that CloudWatch can read, shows every alarm, and names metrics that the code writes."""

import json
import re
from typing import Any

import pytest

from checkout import ROOT


@pytest.fixture(scope="module")
def dashboard(template: dict[str, Any]) -> dict[str, Any]:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    filled: dict[str, Any] = json.loads(re.sub(r"\$\{([\w.:]+)\}", r"\1", body))
    return filled


def test_every_alarm_is_shown(dashboard: dict[str, Any], template: dict[str, Any]) -> None:
    alarms = {name for name, found in template["Resources"].items() if found["Type"] == "AWS::CloudWatch::Alarm"}
    [shown] = [widget["properties"]["alarms"] for widget in dashboard["widgets"] if widget["type"] == "alarm"]
    assert sorted(shown) == sorted(f"{name}.Arn" for name in alarms)


def test_widgets_do_not_lie_on_each_other(dashboard: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard["widgets"]:
        across = range(widget["x"], widget["x"] + widget["width"])
        cells = {(x, y) for x in across for y in range(widget["y"], widget["y"] + widget["height"])}
        assert not taken & cells
        assert max(across) < 24
        taken |= cells


def test_our_metrics_are_ones_that_the_code_writes(dashboard: dict[str, Any]) -> None:
    named = re.findall(r'Ballotcast,service,route\} MetricName=\\"(\w+)', json.dumps(dashboard))
    sources = [path.read_text() for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py")]
    written = {name for source in sources for name in re.findall(r'(?:add_metric|count)\("(\w+)"', source)}
    assert len(named) == 4
    assert set(named) <= written
