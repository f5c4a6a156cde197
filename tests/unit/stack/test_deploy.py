"""What is rebuilt when, and URLs as they are reachable on this machine."""

from pathlib import Path

import pytest

from ballotcast_tools.stack.deploy import digest, reachable

ENDPOINT = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://ab12.execute-api.eu-west-1.amazonaws.com/v1", f"{ENDPOINT}/_aws/execute-api/ab12/v1"),
        ("https://ab12.execute-api.eu-west-1.amazonaws.com/v1/", f"{ENDPOINT}/_aws/execute-api/ab12/v1"),
        ("https://vote.example.org", "https://vote.example.org"),
        ("ballotcast-Board-1", "ballotcast-Board-1"),
    ],
)
def test_reachable(value: str, expected: str) -> None:
    assert reachable(value, ENDPOINT) == expected


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("functions/vote", "layers/common", "tools/ballotcast_tools/build"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("template.yaml", "samconfig.toml", "uv.lock"):
        (tmp_path / name).touch()
    for name in ("packaging.py", "pruning.py", "page_bundles.py"):
        (tmp_path / "tools/ballotcast_tools/build" / name).touch()
    (tmp_path / "functions/vote/app.py").write_text("one")
    return tmp_path


@pytest.mark.parametrize("changed", ["template.yaml", "uv.lock", "functions/vote/app.py", "layers/common/new.py"])
def test_a_change_of_what_is_packaged_shows(project: Path, changed: str) -> None:
    before = digest(project)
    (project / changed).write_text("two")
    assert digest(project) != before


def test_a_renamed_file_shows(project: Path) -> None:
    before = digest(project)
    (project / "functions/vote/app.py").rename(project / "functions/vote/main.py")
    assert digest(project) != before


def test_bytecode_and_the_rest_of_the_checkout_do_not_show(project: Path) -> None:
    before = digest(project)
    (project / "functions/vote/app.pyc").write_text("")
    (project / "README.md").write_text("")
    assert digest(project) == before
