"""The form of a draft: from what was typed to what the API takes, from an election to what the form shows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.templates import TEMPLATES
from ballotcast.errors import FieldError, Invalid
from web.faults import Fault, Faults
from web.forms import Form
from web.methods import BALLOT, left_out
from web.pages import Page
from web.said import Said, fitting, read_said
from web.wall_time import NoSuchTime, NotATime, TwoSuchTimes, from_wall, known_zone, to_wall

MOST_CONTESTS = 100
FIELDS = ("title", "description", "opens_at", "closes_at")
"""In the order of the form; after them the contests, and the rest."""
NUMBERS = ("seats", "min", "max")
SWITCHES = ("none_of_the_above", "default_option", "abstain", "motion")
_TIME_FAULTS = {NotATime: "no_time", NoSuchTime: "skipped_time", TwoSuchTimes: "double_time"}
_POINTER = re.compile(r"/contests/(\d+)(?:/(\w+)(?:/(\d+))?)?.*")


@dataclass
class ContestForm:
    """As typed: numbers are text, `options` has one on each line; what is empty is left to the API."""

    title: str = ""
    method: str = "plurality"
    options: str = ""
    seats: str = "1"
    min: str = ""
    max: str = ""
    tie: str = ""
    quorum: str = ""
    threshold: str = ""
    threshold_of: str = "valid"
    none_of_the_above: str = ""
    default_option: str = ""
    abstain: str = ""
    motion: str = ""
    order: str = ""
    text: str = ""
    said: list[Said] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.options.split("\n") if line.strip()]

    @property
    def about(self) -> list[Said]:
        """What is said of each option."""
        return fitting(self.said, self.lines)

    @property
    def special(self) -> bool:
        """Whether it says more than most contests do."""
        switched = (getattr(self, name) for name in ("quorum", "threshold", "order", *SWITCHES))
        return bool(self.min or self.max or self.tie or any(switched))

    @property
    def untouched(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.title or self.options)

    @classmethod
    def typed(cls, form: Form, number: int) -> Self:
        """Contest `number` of a form."""
        texts: dict[str, Any] = {
            one.name: form.text(f"contest-{number}-{one.name}") for one in fields(cls) if one.type is str
        }
        return cls(**texts, said=read_said(form, number))

    @classmethod
    def from_template(cls, name: str, page: Page) -> Self:
        """A starting point, with its texts in the page's language."""
        members: dict[str, Any] = {
            key: "yes" if value is True else str(value) for key, value in TEMPLATES[name].items()
        }
        known = [key for key in ("title", "options") if page.language.has(f"manage.template_{name}_{key}")]
        texts: dict[str, Any] = {
            key: str(page.text(f"manage.template_{name}_{key}")).replace(" / ", "\n") for key in known
        }
        return cls(**texts, **members)


@dataclass
class DraftForm:
    """`opens_which`, `closes_which`: `first` or `second` of a time that comes twice; `double`: those that do."""

    title: str = ""
    description: str = ""
    zone: str = ""
    opens_at: str = ""
    opens_which: str = ""
    closes_at: str = ""
    closes_which: str = ""
    second_factor: str = "none"
    country: str = ""
    release: str = "automatic"
    contests: list[ContestForm] = field(default_factory=lambda: [ContestForm()])
    double: set[str] = field(default_factory=set)

    @classmethod
    def typed(cls, form: Form) -> Self:
        names = [one.name for one in fields(cls) if one.type is str]
        numbers = (re.fullmatch(r"contest-(\d{1,3})-title", name) for name in form.names())
        shown = sorted({int(found[1]) for found in numbers if found})[:MOST_CONTESTS]
        contests = [ContestForm.typed(form, number) for number in shown]
        typed: dict[str, Any] = {name: form.text(name) for name in names}
        return cls(**{**typed, "zone": known_zone(typed["zone"]), "contests": contests})

    @classmethod
    def of(cls, election: Mapping[str, Any]) -> Self:
        """In UTC; a script turns the times into those of the reader's zone."""
        opens, closes = (to_wall(from_rfc3339(election[name]), "UTC")[0] for name in ("opens_at", "closes_at"))
        same = {name: election[name] for name in ("title", "description", "second_factor", "country", "release")}
        contests = [_shown(contest) for contest in election["contests"]]
        return cls(**same, zone="UTC", opens_at=opens, closes_at=closes, contests=contests)

    def read(self, page: Page, faults: Faults) -> dict[str, Any]:
        """What the API takes; adds to `faults` what cannot be read: it is null there, which the API refuses."""
        times = {name: self._moment(page, name, faults) for name in ("opens_at", "closes_at")}
        return {
            "title": self.title,
            "description": self.description,
            **{name: moment and to_rfc3339(moment) for name, moment in times.items()},
            "second_factor": self.second_factor,
            "country": self.country.upper(),
            "release": self.release or "automatic",
            "contests": [self._contest(page, number, faults) for number in range(len(self.contests))],
        }

    def place(self, page: Page) -> Callable[[str], tuple[str, str]]:
        """Where the API's pointers lead (faults.Place)."""

        def find(pointer: str) -> tuple[str, str]:
            if not (found := _POINTER.fullmatch(pointer)):
                name = pointer.removeprefix("/")
                return name, page.text(f"manage.{name}") if page.language.has(f"manage.{name}") else name
            number, member, item = int(found[1]), found[2] or "title", found[3]
            label = self.label(page, number, member)
            lines = self.contests[number].lines if number < len(self.contests) else []
            if item and int(item) < len(lines):
                label = f"{label}, “{lines[int(item)][:40]}”"
            return f"contest-{number}-{member}", label

        return find

    def label(self, page: Page, number: int, member: str) -> str:
        contest = page.text("manage.contest", number=number + 1)
        return f"{contest}, {page.text(f'manage.contest_{member}')}"

    def _moment(self, page: Page, name: str, faults: Faults) -> datetime | None:
        which = self.opens_which if name == "opens_at" else self.closes_which
        try:
            return from_wall(getattr(self, name), self.zone, which)
        except (NotATime, NoSuchTime, TwoSuchTimes) as error:
            self.double |= {name} if isinstance(error, TwoSuchTimes) else set()
            faults.add(name, page.text(f"manage.{name}"), page.text(f"field.{_TIME_FAULTS[type(error)]}"))
            return None

    def _contest(self, page: Page, number: int, faults: Faults) -> dict[str, Any]:
        contest = self.contests[number]
        read: dict[str, Any] = {"title": contest.title, "method": contest.method, "options": contest.lines}
        for name in NUMBERS:
            typed = getattr(contest, name)
            if re.fullmatch(r"\d{1,4}", typed, re.ASCII):
                read[name] = int(typed)
            elif typed:
                read[name] = None
                faults.add(f"contest-{number}-{name}", self.label(page, number, name), page.text("field.number"))
        told = {
            name: getattr(contest, name) for name in ("tie", "quorum", "threshold", "order") if getattr(contest, name)
        }
        if contest.text:
            told["text"] = contest.text
        if any(one.statement or one.link or one.photo for one in contest.about):
            read["about"] = [one.fields for one in contest.about]
        if contest.threshold:
            told["threshold_of"] = contest.threshold_of or "valid"
        return {**read, **told, **{name: True for name in SWITCHES if getattr(contest, name)}}


