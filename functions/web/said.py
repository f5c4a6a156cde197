"""What an organiser publishes about each option, as a form has it: four fields for each, that keep to their option."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from web.forms import Form


class Said(NamedTuple):
    """Of the option `name`, as it stood when the form was shown."""

    name: str
    statement: str = ""
    link: str = ""
    photo: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What the API takes."""
        return {"statement": self.statement, "link": self.link, "photo": self.photo}


def read_said(form: Form, contest: int) -> list[Said]:
    """In the order of the form."""
    start = f"contest-{contest}-said"
    numbers = (re.fullmatch(rf"{start}-(\d{{1,3}})-name", name) for name in form.names())
    shown = sorted({int(found[1]) for found in numbers if found})
    return [Said(*(form.text(f"{start}-{number}-{part}") for part in Said._fields)) for number in shown]


def fitting(said: Sequence[Said], options: Sequence[str]) -> list[Said]:
    """One for each option: by its name or, if it was renamed and their number is the same, by its place."""
    known = {one.name: one for one in said}
    found = []
    for place, option in enumerate(options):
        renamed = len(said) == len(options) and said[place].name not in options
        one = known.get(option) or (said[place] if renamed else Said(option))
        found.append(one._replace(name=option))
    return found
