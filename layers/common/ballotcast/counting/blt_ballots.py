"""What each ballot of a BLT file says."""

from collections.abc import Sequence

from .ballot_file import LARGEST, TIES_ALL_LEFT, BallotFileError, Box, rank_together, ties_all_left
from .ballots import Ballot
from .blt_header import Header
from .blt_plain import TWICE
from .blt_rows import HOW_MANY, Cast, Row, Rows, line_of, read_rows, refuse_weight, tokens_of
from .blt_text import Line, Token, tokens, whole
from .reading import AmbiguousFileError, Switches

SKIPPED_RANKS = "skipped ranks, after which the others move up"


def read_ballots_of(lines: Sequence[Line], header: Header, end: int, switches: Switches) -> Cast:
    """Read the ballots from the lines after the header. `Cast.lines`: how many of all lines are read then."""
    cast = Cast()
    rows = read_rows(lines, header, end, cast, switches)
    with_id = [row for row in rows if not isinstance(row, Line) and row[0].kind == "group"]
    if with_id:
        _check_ids(rows, with_id)
    cast.ballots = _after_id(with_id, header, cast, switches) if with_id else _gather(rows, header, cast)
    return cast


def _check_ids(rows: Rows, with_id: Sequence[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Line) or row[0].kind != "group":
            raise BallotFileError(line_of(row), f"a ballot without an id, unlike that of line {with_id[0][0].line}")
        if (before := seen.setdefault(row[0].text, row[0].line)) != row[0].line:
            raise BallotFileError(row[0].line, f"the id {row[0].text[:40]} of line {before} again")


def _after_id(rows: Sequence[Row], header: Header, cast: Cast, switches: Switches) -> dict[Ballot, int]:
    """Return the ballots of a file with ids.

    Some programs write a number of ballots after the id, for others the id is it.
    """
    cast.dialect["ids of ballots"] = None
    counted = [row[1:] for row in rows]
    single = [[Token(row[0].line, "number", "1"), *row[1:]] for row in rows]
    readings: dict[str, tuple[Cast, dict[Ballot, int]]] = {}
    first: BallotFileError | None = None
    for name, found in (("count", counted), ("option", single)):
        if switches.get("after-id", name) != name:
            continue
        notes = Cast()
        try:
            for row, whole_row in zip(found, rows, strict=True):
                if not row:
                    raise BallotFileError(whole_row[0].line, f"the ballot ends where {HOW_MANY} is expected")
            readings[name] = notes, _gather(found, header, notes)
        except BallotFileError as error:
            first = first or error
    if len(readings) > 1:
        raise AmbiguousFileError(
            rows[0][0].line,
            f"a ballot with the id {rows[0][0].text[:40]}",
            {
                "after-id=count": "the number after an id says how many ballots there are",
                "after-id=option": "an id stands for one ballot, and the first option follows it",
            },
        )
    if not readings:
        assert first
        raise first
    ((name, (notes, ballots)),) = readings.items()
    meaning = "how many ballots there are" if name == "count" else "the first option of one ballot"
    cast.first = notes.first
    cast.warnings += [f"The number after the id of a ballot is read as {meaning}.", *notes.warnings]
    cast.dialect.update(notes.dialect)
    return ballots


def _gather(rows: Rows, header: Header, cast: Cast) -> dict[Ballot, int]:
    box = Box[Ballot]()
    twice = truncated = marked = bare = 0
    twice_at = truncated_at = marked_at = 0
    for kept in rows:
        plain = _plain(kept, header.size) if isinstance(kept, Line) else None
        if plain:
            bare += 1
            box.put(line_of(kept), *plain)
            cast.first.setdefault(plain[0], line_of(kept))
            continue
        row = tokens_of(kept)
        line = row[0].line
        number, at = _weight(row, cast)
        if at == 1:
            bare += 1
        else:
            marked, marked_at = marked + 1, marked_at or line
        groups = _ranking(row, at, header, cast)
        named = [option for group in groups for option in group]
        if len(set(named)) < len(named):
            twice, twice_at = twice + number, twice_at or line
        elif ties_all_left(groups, header.size, header.withdrawn):
            groups.pop()
            truncated, truncated_at = truncated + number, truncated_at or line
        ballot = rank_together(groups)
        box.put(line, ballot, number)
        cast.first.setdefault(ballot, line)
    if marked and bare:
        first = f"Line {marked_at}: a sign such as × after the number of ballots"
        cast.warnings.append(f"{first}, on {marked} of {marked + bare} lines. Is it an option that was lost?")
    if twice:
        cast.warnings.append(TWICE.format(line=twice_at, number=twice))
    if truncated:
        cast.warnings.append(TIES_ALL_LEFT.format(line=truncated_at, number=truncated))
    return box.ballots


def _plain(line: Line, size: int) -> tuple[Ballot, int] | None:
    """Return the ballot of a line of numbers and how many there are; None if it needs another look."""
    texts = line.text.split()
    number, *options = map(int, texts)
    if any(text[0] == "0" for text in texts) or len(set(options)) < len(options) or number > LARGEST:
        return None
    return None if options and max(options) > size else (tuple(options), number)


def _weight(row: Row, cast: Cast) -> tuple[int, int]:
    """Return how many ballots a row stands for, and where in it the ranking begins."""
    refuse_weight(row[0])
    number = whole(row[0], row[0].line, HOW_MANY, 1, LARGEST)
    if len(row) > 1 and row[1].kind == "times":
        cast.dialect["numbers of ballots with × or *"] = None
        return number, 2
    return number, 1


def _ranking(row: Row, at: int, header: Header, cast: Cast) -> list[list[int]]:
    groups: list[list[int]] = []
    joins = False
    for token in row[at:]:
        if token.kind == "equal":
            if joins or not groups or not groups[-1]:
                raise BallotFileError(token.line, "'=' where an option is expected")
            joins = True
        elif token.kind == "skip" and not joins:
            groups.append([])
            cast.dialect[SKIPPED_RANKS] = None
        elif token.kind == "group" and not joins:
            groups.append(_equal(token, header))
            cast.dialect["equal ranks in parentheses"] = None
        elif joins:
            groups[-1].append(_option(token, header))
            cast.dialect["equal ranks with ="] = None
            joins = False
        else:
            groups.append([_option(token, header)])
    while groups and not groups[-1]:
        groups.pop()
    if joins:
        raise BallotFileError(row[0].line, "0 where an option is expected after '='")
    return groups


def _equal(token: Token, header: Header) -> list[int]:
    inside = token.text[1:-1].replace("=", " ")
    found = list(tokens(Line(token.line, inside), commas_separate=True))
    if not found:
        raise BallotFileError(token.line, "() where an option is expected")
    return [_option(option, header) for option in found]


def _option(token: Token, header: Header) -> int:
    if token.kind == "nick" and token.text in header.nicks:
        return header.nicks[token.text]
    return whole(token, token.line, "an option, or the 0 that ends the ballot", 1, header.size)
