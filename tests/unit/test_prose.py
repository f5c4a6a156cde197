"""What the checks of wording read, and at which line of which file."""

from pathlib import Path

from ballotcast_tools.prose import texts_of

PYTHON = '''"""One line."""
value = "no prose"  # a comment

def f() -> None:
    """First `code` line.

    Second line.
    """
'''


def read(name: str, source: str) -> list[tuple[int, str]]:
    return [(text.line, text.words) for text in texts_of(Path(name), source)]


def test_docstrings_and_comments_of_python() -> None:
    expected = [(1, "One line."), (5, "First  …  line."), (7, "Second line."), (2, "a comment")]
    assert read("module.py", PYTHON) == expected


def test_markdown_without_its_code_and_the_targets_of_its_links() -> None:
    source = "# Title\n\n```sh\nwhoever\n```\n\nSee [this](beside.md) and `anew`.\n"
    assert read("page.md", source) == [(1, "# Title"), (7, "See [this …  and  … .")]


def test_the_texts_of_a_catalogue() -> None:
    assert read("en.json", '{\n  "home": {\n    "lead": "Vote here."\n  }\n}\n') == [(3, "Vote here.")]
