"""Profiles written as BLT in any dialect, apart from the product's own reader and writer, and files that are broken."""

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from ballotcast.counting.ballot_file import BallotFile

from .elections import aggregate

PEOPLE = ["Ada", "Björn", "Chloé", "Dan Lee", "Ewa", "Zoë O'Neil"]
PARTIES = ["Green", "Labour", "SNP", "Independent", "None", "Red"]
Ranking = list[list[int]]


@dataclass(frozen=True)
class Dialect:
    separator: str
    zero: bool
    one_line: bool
    times: str
    ids: bool
    nicks: bool
    equal: str
    skips: bool
    names: str
    comments: str
    withdrawn: str
    end: str
    encoding: str


PLAIN = Dialect(" ", True, False, "", False, False, "=", False, "quoted", "", "lines", "\n", "utf-8")


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    one_of = lambda *values: draw(st.sampled_from(values))  # noqa: E731
    zero = one_of(True, True, True, False)
    return Dialect(
        separator=one_of(" ", " ", "\t", ",", ", "),
        zero=zero,
        one_line=zero and one_of(False, False, False, True),
        times=one_of("", "", "*", "x", " ×"),
        ids=one_of(False, False, True),
        nicks=one_of(False, False, True),
        equal=one_of("=", " = ", "()"),
        skips=one_of(False, True),
        names=one_of("quoted", "bare", "smart", "party", "flat"),
        comments=one_of("", "", "#", "//", "/*"),
        withdrawn=one_of("lines", "one line", "brackets"),
        end=one_of("\n", "\r\n", "\r", "\n\n"),
        encoding=one_of("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"),
    )


@dataclass(frozen=True)
class Profile:
    """rows: how many ballots, and the options at each rank; an option twice is possible."""

    names: list[str]
    title: str
    seats: int
    withdrawn: list[int]
    rows: list[tuple[int, Ranking]]

    def expected(self) -> BallotFile:
        """What a reader makes of it: ballots that rank all that is left equally and last stop before."""
        ballots = []
        for number, ranking in self.rows:
            named = [option for group in ranking for option in group]
            left = set(range(1, len(self.names) + 1)) - set(self.withdrawn)
            if len(set(named)) == len(named) and ranking and len(ranking[-1]) > 1 and left <= set(named):
                ranking = ranking[:-1]
            ballots.append((tuple(group[0] if len(group) == 1 else tuple(sorted(group)) for group in ranking), number))
        return BallotFile(self.title, tuple(self.names), self.seats, tuple(self.withdrawn), aggregate(ballots))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    size = draw(st.integers(2, len(PEOPLE)))
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        order = draw(st.permutations(range(1, size + 1)))[: draw(st.integers(0, size))]
        ranking: Ranking = []
        for option in order:
            if ranking and draw(st.integers(0, 5)) == 0:
                ranking[-1].append(option)
            else:
                ranking.append([option])
        if ranking and draw(st.integers(0, 15)) == 0:
            ranking.append(ranking[0][:1])
        rows.append((draw(st.integers(1, 40)), ranking))
    withdrawn = draw(st.sets(st.integers(1, size), max_size=1)) if draw(st.booleans()) else set()
    return Profile(PEOPLE[:size], "Board", draw(st.integers(1, 3)), sorted(withdrawn), rows)


def write(profile: Profile, dialect: Dialect) -> list[str]:
    """The lines of a file."""
    size = len(profile.names)
    lines = [f"{size}{dialect.separator}{profile.seats}"]
    nicks = [f"c{number}" if dialect.nicks else str(number) for number in range(size + 1)]
    if dialect.nicks and not dialect.one_line:
        lines.append(f"[nick {' '.join(nicks[1:])}]")
    if profile.withdrawn:
        gone = [f"-{option}" for option in profile.withdrawn]
        if dialect.one_line:
            lines[0] += dialect.separator + dialect.separator.join(gone)
        else:
            bracketed = [f"[withdrawn {' '.join(map(str, profile.withdrawn))}]"]
            lines += {"lines": gone, "one line": [" ".join(gone)], "brackets": bracketed}[dialect.withdrawn]
    if dialect.nicks and dialect.one_line:
        nicks = list(map(str, range(size + 1)))
    ballots = [_ballot(place, number, ranking, dialect, nicks) for place, (number, ranking) in enumerate(profile.rows)]
    if dialect.one_line:
        lines = [dialect.separator.join([*lines, *ballots, "0"])]
    else:
        lines += [*ballots, "0"]
    if dialect.comments:
        close = " */" if dialect.comments == "/*" else ""
        lines[-1] += f" {dialect.comments} the end{close}"
        lines.insert(0, f"{dialect.comments} made by hand{close}")
    return lines + _names(profile, dialect)


def _ballot(place: int, number: int, ranking: Ranking, dialect: Dialect, nicks: list[str]) -> str:
    parts = [f"{number}{dialect.times}"]
    for rank, group in enumerate(ranking):
        if dialect.skips and (place + rank) % 3 == 0:
            parts.append("-")
        named = [nicks[option] for option in group]
        if len(group) == 1:
            parts += named
        else:
            parts.append(f"({' '.join(named)})" if dialect.equal == "()" else dialect.equal.join(named))
    if dialect.zero:
        parts.append("0")
    return (f"(b{place}) " if dialect.ids else "") + dialect.separator.join(parts)


