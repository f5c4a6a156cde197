"""YAML, its lines, and what we refuse of it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ballotcast_cli.channels.yaml_lines import Mistake, YamlError, read_yaml

VALUES = st.recursive(
    st.one_of(st.integers(), st.text(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


@given(VALUES)
def test_it_reads_what_yaml_writes(value: object) -> None:
    assert read_yaml(yaml.safe_dump(value).encode())[0] == value


def test_lines_of_keys_items_and_what_is_missing() -> None:
    _, lines = read_yaml(b"# first\nchannels:\n  - name: a\n    port: 1\n  - name: b\n    config:\n      x: 1\n")
    assert lines.of(()) == 2
    assert lines.of(("channels", 0, "port")) == 4
    assert lines.of(("channels", 1, "config", "x")) == 7
    assert lines.of(("channels", 1, "port")) == 5, "missing: where its mapping begins"
    assert lines.of(("channels", 7)) == 2
    assert lines.of(("channels", 0, "name", "deeper")) == 3


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "first on line 1"),
        (b"a:\n  - on: 1\n", 2, "quotes"),
        (b"a: 1\n1: 2\n", 2, "quotes"),
        (b"a: [1\nb: 2\n", 2, "expected"),
        (b"a: 1\n\tb: 2\n", 2, "cannot start any token"),
        (b"a: !shell ls\n", 1, "could not determine a constructor"),
        (b"a: 1\n---\nb: 2\n", 2, "another document"),
        (b"a: &a\n  - *a\n", 1, "contain itself"),
        (b"a: 1\nb: \x00\n", 2, "not text"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
    ],
)
def test_mistakes_have_their_line(data: bytes, line: int, says: str) -> None:
    with pytest.raises(YamlError) as refused:
        read_yaml(data)
    assert refused.value.mistakes[0].line == line
    assert says in refused.value.mistakes[0].message


def test_all_mistakes_at_once_in_the_order_of_lines() -> None:
    with pytest.raises(YamlError) as refused:
        read_yaml(b"a: {x: 1, x: 2}\na: 1\n1: 1\n")
    assert [mistake.line for mistake in refused.value.mistakes] == [1, 2, 3]
    assert str(refused.value).startswith("line 1: x stands here a second time")
    assert isinstance(refused.value.mistakes[0], Mistake)


def test_an_empty_document_is_nothing() -> None:
    assert read_yaml(b"# only a comment\n")[0] is None
