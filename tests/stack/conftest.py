"""Tests of a deployed local stack."""

from collections.abc import Callable

import pytest

from deployed_stack import port_free_now


@pytest.fixture(scope="module")
def free_port() -> int:
    """A port that nothing listens on."""
    return port_free_now()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[object], None]:
    """Has what a campaign came to shown below the results of the tests."""
    return lambda found: record_property("campaign", str(found))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, found in report.user_properties:
                if name == "campaign":
                    terminalreporter.write_line(f"{report.nodeid}: {found}")
