"""The end of a BLT file: the names of the options, quoted or not, with or without a party, and the title."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from .ballot_file import BallotFileError, has_control
from .blt_text import QUOTES, Line
from .reading import AmbiguousFileError, Switches

_QUOTED = re.compile(r'"((?:[^"]|"")*)"|[“„«”]([^“”»"]*)[“”»]')
_C1 = re.compile("[\u0080-\u009f]")


@dataclass(frozen=True)
class _Row:
    """The texts of a line."""

    line: int
    texts: tuple[str, ...]
    quoted: bool


@dataclass
class Names:
    """notes: what else is on an option's line, in practice its party; empty if no line has such."""

    options: tuple[str, ...]
    title: str
    notes: tuple[str, ...] = ()
    dialect: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_names(lines: Sequence[Line], size: int, end: int, switches: Switches) -> Names:
    """Read names and title. Their number must be that of the header: none is guessed or shifted.

    end: the number of the file's last line, to blame where names are missing.
    """
    warnings: list[str] = []
    rows = [_row(line, warnings) for line in lines]
    total = sum(len(row.texts) for row in rows)
    if all(len(row.texts) == 1 for row in rows):
        names = _one_per_line(rows, size, end, switches)
    elif len(rows) == 1:
        names = _as_texts(rows, size, end, switches)
    else:
        by_line = len(rows) in (size, size + 1) and _have_parties(rows, size)
        by_text = total in (size, size + 1) and all(row.quoted for row in rows)
        if by_line and by_text and "names" not in switches:
            raise AmbiguousFileError(
                next(row.line for row in rows if len(row.texts) > 1),
                "two texts on a line",
                {
                    "names=lines": f"they are a name and a party, and {_shown([row.texts[0] for row in rows[:size]])}"
                    " are the options",
                    "names=texts": f"each is a name or the title, and {_shown(_texts(rows)[:size])} are the options",
                },
            )
        if switches.get("names", "lines" if by_line else "texts") == "lines":
            names = _with_parties(rows, size, end)
        else:
            names = _as_texts(rows, size, end, switches)
    names.warnings += warnings
    _check_names(names)
    if any(row.quoted for row in rows[:size]):
        names.dialect.insert(0, "quoted names")
    else:
        names.dialect.insert(0, "unquoted names")
    return names


def _row(line: Line, warnings: list[str]) -> _Row:
    text = line.text.strip(" \t\u00a0")
    if _C1.search(text):
        text = _C1.sub("", text)
        warnings.append(f"Line {line.number}: control characters are taken out of {text[:40]!r}.")
    if has_control(text):
        raise BallotFileError(line.number, "a control character in a name")
    if text[:1] in QUOTES and text:
        return _Row(line.number, _split_quoted(line.number, text), quoted=True)
    if any(quote in text for quote in '"“”„'):
        raise BallotFileError(line.number, f"{text[:40]!r}: a quote within a name that is not quoted")
    if not any(unicodedata.category(character)[0] == "L" for character in text):
        raise BallotFileError(line.number, f"{text[:20]!r} where a name, quoted or not, is expected")
    return _Row(line.number, (text,), quoted=False)


def _split_quoted(line: int, text: str) -> tuple[str, ...]:
    texts: list[str] = []
    place = 0
    while place < len(text):
        found = _QUOTED.match(text, place)
        if found:
            texts.append(found[1].replace('""', '"') if found[1] is not None else found[2])
            place = found.end()
        else:
            rest = text[place:].strip()
            if any(quote in rest for quote in '"“”„'):
                raise BallotFileError(line, "a quote that is not closed on its line")
            texts.append(rest)
            break
        while place < len(text) and text[place] in " \t\u00a0,;":
            place += 1
    return tuple(texts)


def _one_per_line(rows: Sequence[_Row], size: int, end: int, switches: Switches) -> Names:
    odd = next((row for row in rows[:size] if row.quoted != rows[0].quoted), None)
    if odd:
        raise BallotFileError(
            odd.line, f"{odd.texts[0][:40]!r} is {'' if odd.quoted else 'not '}quoted, unlike the name before it"
        )
    return _as_texts(rows, size, end, switches)


def _as_texts(rows: Sequence[_Row], size: int, end: int, switches: Switches) -> Names:
    texts = _texts(rows)
    if len(texts) < size:
        line = rows[-1].line if rows else end
        raise BallotFileError(line, f"{size} names are needed after the ballots, {len(texts)} found")
    if len(texts) > size + 1 and switches.get("texts") != "notes":
        raise AmbiguousFileError(
            rows[-1].line,
            f"{len(texts)} texts after the ballots, for {size} names and a title",
            {
                "texts=notes": f"{texts[size]!r} is the title, and what follows it is about the file",
                "": "the number of options in the first line is wrong, or a name is there that should not be",
            },
        )
    names = Names(tuple(texts[:size]), texts[size] if len(texts) > size else "")
    if len(texts) > size + 1:
        names.dialect.append("further texts after the title")
    _warn_without_title(names, len(texts) == size)
    return names


def _with_parties(rows: Sequence[_Row], size: int, end: int) -> Names:
    if len(rows) not in (size, size + 1) or not _have_parties(rows, size):
        raise BallotFileError(end, f"{size} lines with a name and at most a party are needed, and one with the title")
    named = rows[:size]
    title = rows[size].texts[0] if len(rows) > size else ""
    notes = tuple(row.texts[1] if len(row.texts) > 1 else "" for row in named)
    names = Names(tuple(row.texts[0] for row in named), title, notes, ["name and party on a line"])
    if "" in notes:
        names.warnings.append(f"Only some names have a second text, such as {named[_first_noted(notes)].texts[1]!r}.")
    _warn_without_title(names, len(rows) == size)
    return names


def _have_parties(rows: Sequence[_Row], size: int) -> bool:
    return all(len(row.texts) <= (2 if place < size else 1) for place, row in enumerate(rows))


def _first_noted(notes: Sequence[str]) -> int:
    return next(place for place, note in enumerate(notes) if note)


def _texts(rows: Sequence[_Row]) -> list[str]:
    return [text for row in rows for text in row.texts]


def _warn_without_title(names: Names, missing: bool) -> None:
    if missing:
        names.warnings.append(f"There is no title: the last text, {names.options[-1][:40]!r}, is read as a name.")


def _check_names(names: Names) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(names.options, 1):
        if not name.strip():
            names.warnings.append(f"Option {number} has no name.")
        elif (before := seen.setdefault(name.strip().casefold(), number)) != number:
            names.warnings.append(f"Options {before} and {number} have the same name, {name[:40]!r}.")


def _shown(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:20]) for name in names[:6]) + (", …" if len(names) > 6 else "")
