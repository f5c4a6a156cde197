"""What the header of a CSV file of ballots says: which columns rank, which are about the ballot, which are open.

Rank columns: ``1st``, ``First choice``, ``rank1``, ``Choice 1``, ``Mayor - 1st Choice``, ``Choice 1 of 3 Mayor``, ``For
Mayor Choice 1 (45)``, ``Board [1st choice]``, ``q1[1]``, ``1``. What stands around them names the contest. A column
with another name than those here is open: an option, a question, or a fault.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .csv_names import fold, spelling, word_set

Role = Literal["rank", "count", "number", "id", "about", "contest", "submitted", "ignored", "open"]

COUNTS = frozenset({"count", "weight", "ballots", "multiplicity"})
NUMBERS = frozenset({"number", "no", "no.", "nr", "nr.", "num", "#", "row", "row number", "line", "index", "sequence"})
CONTESTS = frozenset({"contest", "contest id", "contest name", "race", "office", "poll", "poll id", "pollid"})
SUBMITTED = frozenset({"submitdate", "date submitted"})
IDS = word_set(
    """id, ballot, ballot id, ballotid, ballot number, ballot no, voter, voter id, voterid, voter number, cvr, cvr id,
    cvr number, cvr no, cast vote record, record id, response id, respondent id, submission id, imprinted id, uuid"""
)
ABOUT = word_set(
    """precinct, precinct id, precinct name, precinct portion, ballot style, ballot style id, ballot type, ward, batch,
    district, batch id, tabulator, tabulator id, counting group, source filepath, cvr provider, email, e mail, seed,
    email address, name, full name, username, user name, ip address, ipaddr, refurl, referrer url, lastpage, last page,
    startlanguage, start language, language, timestamp, time, date, start time, completion time, last modified time,
    token, access code, startdate, date started, datestamp, date last action, votetime, vote time, submitted at,
    created at, created"""
)

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_ORDINAL = rf"[0-9]{{1,3}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}"
_NUMBER = r"(?:no\.? ?|nr\.? ?|number |# ?)?(?P<n>[0-9]{1,3})"
_WORD = "(?:choice|preference|pref|rank(?:ing)?)"
_SURE = rf"\b(?:(?P<o>{_ORDINAL})[ -]?{_WORD}|{_WORD}[ -]?{_NUMBER})"
_ALONE = re.compile(
    rf"(?:(?P<o>{_ORDINAL}|[0-9]{{1,3}})(?:[ -]?(?:choice|preference|pref|rank|place|position|priority))?"
    rf"|(?:choice|preference|pref|rank(?:ing)?|place|position|priority)[ -]?{_NUMBER})",
    re.IGNORECASE,
)
_AMONG = re.compile(rf"(?P<before>.*){_SURE}\b(?: of [0-9]{{1,3}}\b)?(?P<after>.*)", re.IGNORECASE)
_BRACKET = re.compile(r"(?P<question>.*\S) ?\[(?P<answer>[^\[\]]+)\]")
_DASH = re.compile(r"(?P<question>.*\S) ?(?: - | – |: )(?P<answer>[^\[\]]+)")


@dataclass(frozen=True)
class Column:
    """rank: 1-based, of a rank column. contest: what the header says of it, or nothing."""

    place: int
    name: str
    role: Role
    rank: int = 0
    contest: str = ""


def columns_of(header: Sequence[str], *, options: Sequence[str], count: str, ignore: Sequence[str]) -> list[Column]:
    """Return the columns of a header. What a person says of a column goes before what its name says."""
    chosen: dict[str, str] = {fold(name): "open" for name in options}
    chosen |= {fold(count): "count"} | {fold(name): "ignored" for name in ignore}
    return [
        _column(place, spelling(name), chosen.get(fold(name), "") if fold(name) else "")
        for place, name in enumerate(header)
    ]


def rank_in(text: str) -> int:
    """Return the rank that a text such as ``1st choice``, ``Rank 2`` or ``third`` is; 0 for others, also for a bare
    number.
    """
    found = _ALONE.fullmatch(text)
    return _rank(found) if found and not text.isdigit() else 0


def split_bracket(name: str) -> tuple[str, str]:
    """Question and answer of a column such as ``Board [Ada]``; no question where there is none."""
    found = _BRACKET.fullmatch(name)
    return (found["question"], found["answer"].strip()) if found else ("", name)


def _column(place: int, name: str, chosen: str) -> Column:
    key = fold(name.replace("_", " ").replace("-", " "))
    for role, names in _ROLES.items():
        if chosen == role or (not chosen and key in names):
            return Column(place, name, role)
    if chosen != "open":
        rank, contest = _ranked(name.replace("_", " "))
        if rank:
            return Column(place, name, "rank", rank, contest)
    return Column(place, name, "open")


_ROLES: dict[Role, frozenset[str]] = {
    "ignored": frozenset(),
    "count": COUNTS,
    "number": NUMBERS,
    "id": IDS,
    "about": ABOUT,
    "contest": CONTESTS,
    "submitted": SUBMITTED,
}


def _ranked(name: str) -> tuple[int, str]:
    if found := _ALONE.fullmatch(name):
        return _rank(found), ""
    for form in (_BRACKET, _DASH):
        outer = form.fullmatch(name)
        if outer and (found := _ALONE.fullmatch(outer["answer"].strip())):
            return _rank(found), outer["question"]
    if found := _AMONG.fullmatch(name):
        around = f"{found['before']} {found['after']}".strip(" -–:,[]")
        return _rank(found), spelling(around)
    return 0, ""


def _rank(found: re.Match[str]) -> int:
    text = (found["o"] or found["n"]).lower()
    return _ORDINALS.index(text) + 1 if text in _ORDINALS else int(re.sub("[a-z]", "", text))
