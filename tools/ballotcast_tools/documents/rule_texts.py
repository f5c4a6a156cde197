"""The rules, step by step, as their modules state them: `make documents` writes docs/rules.md."""

import ast
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from ballotcast.counting import RULES

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"
SHARED = {
    "Gregory: what `scottish-stv` and `wigm-stv` share": "gregory",
    "Options compared two by two": "pairwise",
}
_HEAD = """# The rules, step by step

For readers who want to count again by a program of their own: what [counting.md](counting.md) names, each rule in full.
The texts are those of the modules in `layers/common/ballotcast/counting`, put here by
`make documents`; a test ensures that they are current. Which figures a stage shows is in
counting.md, "The account".
"""


def page() -> str:
    """The whole page, in Markdown."""
    rules = [
        (" and ".join(f"`{method}`" for method, _ in group), module)
        for module, group in groupby(RULES.items(), key=lambda entry: entry[1].module)
    ]
    sections = (f"## {heading}\n\n{_text(module)}\n" for heading, module in (*rules, *SHARED.items()))
    return "\n".join([_HEAD, *sections])


def _text(module: str) -> str:
    written = files("ballotcast.counting").joinpath(f"{module}.py").read_text("utf-8")
    text = ast.get_docstring(ast.parse(written)) or ""
    return text.replace("``", "`").replace("\n- ", "\n\n- ", 1)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