def broken_rules(given: Mapping[str, Any], now: datetime) -> list[FieldError]:
    """Which rules of drafts are broken: the API tells them only when each field is right by itself."""
    from ballotcast.elections.draft import contests_of, require_window  # pages load faster without the rules

    contests = [{name: value for name, value in one.items() if value is not None} for one in given["contests"]]
    wrong: list[FieldError] = []
    try:
        contests_of(contests)
    except Invalid as error:
        wrong += error.errors
    try:
        if given["opens_at"] and given["closes_at"]:
            require_window(from_rfc3339(given["opens_at"]), from_rfc3339(given["closes_at"]), now)
    except Invalid as error:
        wrong += error.errors
    return wrong


def position(fault: Fault) -> tuple[int, int]:
    """Where in the form a fault's field stands."""
    contest = re.match(r"contest-(\d+)", fault.name)
    return (FIELDS.index(fault.name) if fault.name in FIELDS else len(FIELDS)), int(
        contest[1]
    ) if contest else MOST_CONTESTS


def _shown(contest: Mapping[str, Any]) -> ContestForm:
    """What follows from the rest is left empty, so that it goes on to follow when the rest is changed."""
    known = left_out(contest["method"], contest["seats"], len(contest["options"]))
    told = {name: "" if contest[name] == value else str(contest[name]) for name, value in known.items()}
    same = {name: contest[name] for name in ("title", "method")}
    same |= {name: contest[name] for name in ("threshold_of", "order") if name in contest}
    same |= {name: as_typed(contest[name]) for name in ("quorum", "threshold") if name in contest}
    same |= {name: "yes" for name in SWITCHES if name in contest}
    about = zip(contest["options"], contest.get("about", ()), strict=False)
    said = [Said(option, one.get("statement", ""), one.get("link", ""), one.get("photo", "")) for option, one in about]
    return ContestForm(
        **same,
        options="\n".join(contest["options"]),
        seats=str(contest["seats"]),
        **told,
        text=contest.get("text", ""),
        said=said,
    )


def ballot_of(draft: DraftForm) -> list[dict[str, Any]]:
    """The contests as far as they are told, as a ballot shows them."""
    ballots = []
    for contest in draft.contests:
        seats = int(contest.seats) if re.fullmatch(r"\d{1,3}", contest.seats, re.ASCII) else 1
        known = left_out(contest.method, seats, len(contest.lines))
        told = {name: int(typed) for name in ("min", "max") if (typed := getattr(contest, name)).isdecimal()}
        ballots.append(
            {
                **known,
                **told,
                "title": contest.title,
                "method": contest.method,
                "kind": BALLOT.get(contest.method, "choice"),
                "options": contest.lines,
                "seats": seats,
                **{name: True for name in SWITCHES if getattr(contest, name)},
                **_parts(contest),
                **({"order": contest.order} if contest.order else {}),
                **({"text": contest.text} if contest.text else {}),
                "about": [one.fields for one in contest.about],
            }
        )
    return ballots


def _parts(contest: ContestForm) -> dict[str, str]:
    """Quorum and threshold as the manifest has them, where they are parts; others are told when the draft is kept."""
    from ballotcast.elections.draft import as_fraction  # pages load faster without the rules

    written = {name: as_fraction(getattr(contest, name)) for name in ("quorum", "threshold")}
    known = {name: part for name, part in written.items() if re.fullmatch(r">?\d+/\d+", part, re.ASCII)}
    return known | ({"threshold_of": contest.threshold_of or "valid"} if "threshold" in known else {})


def as_typed(part: str) -> str:
    """A part of the manifest as organisers write it: `40/100` as `40%`."""
    above, _, below = part.partition("/")
    return f"{above}%" if below == "100" else part
