"""The options of a CSV file of ballots: given by a person or the header, or the names that occur in the cells."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .ballot_file import BallotFile, BallotFileError, has_control
from .csv_choices import CsvChoices, two_readings
from .csv_names import fold, is_doubtful, is_no_name, spelling

LineOf = Callable[[str], int]


class Options:
    """names: the options in their order. A cell is looked up by `number`."""

    def __init__(self, names: Sequence[str], choices: CsvChoices, line: int) -> None:
        self._merge = choices.merge_names
        self.names = tuple(spelling(name) for name in names)
        self._numbers: dict[str, int] = {}
        self._spelt: dict[str, str] = {}
        for number, name in enumerate(self.names, 1):
            key = fold(name)
            if not key or has_control(name):
                raise BallotFileError(line, "an option without a name, or with a control character in it")
            if key in self._numbers:
                raise BallotFileError(line, f"two options with the same name: {self._spelt[key]!r} and {name!r}")
            self._numbers[key], self._spelt[key] = number, name

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._numbers)

    def __contains__(self, text: object) -> bool:
        return fold(str(text)) in self._numbers

    def number(self, text: str, line_of: Callable[[], int]) -> int:
        """Return the option with this name. Raises BallotFileError for none, and for another spelling of one."""
        key = fold(text)
        number = self._numbers.get(key, 0)
        if not number:
            raise BallotFileError(line_of(), f"{text[:60]!r} is not an option; the options are {self._list()}")
        if spelling(text) != self._spelt[key] and not self._merge:
            raise _collision(line_of(), self._spelt[key], spelling(text))
        return number

    def _list(self) -> str:
        shown = ", ".join(map(repr, self.names[:20]))
        return shown + (f" and {len(self.names) - 20} more" if len(self.names) > 20 else "")


def options_in(texts: Iterable[str], choices: CsvChoices, line_of: LineOf, header: int) -> Options:
    """Return the options whose names occur, in alphabetical order. Raises BallotFileError where that is unsure."""
    spelt: dict[str, str] = {}
    for text in sorted(set(map(spelling, texts))):
        key = fold(text)
        if not key or has_control(text):
            raise BallotFileError(line_of(text), "an empty name, or a control character in one")
        if is_doubtful(text):
            raise two_readings(
                line_of(text),
                f"{text!r} may be a name or a label",
                {"--options, which names them all": "it is an option", f"--no-vote {text!r}": "it is no vote"},
            )
        if key in spelt and not choices.merge_names:
            raise _collision(line_of(text), spelt[key], text)
        spelt.setdefault(key, text)
    numeric = [text for text in spelt.values() if is_no_name(text)]
    if numeric and (len(numeric) < len(spelt) or not all(map(str.isdigit, numeric))):
        reason = f"{numeric[0]!r} is a number, a date or an address where others are names"
        raise BallotFileError(line_of(numeric[0]), f"{reason}; --options, which names all options, decides")
    return Options(sorted(spelt.values()), choices, header)


def _collision(line: int, known: str, other: str) -> BallotFileError:
    return two_readings(
        line,
        f"{known!r} and {other!r} differ in case only",
        {"--merge-names": "they are one option", "--options, in one spelling each": "one of them is a mistake"},
    )


def require_names(file: BallotFile, choices: CsvChoices) -> BallotFile:
    """Compare the names in a file with `CsvChoices.options`, which it has to have, in whatever order.

    Raises BallotFileError for another name, for one that is missing, and for another spelling of one. Returns the file
    with the names as they are given.
    """
    given = Options(choices.options, choices, 1)
    numbers = [given.number(name, lambda: 1) for name in file.options]
    if missing := [name for number, name in enumerate(given.names, 1) if number not in numbers]:
        raise BallotFileError(1, f"the file has no option {missing[0]!r}")
    if len(set(numbers)) < len(numbers):
        raise BallotFileError(1, "two options of the file have the same name")
    return replace(file, options=tuple(given.names[number - 1] for number in numbers))
