"""Voters with the real client and a recovery file each, who start again from there as often as it takes.

Some have a fate as in the demo: they send their ballot twice, use two devices at once, or try another ballot.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Lock

import httpx2 as httpx

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError
from ballotcast.client.state import Cast, Sealed, State, from_json, to_json
from ballotcast.client.voter import Voter
from ballotcast.counting import Ballot
from ballotcast_tools.demo.electorate import Fate

from .insisting import insist

AT_ONCE = 8
FATES = (Fate.TWICE, Fate.RACE, Fate.SECOND_BALLOT)
Connect = Callable[[], httpx.Client]


@dataclass
class Device:
    """A recovery file, and the statuses that the ballots sent from here got."""

    file: str = ""
    statuses: list[int] = field(default_factory=list)
    seen: list[State] = field(default_factory=list)

    def keep(self, state: State) -> None:
        self.file = to_json(state)
        self.seen.append(state)

    @property
    def state(self) -> State:
        return from_json(self.file)

    @property
    def receipt(self) -> Cast | None:
        found = self.state if self.file else None
        return found if isinstance(found, Cast) else None


@dataclass
class Person:
    """`links`: from all mails to this voter, oldest first."""

    email: str
    links: list[str]
    choice: Ballot
    fate: Fate = Fate.NOTHING
    devices: list[Device] = field(default_factory=list)

    @property
    def receipts(self) -> list[Cast]:
        return [device.receipt for device in self.devices if device.receipt]

    @property
    def found_again(self) -> bool:
        """Whether the first acknowledgement said that the ballot was in the box already."""
        statuses = [status for device in self.devices for status in device.statuses if status < 300]
        return bool(statuses) and statuses[0] == 200


class Crowd:
    """`connect` opens a voter's connection. `again`: what voters had to start again for; `wrong`: what may not be."""

    def __init__(self, connect: Connect, people: Sequence[Person], chance: random.Random) -> None:
        self.people, self._connect, self._chance = people, connect, chance
        self.again: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = Lock()

    def vote(self) -> None:
        """Everybody, in a random order, some at the same time."""
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            for _ in crowd.map(self._vote, self._chance.sample(self.people, len(self.people))):
                pass

    def _vote(self, person: Person) -> None:
        person.devices = [Device() for _ in range(2 if person.fate is Fate.RACE else 1)]
        with ThreadPoolExecutor(2) as hands:
            list(hands.map(lambda device: self._use(person, device), person.devices))
        if len(person.receipts) != 1:
            self._note(f"a voter has {len(person.receipts)} receipts")
        elif person.fate is Fate.SECOND_BALLOT:
            self._try_another(person, person.devices[0])
        elif person.fate is Fate.TWICE:
            self._send_twice(person.devices[0])
        for link in person.links:
            self._try_link(link)

    def _use(self, person: Person, device: Device) -> None:
        """From a link to the receipt; ends without one if another device got the credential.

        Links are tried as people do: the first mail's, and if a newer one replaced it, the newest, and so on.
        """
        links = iter([person.links[0], *person.links[:0:-1]])
        link = next(links)
        with ExitStack() as connections:
            api = self._api(connections, device)

            def act() -> None:
                voter = Voter(api, device.keep)
                voter.resume(device.state if device.file else voter.open_link(link), [person.choice])

            while True:
                try:
                    return insist(act, self._count)
                except ApiError as error:
                    if error.slug == "already-issued" and person.fate is Fate.RACE:
                        return None
                    if error.slug != "replaced-link" or (link := next(links, "")) == "":
                        return self._note(f"refused: {error.slug}")
                if device.file:
                    Voter(api, device.keep).take_link(device.state, link)

    def _send_twice(self, device: Device) -> None:
        before = device.receipt
        signed = device.seen[-2]
        with ExitStack() as connections:
            voter = Voter(self._api(connections, Device()), lambda _state: None)
            after = insist(lambda: voter.resume(signed, ()), self._count)
        if before != after:
            self._note("the same ballot got two receipts")

    def _try_another(self, person: Person, device: Device) -> None:
        sealed = next(state for state in device.seen if isinstance(state, Sealed))
        with ExitStack() as connections:
            voter = Voter(self._api(connections, Device()), lambda _state: None)
            other = insist(lambda: voter.get_credential(sealed), self._count)  # signed once more: other bytes
            self._expect("other-ballot", lambda: voter.cast(other))

    def _try_link(self, link: str) -> None:
        """Who has voted gets no second credential, whichever of their links they use."""
        with ExitStack() as connections:
            voter = Voter(self._api(connections, Device()), lambda _state: None)

            def ask() -> None:
                voter.get_credential(voter.prepare(voter.open_link(link)))

            self._expect("already-issued", ask, "replaced-link")

    def _expect(self, slug: str, act: Callable[[], object], *others: str) -> None:
        try:
            insist(act, self._count)
        except ApiError as error:
            if error.slug not in (slug, *others):
                self._note(f"{error.slug} instead of {slug}")
        else:
            self._note(f"allowed instead of {slug}")

    def _api(self, connections: ExitStack, device: Device) -> Api:
        client = connections.enter_context(self._connect())

        def note(response: httpx.Response) -> None:
            if response.request.method == "POST" and response.request.url.path.endswith("/ballots"):
                device.statuses.append(response.status_code)

        client.event_hooks = {"request": [], "response": [note]}
        return Api(client)

    def _count(self, error: Exception) -> None:
        with self._lock:
            self.again[getattr(error, "slug", "") or type(error).__name__] += 1

    def _note(self, wrong: str) -> None:
        with self._lock:
            self.wrong.append(wrong)
