"""Figures of a count on a page: exact decimal strings, cut to as few decimals as tell them apart.

A count's figures are strings with the same number of decimals (`130.00041`); as integers of the smallest unit they add
up exactly. On the page the rest is cut off, never rounded, so that no figure shows a quota that it did not reach; the
whole figure stands in the element (`<data value>`), in the CSV and in the JSON.
"""

from collections.abc import Iterable, Sequence
from typing import Self

from markupsafe import Markup, escape

FEWEST, MOST = 2, 5
"""Decimals that are shown where any are."""


class Scale:
    """`decimals` of the figures; `shown` of them on the page. marks: those before decimals and between thousands."""

    def __init__(self, decimals: int, shown: int, marks: tuple[str, str]) -> None:
        self.decimals = decimals
        self.shown = shown
        self._marks = marks

    @classmethod
    def of(cls, columns: Iterable[Sequence[str]], marks: tuple[str, str]) -> Self:
        """Return a scale on which figures of the same column (a round, with its quota) differ, if MOST decimals show
        it.
        """
        given = [column for column in columns if column]
        decimals = max((len(text.partition(".")[2]) for column in given for text in column), default=0)
        exact = [{_units(text, decimals) for text in column} for column in given]
        if all(units % 10**decimals == 0 for column in exact for units in column):
            return cls(decimals, 0, marks)
        most = min(MOST, decimals)
        for shown in range(min(FEWEST, most), most):
            cut = 10 ** (decimals - shown)
            if all(len({units // cut for units in column}) == len(column) for column in exact):
                return cls(decimals, shown, marks)
        return cls(decimals, most, marks)

    @property
    def cuts(self) -> int:
        """After how many decimals figures are cut off; 0 if none is."""
        return self.shown if self.shown < self.decimals else 0

    def units(self, figure: str) -> int:
        return _units(figure, self.decimals)

    def count(self, units: int) -> int:
        """For the choice of a plural: 1 for exactly one."""
        return 1 if units == 10**self.decimals else 0

    def show(self, units: int, *, signed: bool = False) -> Markup:
        """Return an element; `signed`: a change, with its sign (a true minus)."""
        sign = ("+" if units > 0 else "−" if units < 0 else "±") if signed else ""
        text = sign + self.text(abs(units))
        whole = self.exact(units)
        if units % 10 ** (self.decimals - self.shown) == 0:
            return escape(text)
        return Markup('<data value="{0}" title="{0}">{1}</data>').format(whole, text)

    def text(self, units: int) -> str:
        """Return the figure as it is shown; units >= 0."""
        point, group = self._marks
        whole, part = divmod(units // 10 ** (self.decimals - self.shown), 10**self.shown)
        return f"{whole:,}".replace(",", group) + (f"{point}{part:0{self.shown}d}" if self.shown else "")

    def exact(self, units: int) -> str:
        """As in the account: `130.00041`."""
        whole, part = divmod(abs(units), 10**self.decimals)
        return ("-" if units < 0 else "") + f"{whole}" + (f".{part:0{self.decimals}d}" if self.decimals else "")


def _units(figure: str, decimals: int) -> int:
    whole, _, part = figure.partition(".")
    return int(whole + part.ljust(decimals, "0"))
