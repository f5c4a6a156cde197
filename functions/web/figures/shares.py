"""Percentages on pages: rounded to the nearest tenth, half upwards.

Where a tenth would show nothing, exactly half or all though it is not, as many more decimals are shown as tell it
apart: no figure shows a majority that was not reached. Each figure is rounded alone, so they need not add up to 100.
The string `results.percentages` says so on the page.
"""

from markupsafe import Markup

from web.figures.words import Text

MOST_DECIMALS = 9


def percentage(part: int, whole: int, text: Text) -> Markup:
    """`part` of `whole`, 0 <= part <= whole, as it is written; nothing of nothing is nothing."""
    return text("results.percent", figure=written(part, whole, str(text("results.decimal_mark"))))


def written(part: int, whole: int, mark: str = ".") -> str:
    """The figure without its sign: `49.96`."""
    decimals = next((number for number in range(1, MOST_DECIMALS) if _tells(part, whole, number)), MOST_DECIMALS)
    hundred, rest = divmod(_rounded(part, whole, decimals), 10**decimals)
    return f"{hundred}{mark}{rest:0{decimals}d}"


def _rounded(part: int, whole: int, decimals: int) -> int:
    """In units of the last decimal."""
    return (200 * 10**decimals * part + whole) // (2 * whole) if whole else 0


def _tells(part: int, whole: int, decimals: int) -> bool:
    """Whether the rounded figure is 0, 50 or 100 only if the exact one is."""
    shown, unit = _rounded(part, whole, decimals), 10**decimals
    is_shown = (shown == 0, shown == 50 * unit, shown == 100 * unit)
    return not whole or is_shown == (part == 0, 2 * part == whole, part == whole)
