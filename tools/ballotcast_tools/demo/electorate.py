"""The voters of the demo, and what happens to them on the way: second clicks, lost answers, lost races.

Everybody goes through the client as a person would, over the API's public address. A voter's progress lives in their
recovery file alone (here: in memory), so anyone who is cut off starts again from there with nothing else.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

import click
import httpx2 as httpx

from ballotcast.client.api import TIMEOUT, Api
from ballotcast.client.errors import ApiError
from ballotcast.client.receipts import check_receipt
from ballotcast.client.state import Cast, Sealed, Signed, State, from_json, to_json
from ballotcast.client.voter import Choices, Paper, Voter

AT_ONCE = 8
"""Voters at the same moment; a machine with two cores serves no more any faster."""


class Fate(Enum):
    """What happens to a voter; told at the end, each with its own check."""

    NOTHING = "voted undisturbed"
    TWICE = "sent the same ballot twice"
    LOST_ANSWERS = "lost both answers and started again from the recovery file"
    RACE = "used the link on two devices at once"
    SECOND_BALLOT = "tried another ballot with the same credential"


FATES = (Fate.TWICE, Fate.LOST_ANSWERS, Fate.RACE, Fate.SECOND_BALLOT)


class BrokenPromise(click.ClickException):
    """What the demo is there to find: a ballot lost, doubled or let in twice."""


class Cut(Exception):
    """The line went dead after the request had arrived."""


class LostAnswers(httpx.BaseTransport):
    """Delivers every request, and loses the first answer to each POST of a path that ends like one of `paths`."""

    def __init__(self, inner: httpx.BaseTransport, *paths: str) -> None:
        self._inner = inner
        self._paths = set(paths)

    def close(self) -> None:
        self._inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        ending = request.url.path.rpartition("/")[2]
        if request.method == "POST" and ending in self._paths:
            self._paths.discard(ending)
            response.read()
            raise Cut(ending)
        return response


@dataclass
class Person:
    """A voter, the link from their mail, what they want, and their recovery file."""

    number: int
    link: str
    choices: Choices
    fate: Fate
    file: str = field(default="", repr=False)
    sealed: Sealed | None = field(default=None, repr=False)
    """What was asked with, for anyone who tries another ballot later."""

    @property
    def state(self) -> State:
        return from_json(self.file)

    def keep(self, state: State) -> None:
        self.file = to_json(state)


class Electorate:
    """`api` serves all of them at once; anyone who opened it closes it."""

    def __init__(self, api: Api, people: Sequence[Person], chance: random.Random) -> None:
        self.people = people
        self.api = api
        self._chance = chance

    def vote(self, told: Callable[[Person], None]) -> None:
        """Each seals a ballot, gets the credential and casts, in one go."""

        def all_of_it(person: Person) -> None:
            self._sign(person)
            self._cast(person)

        self._each(all_of_it, told)

    def sign_ballots(self, told: Callable[[Person], None]) -> None:
        """Everything before the cast, for anyone who measures the cast alone."""
        self._each(self._sign, told)

    def cast_ballots(self, told: Callable[[Person], None]) -> None:
        self._each(self._cast, told)

    def check_receipts(self, told: Callable[[Person], None]) -> None:
        """Every ballot is in the sealed log; Untrusted or NotYet if one is not."""

        def check(person: Person) -> None:
            state = person.state
            if not isinstance(state, Cast):
                raise BrokenPromise("a voter is left without a receipt")
            check_receipt(self.api, state.receipt, state.checkpoint)

        self._each(check, told)

    def _sign(self, person: Person) -> None:
        voter = Voter(self.api, person.keep)
        paper = voter.open_link(person.link)
        if person.fate is Fate.RACE:
            self._race(person, paper)
            return
        person.sealed = voter.seal(paper, person.choices)
        if person.fate is Fate.LOST_ANSWERS:
            with self._losing("credentials") as line, suppress(Cut):
                Voter(line, person.keep).get_credential(person.sealed)
            if person.state != person.sealed:
                raise BrokenPromise("something was kept of an answer that was lost")
        voter.get_credential(person.sealed)

    def _race(self, person: Person, paper: Paper) -> None:
        """Two devices, each with a sealed ballot of its own: exactly one gets a credential, and that one votes."""
        kept: list[Signed] = []
        refused: list[ApiError] = []
        silent = Voter(self.api, lambda _state: None)
        sealed = [silent.seal(paper, person.choices) for _ in range(2)]

        def ask(state: Sealed) -> None:
            try:
                kept.append(silent.get_credential(state))
            except ApiError as error:
                refused.append(error)

        with ThreadPoolExecutor(2) as devices:
            list(devices.map(ask, sealed))
        if len(kept) != 1 or [error.slug for error in refused] != ["already-issued"]:
            raise BrokenPromise(f"a race gave {len(kept)} credentials: {[error.slug for error in refused]}")
        person.keep(kept[0])

    def _cast(self, person: Person) -> None:
        voter, signed = Voter(self.api, person.keep), person.state
        if not isinstance(signed, Signed):
            raise BrokenPromise("a voter is left without a credential")
        if person.fate is Fate.LOST_ANSWERS:
            with self._losing("ballots") as line, suppress(Cut):
                Voter(line, person.keep).cast(signed)
            voter.resume(person.state, ())
            return
        cast = voter.cast(signed)
        if person.fate is Fate.TWICE and voter.cast(signed).receipt != cast.receipt:
            raise BrokenPromise("the same ballot got two receipts")
        if person.fate is Fate.SECOND_BALLOT:
            self._expect_refusal(person)

    def _expect_refusal(self, person: Person) -> None:
        other = Voter(self.api, lambda _state: None)
        assert person.sealed
        try:
            other.cast(other.get_credential(person.sealed))  # signed once more: other bytes
        except ApiError as error:
            if error.slug == "other-ballot":
                return
            raise
        raise BrokenPromise("a second ballot was taken")

    @contextmanager
    def _losing(self, path: str) -> Iterator[Api]:
        transport = LostAnswers(httpx.HTTPTransport(), path)
        with httpx.Client(base_url=self.api.address, timeout=TIMEOUT, transport=transport) as client:
            yield Api(client)

    def _each(self, act: Callable[[Person], None], told: Callable[[Person], None]) -> None:
        """All of them, in an order of their own, some at the same time; the first that fails ends it."""
        order = self._chance.sample(self.people, len(self.people))

        def do(person: Person) -> Person:
            act(person)
            return person

        with ThreadPoolExecutor(AT_ONCE) as crowd:
            for person in crowd.map(do, order):
                told(person)
