"""The beginning of a BLT file: options, seats, withdrawn options, and options of the Droop program in brackets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .ballot_file import LARGEST, BallotFileError
from .blt_text import Line, Token, tokens, whole

_SETTING = re.compile(r"\s*\[\s*(\w+)((?:[\s,][^\[\]]*)?)\]")
_NICK = re.compile(r"(?![xX]$)[^\W\d_]\w*")


@dataclass
class Header:
    """lines: how many of the file's lines it takes. rest: what follows the header on its own line."""

    size: int
    seats: int
    lines: int = 1
    rest: Sequence[Token] = ()
    withdrawn: set[int] = field(default_factory=set)
    nicks: Mapping[str, int] = field(default_factory=dict)
    dialect: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_header(lines: Sequence[Line], end: int, *, commas_separate: bool) -> Header:
    """Read the header from the first of the file's lines. end: the number of the last line."""
    if not lines:
        raise BallotFileError(end, "the file ends where the number of options is expected")
    first = lines[0]
    found = list(tokens(first, commas_separate=commas_separate))
    size = whole(found[0] if found else None, first.number, "the number of options", 1, LARGEST)
    seats = whole(found[1] if len(found) > 1 else None, first.number, "the number of seats", 1, LARGEST)
    header = Header(size, seats)
    place = 2
    while place < len(found) and _is_negative(found[place]):
        header.withdrawn.add(-whole(found[place], first.number, "a withdrawn option", -size, -1))
        place += 1
    header.rest = found[place:]
    if header.rest and not ends_ballots(header.rest):
        raise BallotFileError(
            first.number,
            f"{header.rest[0].text[:20]!r} after the number of options and of seats: the first line holds these two",
        )
    if not header.rest:
        _read_more(header, lines, commas_separate=commas_separate)
    if header.withdrawn:
        header.dialect.append("withdrawn options")
    left = size - len(header.withdrawn)
    if seats >= left:
        header.warnings.append(f"Line {first.number}: {seats} seats for {left} options that are not withdrawn.")
    return header


def ends_ballots(rest: Sequence[Token]) -> bool:
    """Return whether the ballots end on this line, in one 0 more than that of the last ballot."""
    numbers = [token.text for token in rest if token.kind != "quote"]
    return numbers == ["0"] or numbers[-2:] == ["0", "0"]


def _read_more(header: Header, lines: Sequence[Line], *, commas_separate: bool) -> None:
    """Withdrawn options and settings, on lines of their own."""
    while header.lines < len(lines):
        line = lines[header.lines]
        if line.text.lstrip().startswith("["):
            _read_settings(header, lines)
        elif re.match(r"\s*-[0-9]", line.text):
            for token in tokens(line, commas_separate=commas_separate):
                header.withdrawn.add(-whole(token, line.number, "a withdrawn option", -header.size, -1))
            header.lines += 1
        else:
            return


def _read_settings(header: Header, lines: Sequence[Line]) -> None:
    first = lines[header.lines].number
    parts: list[str] = []
    while header.lines < len(lines) and not (parts and parts[-1].endswith("]")):
        parts.append(lines[header.lines].text.strip())
        header.lines += 1
    text = "\n".join(parts)
    while text.strip():
        found = _SETTING.match(text)
        if not found:
            raise BallotFileError(first, f"{text.strip()[:40]!r} where a setting such as [tie 2 1 3] is expected")
        _apply(header, first, found[1].lower(), re.split(r"[\s,]+", found[2].strip()) if found[2].strip() else [])
        text = text[found.end() :]


def _apply(header: Header, line: int, name: str, values: list[str]) -> None:
    if name == "nick":
        if len(values) != header.size or len(set(values)) != header.size or not all(map(_NICK.fullmatch, values)):
            raise BallotFileError(
                line, f"[nick] needs {header.size} different names of letters and digits, none of them x"
            )
        header.nicks = {nick: option for option, nick in enumerate(values, 1)}
        header.dialect.append("nicknames")
    elif name == "tie":
        if len(values) != header.size or len({_option(header, line, value) for value in values}) != header.size:
            raise BallotFileError(line, f"[tie] needs each of the {header.size} options once")
        header.warnings.append(f"Line {line}: the order in [tie] is not used; --tie and --seed decide ties.")
        header.dialect.append("an order for ties")
    elif name == "withdrawn":
        header.withdrawn.update(_option(header, line, value) for value in values)
    elif name == "droop":
        header.warnings.append(f"Line {line}: the settings in [droop] are not used.")
    else:
        raise BallotFileError(line, f"[{name[:20]}] is not one of [nick], [tie], [withdrawn] and [droop]")


def _option(header: Header, line: int, text: str) -> int:
    if text in header.nicks:
        return header.nicks[text]
    return whole(
        Token(line, "number" if re.fullmatch("-?[0-9]+", text) else "nick", text), line, "an option", 1, header.size
    )


def _is_negative(token: Token) -> bool:
    return token.kind == "number" and token.text.startswith("-")
