"""One export verified by the browser's modules and by Python."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ballotcast.elections.verification import verify_export

VERIFY = """async (exports) => {
  const { verifyExport } = await import("/js/verify/verification.js");
  const found = [];
  for (const one of exports) {
    const bytes = Uint8Array.from(atob(one), (character) => character.charCodeAt(0));
    const steps = [];
    const progress = (done, total) => steps.push([done, total]);
    const report = await verifyExport(new Blob([bytes]), { progress });
    const outcomes = report.checks.map(({ name, outcome }) => [name, outcome]);
    found.push({ ...report, outcomes: Object.fromEntries(outcomes), steps });
  }
  return found;
}"""


def by_browser(modules: Page, *paths: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = modules.evaluate(
        VERIFY, [base64.b64encode(path.read_bytes()).decode() for path in paths]
    )
    return found


def by_python(path: Path) -> dict[str, str]:
    return {check.name: check.outcome.value for check in verify_export(path).checks}


def assert_found_alike(modules: Page, exports: Mapping[str, Path]) -> None:
    found = by_browser(modules, *exports.values())
    for (what, path), report in zip(exports.items(), found, strict=True):
        assert report["outcomes"] == by_python(path), what
