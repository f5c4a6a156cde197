"""Voters who come over a stretch of time: all open the page within it, then all cast within as long.

Each has a device of their own: the page with its bundles, as browsers load them on a first visit; then the real client.
Time counts from the moment a voter wanted to act, so one who waits for others is not left out of the figures.
"""

import re
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

import httpx2 as httpx

from ballotcast.client.api import TIMEOUT, Api
from ballotcast.client.errors import ApiError
from ballotcast.client.state import Cast
from ballotcast.client.voter import Paper, Voter

from .figures import Tally
from .voting import Errand

THREADS = 256
"""Voters who may be under way at the same moment."""
Done = TypeVar("Done")
_LOADED = re.compile(r'(?:src|href)="([^"]*/static/[^"]+\.(?:js|css))"')
_NAMES = ((re.compile(r"/static/[0-9a-f]+/"), "/static/{hash}/"), (re.compile(r"/elections/[^/]+"), "/elections/{id}"))


@dataclass
class Arrivals:
    """`opened`: from wanting the page to the election; `cast`: from the tap to the receipt; `requests`: by kind."""

    opened: Tally = field(default_factory=Tally)
    cast: Tally = field(default_factory=Tally)
    requests: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    receipts: dict[int, str] = field(default_factory=dict)


class _Device:
    """A voter with a browser's empty cache: connections and figures are nobody else's."""

    def __init__(self, address: str, errand: Errand, certificates: ssl.SSLContext, seen: "_Recorder") -> None:
        transport = _Timed(httpx.HTTPTransport(verify=certificates), seen)
        self._client = httpx.Client(base_url=address, timeout=TIMEOUT, transport=transport, trust_env=False)
        self._voter = Voter(Api(self._client), lambda _state: None)
        self.errand = errand
        self._paper: Paper | None = None

    def open(self) -> None:
        """Load the page with all that it names, and look the election up."""
        page = self._client.get("/vote", headers={"Accept": "text/html"}).raise_for_status()
        for path in dict.fromkeys(_LOADED.findall(page.text)):
            self._client.get(str(httpx.URL(str(self._client.base_url)).join(path))).raise_for_status()
        self._paper = self._voter.open_link(self.errand.link)

    @property
    def opened(self) -> bool:
        return self._paper is not None

    def cast(self) -> Cast:
        """Seal the ballot, get the credential, cast."""
        assert self._paper is not None
        signed = self._voter.get_credential(self._voter.seal(self._paper, self.errand.choices))
        cast = self._voter.cast(signed)
        self._client.close()
        return cast


class _Recorder:
    def __init__(self, requests: dict[str, Tally]) -> None:
        self._requests, self._lock = requests, Lock()

    def note(self, kind: str, seconds: float, error: str) -> None:
        with self._lock:
            tally = self._requests[kind]
            if error:
                tally.errors[error] += 1
            else:
                tally.latencies.append(seconds)


class _Timed(httpx.BaseTransport):
    """Another transport, whose every request is noted."""

    def __init__(self, inner: httpx.BaseTransport, seen: _Recorder) -> None:
        self._inner, self._seen = inner, seen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        kind, started, error = kind_of(request.method, request.url.path), time.perf_counter(), "no answer"
        try:
            response = self._inner.handle_request(request)
            response.read()
            error = f"status {response.status_code}" if response.status_code >= 400 else ""
        finally:
            self._seen.note(kind, time.perf_counter() - started, error)
        return response

    def close(self) -> None:
        self._inner.close()


def kind_of(method: str, path: str) -> str:
    """A request's method and path, without what differs from one election or release to another."""
    for pattern, name in _NAMES:
        path = pattern.sub(name, path)
    return f"{method} {path[path.find('/static/') :] if '/static/' in path else path}"


def play(address: str, errands: Sequence[Errand], within: float, told: Callable[[int], None]) -> Arrivals:
    """Have all open the page within `within` seconds, evenly, and then all cast within as long.

    Who cannot open the page does not cast. `told` is called with 1 after each act.
    """
    found = Arrivals()
    certificates = ssl.create_default_context()  # loading them takes more than a vote does
    seen = _Recorder(found.requests)
    devices = [_Device(address, errand, certificates, seen) for errand in errands]
    with ThreadPoolExecutor(min(THREADS, len(devices))) as crowd:
        _spread(crowd, found.opened, devices, within, _Device.open, told)
        ready = [device for device in devices if device.opened]
        casts = _spread(crowd, found.cast, ready, within, _Device.cast, told)
    found.receipts = {number: cast.receipt for number, cast in casts.items()}
    return found


def _spread(
    crowd: ThreadPoolExecutor,
    tally: Tally,
    devices: Sequence[_Device],
    within: float,
    act: Callable[[_Device], Done],
    told: Callable[[int], None],
) -> Mapping[int, Done]:
    start = time.perf_counter()
    outcomes: dict[int, Done] = {}

    def one(place: int, device: _Device) -> str:
        wanted = start + place * within / len(devices)
        try:
            outcomes[device.errand.number] = act(device)
        except ApiError as error:
            return f"{error.status} {error.slug}".strip()
        except Exception as error:  # noqa: BLE001 - the threads' edge: every voter has an outcome; a message may hold a link
            return type(error).__name__
        tally.latencies.append(time.perf_counter() - wanted)
        return ""

    waiting = []
    for place, device in enumerate(devices):
        time.sleep(max(0.0, start + place * within / len(devices) - time.perf_counter()))
        waiting.append(crowd.submit(one, place, device))
    for outcome in waiting:
        if error := outcome.result():
            tally.errors[error] += 1
        told(1)
    tally.seconds = time.perf_counter() - start
    return outcomes
