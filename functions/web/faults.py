"""What is wrong with a form: told at its fields and in a summary, in the reader's language.

The API words each fault in English next to a JSON pointer. Its sentences are few and fixed; each has its entry in the
catalogue, and one that has none is shown as it is, marked as English.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ballotcast.client.errors import ClientError
from ballotcast.http.problems import STATUS
from web.pages import Page
from web.routing import advice, refused, waiting

_WORDS = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"String should have at least 1 character", "empty"),
        (r"String should have at most (?P<most>\d+) characters", "long"),
        (r"must not hold control characters.*", "control"),
        (r"must not hold control, direction or invisible characters, like (?P<code>.*)", "invisible"),
        (r"must not begin or end with spaces", "spaces"),
        (r"(?:Tuple|List) should have at least 1 item.*", "no_items"),
        (r"(?:Tuple|List) should have at most (?P<most>\d+) items.*", "many_items"),
        (r"holds “(?P<option>.*)” twice", "twice"),
        (r"holds “(?P<option>.*)” and “(?P<other>.*)”, which look alike", "look_alike"),
        (r"must not be more than the options", "over_options"),
        (r"must not be more than the seats in a plurality contest", "over_seats"),
        (r"must not be less than min", "under_min"),
        (r"must be more than min, and at most (?P<most>\d+), where options are scored", "score_range"),
        (r"must be 1 in a contest by .*", "one_seat"),
        (r".* fills one seat, not \d+", "one_seat"),
        (r"Input should be (?:greater|less) than or equal to (?P<bound>\d+)", "bound"),
        (r"must not compare more than (?P<most>\d+) committees in all", "committees"),
        (r".*committees.*", "committees_here"),
        (r"must not be longer than (?P<most>\d+) bytes in all", "bytes"),
        (r"must be after opens_at", "before_opening"),
        (r"must be later than the end that is in force", "not_later"),
        (r"must not be more than (?P<days>\d+) days after the end in the manifest", "far_later"),
        (r"must be in the future", "past"),
        (r"this platform sends no text messages.*", "no_sms"),
        (r"Invitations to (?P<voters>\d+) voters take (?P<days>\d+) days: (?P<most>\d+) mails.*", "days_of_mails"),
        (r"must be one line", "one_line"),
        (r"must be a name, not an address .*", "no_organisation"),
        (r"not a time zone of the IANA database.*", "bad_zone"),
        (r"unknown placeholder (?P<found>.*); known are (?P<known>.*)", "unknown_placeholder"),
        (r"the placeholder (?P<found>\S+) is used, but .* is empty", "empty_placeholder"),
        (r"HTML is not interpreted.*", "html_as_text"),
        (r"no e-mail address", "no_email"),
        (r"not an e-mail address", "bad_email"),
        (r"an e-mail address in other letters.*", "ascii_email"),
        (r"several addresses in one cell.*", "several_emails"),
        (r"a space inside the e-mail address", "space_in_email"),
        (r"(?:Value error, )?control characters in the name", "control"),
        (r"(?:Value error, )?a name of more than (?P<most>\d+) characters", "long"),
        (r"a telephone number of more than (?P<most>\d+) characters", "long"),
        (r"a number that a spreadsheet has rounded.*", "rounded_phone"),
        (r"a telephone number with an extension.*", "extension"),
        (r"not a country whose telephone numbers are known", "bad_country"),
        (r"invisible characters were removed", "mended_invisible"),
        (r"the address alone was taken", "mended_address"),
        (r"the international domain was converted", "mended_domain"),
        (r"line breaks in the name became spaces", "mended_breaks"),
        (r"the language is not known.*", "mended_language"),
        (r"must have at least (?P<least>\d+) characters", "short"),
        (r"must not be longer than (?P<most>\d+) bytes in UTF-8", "bytes"),
        (r"no telephone number", "no_phone"),
        (r"not a telephone number.*", "bad_phone"),
        (r"not in a country that text messages are sent to", "foreign_phone"),
        (r"(?P<found>\d+) columns where the header has (?P<header>\d+)", "columns"),
        (r"not on the roll", "not_on_roll"),
        (r"must not name an address.*", "no_names"),
        (r"must not be named twice", "named_twice"),
        (r"taken", "taken"),
        (r"line (?P<line>\d+): a quote that is not closed.*", "open_quote"),
        (r"line (?P<line>\d+): .* after a closing quote.*", "quotes"),
        (r"line (?P<line>\d+): a NUL character.*", "no_text"),
        (r"line (?P<line>\d+): not UTF-8, while line (?P<other>\d+) is.*", "two_encodings"),
        (r"line \d+: neither UTF-8 nor Windows-1252.*", "not_utf8"),
        (r"line \d+: not UTF-(?:16|32)\S*: .*", "not_utf8"),
        (r"line (?P<line>\d+): a cell that is too long.*", "long_cell"),
        (r"line \d+: no header", "empty_file"),
        (r"line (?P<line>\d+): the table can be read in .*", "two_delimiters"),
        (r"a file of Excel 97.*", "old_workbook"),
        (r"the workbook is protected by a password.*", "locked_workbook"),
        (r"a workbook with more than 50 sheets.*", "large_workbook"),
        (r"the workbook is too large.*", "large_workbook"),
        (r"not a workbook that can be read.*", "bad_workbook"),
        (r"the roll may be on several sheets: (?P<names>.*); keep the one", "several_sheets"),
        (r"two columns may be the (?P<what>\w+): (?P<names>.*); choose one", "two_columns"),
        (r"columns are chosen like .*", "bad_choice"),
        (r"each column is chosen once.*", "bad_choice"),
        (r"a column is chosen that is not there.*", "bad_choice"),
        (r"the file is empty", "empty_file"),
        (r"this election needs telephone numbers.*", "no_phones"),
        (r"the first line must be a header.*", "no_header"),
        (r"the header has no column email; its columns are: (?P<names>.*)", "no_email_column"),
    )
)

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

    def __bool__(self) -> bool:
        return bool(self.found or self.notice)


def faults_of(page: Page, error: ClientError, place: Place) -> Faults:
    """What the API refused. Without fields that are at fault, or with faults of no field: a notice."""
    refusal = refused(error)
    status = STATUS[type(refusal)].value
    faults = Faults(status=status)
    for pointer, detail in refusal.errors:
        name, label = place(pointer)
        faults.add(name, label, in_words(page, detail))
    if not faults.found:
        faults.notice = Markup(" ").join(
            part for part in (advice(page, refusal.slug, status), waiting(page, refusal.retry_after)) if part
        )
    return faults


def in_words(page: Page, detail: str) -> Markup:
    """A sentence of the API in the page's language."""
    for pattern, key in _WORDS:
        if found := pattern.fullmatch(detail):
            return page.text(f"field.{key}", **found.groupdict())
    return Markup('<span lang="en">{}</span>').format(detail)


def by_label(page: Page, labels: dict[str, str]) -> Place:
    """Fields named as the API's members; `labels`: name → key of the catalogue."""

    def place(pointer: str) -> tuple[str, str]:
        name = next(iter(_parts(pointer)), "")
        return (name, page.text(labels[name])) if name in labels else ("", "")

    return place


def _parts(pointer: str) -> Iterable[str]:
    parts: Sequence[str] = pointer.split("/")[1:]
    return parts