def _names(profile: Profile, dialect: Dialect) -> list[str]:
    names, title = profile.names, profile.title
    match dialect.names:
        case "quoted":
            return [f'"{name}"' for name in [*names, title]]
        case "bare":
            return [*names, title]
        case "smart":
            return [f"“{name}”" for name in [*names, title]]
        case "flat":
            return [" ".join(f'"{name}"' for name in [*names, title])]
        case _:
            named = zip(names, PARTIES, strict=False)
            return [*(f'"{name}" "{party}"' for name, party in named), f'"{title}"']


def data_of(lines: list[str], dialect: Dialect) -> bytes:
    return (dialect.end.join(lines) + dialect.end).encode(dialect.encoding)


KINDS = [
    "drop 0",
    "drop line",
    "join",
    "split",
    "shift",
    "add number",
    "header",
    "add name",
    "quote",
    "cut",
    "character",
]


@st.composite
def mutants(draw: st.DrawFn, lines: list[str]) -> tuple[str, list[str]]:
    """A kind of fault, and the lines with it."""
    kind = draw(st.sampled_from(KINDS))
    lines = list(lines)
    place = draw(st.integers(0, len(lines) - 1))
    line = lines[place]
    numbers = list(re.finditer(r"[0-9]+", line))
    pick = draw(st.integers(0, max(0, len(numbers) - 1)))
    match kind:
        case "drop 0":
            zeros = [place for place, line in enumerate(lines) if re.search(r"\b0\b", line)]
            place = draw(st.sampled_from(zeros))
            lines[place] = re.sub(r"[\s,]*\b0\b", "", lines[place], count=1)
        case "drop line":
            del lines[place]
        case "join" if place + 1 < len(lines):
            lines[place : place + 2] = [line + draw(st.sampled_from(["", " "])) + lines[place + 1]]
        case "split" if " " in line or "," in line:
            cut = draw(st.sampled_from([found.start() for found in re.finditer("[ ,]", line)]))
            lines[place : place + 1] = [line[:cut], line[cut + 1 :]]
        case "shift" if place + 1 < len(lines) and " " in line:
            head, last = line.rsplit(" ", 1)
            if draw(st.booleans()):
                lines[place : place + 2] = [head, f"{last} {lines[place + 1]}"]
            else:
                first, _, rest = lines[place + 1].partition(" ")
                lines[place : place + 2] = [f"{line} {first}", rest]
        case "add number" if numbers:
            added = draw(st.sampled_from(["0", "1", "2", "9", "-1", "2.5", "1,5"]))
            at = numbers[pick].start()
            lines[place] = f"{line[:at]}{added} {line[at:]}"
        case "header":
            size, seats = re.findall("[0-9]+", next(line for line in lines if line[0].isdigit()))[:2]
            at = next(at for at, line in enumerate(lines) if line[0].isdigit())
            new = draw(
                st.sampled_from(["{0} {1} 0", "{0} {1} 1", "{0}", "{1} {0}", "{0}{1}", "{up} {1}", "{down} {1}"])
            )
            rest = lines[at].split(seats, 1)[1]
            lines[at] = new.format(size, seats, up=int(size) + 1, down=int(size) - 1) + rest
        case "add name":
            lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(['"Eve"', "Eve", "“Eve”"])))
        case "quote":
            quotes = [found.start() for found in re.finditer('["“”]', line)]
            if quotes:
                at = draw(st.sampled_from(quotes))
                lines[place] = line[:at] + line[at + 1 :]
        case "cut":
            lines = [*lines[:place], line[: draw(st.integers(0, len(line)))]]
        case "character":
            at = draw(st.integers(0, len(line)))
            new = draw(st.sampled_from([*" 0,=()-#/\"'[]*x.\u0085\u200b", "/*", "*/", "//"]))
            lines[place] = line[:at] + new + line[at + draw(st.integers(0, 1)) :]
    return kind, lines


def is_plain(lines: list[str]) -> bool:
    """Whether lines are still a file in the plain dialect, with all names and a title: just another valid file."""
    if not lines or not (head := re.fullmatch(" *([1-9][0-9]*) +([1-9][0-9]*) *", lines[0])):
        return False
    size = int(head[1])
    body = iter(lines[1:])
    for text in body:
        line = " ".join(text.split())
        if line == "0":
            break
        options = [int(number) for number in re.findall("[0-9]+", line)]
        if re.fullmatch(r"-[1-9][0-9]*", line) and options[0] <= size:
            continue
        if not re.fullmatch(r"[1-9][0-9]*( [1-9][0-9]*(=[1-9][0-9]*)*)* 0", line) or max(options[1:]) > size:
            return False
    rest = list(body)
    return len(rest) == size + 1 and all(re.fullmatch('"[^"]*"', line) for line in rest)
