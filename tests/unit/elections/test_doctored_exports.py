"""The exports of tests/vectors: whole ones pass, and each doctored one is refused by the check that it names."""

from collections import Counter
from pathlib import Path

import pytest

from ballotcast.elections import trustees_audit
from ballotcast.elections.verification import CHECKS, Outcome, verify_export
from doctored_exports import SUBJECTS, VECTORS, doctored, whole

WHOLE = sorted(path.stem for path in (VECTORS / "exports").glob("*.zip"))


def test_the_whole_exports_are_those_that_others_are_made_of() -> None:
    assert set(WHOLE) == {"plain", "amended", "extended", "withdrawn", "conditions", "tied", "tiles", "trusted"}
    assert {case.base for subject in SUBJECTS for case in doctored(subject)} == set(WHOLE)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_export_passes_every_check(name: str) -> None:
    report = verify_export(whole(name))
    assert [check.name for check in report.checks] == [*CHECKS, *(trustees_audit.CHECKS if name == "trusted" else ())]
    assert report.ok, report.checks


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_doctored_export_is_refused(subject: str, tmp_path: Path) -> None:
    for case in doctored(subject):
        report = verify_export(case.write(tmp_path / "e.zip"))
        details = {check.name: check.detail for check in report.checks if check.outcome is Outcome.FAILED}
        assert case.place in details.get(case.check, "nothing was found"), (case.what, details)
        assert case.check in details, case.what


def test_every_check_refuses_some_and_no_two_are_the_same() -> None:
    cases = [case for subject in SUBJECTS for case in doctored(subject)]
    assert {case.check for case in cases} == {*CHECKS, *trustees_audit.CHECKS}
    assert max(Counter(str((case.base, case.check, case.edits)) for case in cases).values()) == 1
    assert max(Counter(case.what for case in cases).values()) == 1
    assert len(cases) >= 250
