"""Plots: every word in the drawing, and none over another."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from ballotcast_tools.scale.plots import bars, lines

SVG = "{http://www.w3.org/2000/svg}"
LETTER, HEIGHT = 7.5, 13
"""Width of a letter at most, of most words, and height of a line, at 13 px."""

DRAWINGS = {
    "lines": lines("CPU for each ballot", "µs", [1_000, 10_000, 100_000, 1_000_000], {
        "import": [1, 2, 3, 4], "sequence": [180.25, 181, 182, 1234.5], "ledger": [0.1, 0.2, 0.3, 0.001],
    }),
    "bars": bars("Casts taken, and what refuses the others", "casts a second", [
        ("`WarmWrites` 40,000, the table's quota → Board <&>", 31_657, 50_000), ("as deployed → holds", 1_000, 1_000),
    ]),
}  # fmt: skip


def boxes(drawing: str) -> list[tuple[float, float, float, float, str]]:
    """(left, top, right, bottom, words) of each text."""
    found = []
    for text in ElementTree.fromstring(drawing).iter(f"{SVG}text"):
        words = text.text or ""
        x, y, width = float(text.attrib["x"]), float(text.attrib["y"]), LETTER * len(words)
        left = x - {"number": width, "middle": width / 2}.get(text.attrib.get("class", ""), 0)
        found.append((left, y - HEIGHT + 3, left + width, y + 3, words))
    return found


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_words_stay_in_the_drawing_and_apart(drawing: str) -> None:
    [view] = re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawing)
    width, height = map(int, view)
    texts = boxes(drawing)
    assert len(texts) > 4
    for left, top, right, bottom, words in texts:
        assert 0 <= left < right <= width, words
        assert 0 <= top < bottom <= height, words
    for one, other in combinations(texts, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


def test_it_is_readable_on_dark_paper() -> None:
    for drawing in DRAWINGS.values():
        assert "prefers-color-scheme: dark" in drawing


def test_a_line_ends_where_its_last_value_is() -> None:
    drawing = lines("t", "u", [1, 10], {"half": [8, 4], "full": [8, 8]})
    ends = [float(path.rpartition(" ")[2]) for path in re.findall(r' d="(M[^"]*L[^"]*)"', drawing)]
    bottom, top = 320, 48
    assert ends == pytest.approx([top, (top + bottom) / 2])
