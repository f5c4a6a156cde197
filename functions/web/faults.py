"""What is wrong with a form: told at its fields and in a summary, in the reader's language.

The API gives each fault a code and its values next to a JSON pointer (`ballotcast.faults`), which are worded here. What
has no code of its own, or is of a release that these pages do not know, is shown as the API words it, marked as
English.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from ballotcast.client.errors import ClientError
from ballotcast.faults import OTHER
from ballotcast.faults import Fault as Told
from ballotcast.http.problems import STATUS
from web.pages import Page
from web.routing import advice, refused, waiting

Place = Callable[[str], tuple[str, str]]
"""From a JSON pointer to the name of a field and its label."""


@dataclass(frozen=True)
class Fault:
    name: str
    label: str
    text: Markup


@dataclass
class Faults:
    """`notice`: what is wrong with the whole; `status`: that of the page which tells it."""

    found: list[Fault] = field(default_factory=list)
    notice: Markup = field(default_factory=Markup)
    status: int = 422

    def add(self, name: str, label: str, text: Markup) -> None:
        self.found.append(Fault(name, label, text))

    def join(self, others: "Faults") -> None:
        """What is told of a field already is not told again; a notice only where no field is at fault."""
        known = {fault.name for fault in self.found}
        self.found += [fault for fault in others.found if fault.name not in known]
        if not self.found:
            self.notice, self.status = others.notice, others.status

    def of(self, name: str) -> list[Markup]:
        return [fault.text for fault in self.found if fault.name == name]

    def begins(self, start: str) -> bool:
        """Whether a field whose name begins so is at fault."""
        return any(fault.name.startswith(start) for fault in self.found)

    def under(self, prefix: str) -> bool:
        """Whether a field of this group is at fault that stands among its further settings."""
        first = {f"{prefix}-{name}" for name in ("title", "method", "options", "seats", "text", "about")}
        return any(fault.name.startswith(f"{prefix}-") and fault.name not in first for fault in self.found)

    def __bool__(self) -> bool:
        return bool(self.found or self.notice)


def faults_of(page: Page, error: ClientError, place: Place) -> Faults:
    """What the API refused. Without fields that are at fault, or with faults of no field: a notice."""
    refusal = refused(error)
    status = STATUS[type(refusal)].value
    faults = Faults(status=status)
    for wrong in refusal.errors:
        name, label = place(wrong.pointer)
        faults.add(name, label, in_words(page, wrong.fault))
    if not faults.found:
        faults.notice = Markup(" ").join(
            part for part in (advice(page, refusal.slug, status), waiting(page, refusal.retry_after)) if part
        )
    return faults


def in_words(page: Page, found: Told) -> Markup:
    """A fault in the page's language."""
    if found.code == OTHER:
        return Markup('<span lang="en">{}</span>').format(found.params["reason"])
    return escape(found.words(page.language.code))


def told(report: Mapping[str, Any], words: str = "detail") -> Told:
    """A fault as the API tells it within a report; `words`: where its English words are."""
    return Told.read(report.get("code"), report.get("params"), report[words])


def by_label(page: Page, labels: dict[str, str]) -> Place:
    """Fields named as the API's members; `labels`: name → key of the catalogue."""

    def place(pointer: str) -> tuple[str, str]:
        name = next(iter(_parts(pointer)), "")
        return (name, page.text(labels[name])) if name in labels else ("", "")

    return place


def _parts(pointer: str) -> Iterable[str]:
    parts: Sequence[str] = pointer.split("/")[1:]
    return parts
