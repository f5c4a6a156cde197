"""Names of options as people write them, and the labels in a cell that are no vote.

Two spellings are the same name if they differ only in what nobody can see: Unicode's normal form, white space around
and between words, invisible characters. Names that differ in case as well are one option only if that is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice


def word_set(text: str) -> frozenset[str]:
    """Return the words and phrases between commas."""
    return frozenset(phrase.strip() for phrase in text.split(","))


NO_VOTE: Mapping[str, str] = {
    spelled: label
    for label, spellings in {
        "overvote": "overvote overvoted",
        "undervote": "undervote undervoted",
        "skipped": "skipped skip skippedranking skippedrank",
        "blank": "blank empty null n/a #n/a - -- – — novote noselection nochoice nopreference unranked notranked "
        "noranking notapplicable",
        "exhausted": "exhausted exhaust",
        "write-in": "writein writeins uwi undeclaredwritein undeclaredwriteins unresolvedwritein uncertifiedwritein",
    }.items()
    for spelled in spellings.split()
}
"""Labels that are no vote, by their spelling without spaces, hyphens between letters, brackets and asterisks."""

DOUBTFUL = word_set(
    """none, nobody, na, abstain, abstained, abstention, void, invalid, spoilt, spoiled, rejected, declined, other,
    test, unknown, tbd, ?, nil, error, total, totals, sum, yes, no, true, false, x"""
)
"""Cells that may be an option or no vote; only a person knows."""

_LIKE_A_LABEL = re.compile(
    r"\b(?:over|under) ?vot|\bwrite ?ins?\b|\bexhausted\b|\bskipped\b|\bnot ranked\b|\bunranked\b"
    r"|\b(?:blank|empty|invalid|spoilt|spoiled|void|rejected|no) (?:ballot|vote|paper|rank|choice|preference|selection)"
)
_NOT_A_NAME = re.compile(r"[\d\s:/.,+%-]+(?:[ap]m)?(?: ?(?:gmt|utc)[+-]?\d*)?|[^\s@]+@[^\s@]+\.[^\s@]+", re.IGNORECASE)


_MANY_ROWS = 10
_ODD_SPACE = re.compile("[\t\r\v\f\x1c-\x1f]")


def spelling(text: str) -> str:
    """Return a name without what nobody can see."""
    if text.isascii():
        return " ".join(text.split())
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())


def fold(text: str) -> str:
    """Return what two spellings have in common if they differ in case only."""
    return spelling(spelling(text).casefold())


def folded(texts: Iterable[str]) -> Iterator[Sequence[str]]:
    """`fold` of each text, thousands at a time: quick for very many."""
    texts = iter(texts)
    while some := list(islice(texts, 5_000)):
        joined = "\n".join(["", *some, ""])
        plain = joined.isascii() and joined.count("\n") == len(some) + 1 and not _ODD_SPACE.search(joined)
        plain = plain and not any(spaces in joined for spaces in ("  ", "\n ", " \n"))
        yield joined.lower().split("\n")[1:-1] if plain else list(map(fold, some))


def no_vote(cell: str, further: Iterable[str] = ()) -> str:
    """Return the label that a cell holds in place of a vote; empty for none. An empty cell has no label either."""
    key = fold(cell)
    if key in further:
        return key
    bare = key if key in NO_VOTE else re.sub(r"(?<=\w)-(?=\w)|[ ()\[\]*_]", "", key)
    return NO_VOTE.get(bare, "")


def is_doubtful(name: str) -> bool:
    """Return whether a name is likely none: a label that may mean no vote, words like one, or the error of a
    spreadsheet.
    """
    key = fold(name)
    return key in DOUBTFUL or name.startswith("#") or bool(_LIKE_A_LABEL.search(re.sub("[-_ ]+", " ", key)))


def close_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a warning about names that a reader may take for one another, and that are counted apart."""
    seen: dict[str, str] = {}
    for name in names:
        plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", fold(name.split("(")[0]))))
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            yield f"{name!r} mixes letters of {' and '.join(sorted(scripts)).title()}, which may look alike."
        if plain in seen:
            yield f"{seen[plain]!r} and {name!r} are two options."
        seen.setdefault(plain, name)


def rare_names(times: Mapping[str, int], rows: int) -> Iterator[str]:
    """Yield a warning about names that only one of many rows or ballots holds: perhaps misspelt, or no names.

    times: how often each occurs.
    """
    rare = [name for name, number in times.items() if number == 1]
    if rare and rows > _MANY_ROWS:
        shown = ", ".join(map(repr, rare[:3])) + (f" and {len(rare) - 3} more" if len(rare) > 3 else "")
        yield f"Options that occur once: {shown}. Are they misspelt? --options, which names them all, refuses others."


def is_no_name(text: str) -> bool:
    """Return whether a text is a number, a date, a time or an address."""
    return bool(_NOT_A_NAME.fullmatch(text))
