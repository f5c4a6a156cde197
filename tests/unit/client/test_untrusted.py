"""A server that lies: the voter's side notices before it gives anything away."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.ballots.amendment import AmendmentLeaf, Schedule
from ballotcast.ballots.leaf import ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import Api
from ballotcast.client.errors import Untrusted
from ballotcast.client.state import Sealed, Signed, State
from ballotcast.client.voter import Voter
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.vault import Purpose
from between import Send, api_through
from election_fixture import VOTERS, FrozenElection, frozen_election
from world import World

ADA = VOTERS[0]
Lie = Callable[[httpx.Request, httpx.Response], httpx.Response | None]


def vote_against(http: TestClient, election: FrozenElection, lie: Lie) -> tuple[str, list[State], list[str]]:
    """What the voter's side says, the states it had come to, and which POSTs it had sent by then."""
    states: list[State] = []
    sent: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        if request.method == "POST":
            sent.append(request.url.path.rpartition("/")[2])
        answer = send()
        return lie(request, answer) or answer

    with pytest.raises(Untrusted) as caught:
        Voter(api_through(http, passing), states.append).vote(election.link(ADA), [[1]])
    return str(caught.value), states, sent


def at(path: str, change: Callable[[httpx.Response], httpx.Response]) -> Lie:
    return lambda request, answer: change(answer) if request.url.path.endswith(path) else None


def with_manifest(election: FrozenElection, **changes: Any) -> Manifest:
    values = {name: getattr(election.manifest, name) for name in Manifest.model_fields}
    return Manifest(**{**values, **changes})


@pytest.mark.parametrize("changes", [{"title": "Another"}, {"roll_size": 4000}])
def test_a_manifest_that_is_not_the_mails(http: TestClient, election: FrozenElection, changes: dict[str, Any]) -> None:
    shown = with_manifest(election, **changes).encode()
    said, states, sent = vote_against(http, election, at("/manifest", lambda _: httpx.Response(200, content=shown)))
    assert "not the one that this link" in said
    assert (states, sent) == ([], ["links"])


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[" * 5000])
def test_a_manifest_that_is_none(http: TestClient, election: FrozenElection, body: bytes) -> None:
    said, states, _ = vote_against(http, election, at("/manifest", lambda _: httpx.Response(200, content=body)))
    assert "cannot be read" in said
    assert not states


def test_a_manifest_of_another_address_than_it_says(
    http: TestClient, election: FrozenElection, deployment: World
) -> None:
    other = frozen_election(deployment, voters=())
    moved = at("/links", lambda answer: httpx.Response(200, json={**answer.json(), "election": other.id}))
    shown = election.manifest.encode()

    def lie(request: httpx.Request, answer: httpx.Response) -> httpx.Response | None:
        return httpx.Response(200, content=shown) if request.url.path.endswith("/manifest") else moved(request, answer)

    said, states, _ = vote_against(http, election, lie)
    assert "not the one" in said
    assert not states


def stated(
    election: FrozenElection,
    *leaves: bytes,
    shown: Sequence[bytes] | None = None,
    origin: str = "",
    key: bytes = b"",
) -> Lie:
    """A checkpoint over these leaves, signed by the log's key, and the leaves; unless told otherwise."""
    origin = origin or election.manifest.origin
    signer = Signer.from_pkcs8(origin, key or election.private_key(Purpose.LOG))
    note = Checkpoint(origin, len(leaves), merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])).sign(signer)
    body = {"checkpoint": note.encode().decode(), "leaves": [b64u_encode(leaf) for leaf in shown or leaves]}
    return at("/statements", lambda _: httpx.Response(200, json=body))


def first(election: FrozenElection) -> bytes:
    return ManifestLeaf(election.manifest.hash).encode()


def later(election: FrozenElection, hours: int = 1) -> bytes:
    """An amendment that moves the end."""
    schedule = Schedule(closes_at=election.manifest.closes_at + timedelta(hours=hours))
    return AmendmentLeaf(at=election.manifest.opens_at, reason="The hall is locked", schedule=schedule).encode()


def test_a_checkpoint_by_another_key(http: TestClient, election: FrozenElection) -> None:
    receipt_key = election.private_key(Purpose.RECEIPT)
    said, states, sent = vote_against(http, election, stated(election, first(election), key=receipt_key))
    assert "checkpoint does not verify" in said
    assert (states, sent) == ([], ["links"])


def test_a_checkpoint_of_another_log(http: TestClient, election: FrozenElection) -> None:
    said, states, _ = vote_against(http, election, stated(election, first(election), origin="elsewhere/log"))
    assert "checkpoint does not verify" in said
    assert not states


def test_a_log_that_begins_with_another_manifest(http: TestClient, election: FrozenElection) -> None:
    said, states, _ = vote_against(http, election, stated(election, ManifestLeaf(bytes(32)).encode()))
    assert "does not begin with this election" in said
    assert not states


def test_an_amendment_that_is_not_the_one_in_the_log(http: TestClient, election: FrozenElection) -> None:
    shown = [first(election), later(election, 2)]
    said, states, _ = vote_against(http, election, stated(election, first(election), later(election), shown=shown))
    assert "not what its checkpoint was signed over" in said
    assert not states


def test_an_amendment_that_is_kept_back_while_voting_runs(http: TestClient, election: FrozenElection) -> None:
    shown = [first(election)]
    said, states, _ = vote_against(http, election, stated(election, first(election), later(election), shown=shown))
    assert "not shown, though voting has not ended" in said
    assert not states


@pytest.mark.parametrize("hours", [-1, 0, 31 * 24])
def test_an_amendment_that_may_not_be_made(http: TestClient, election: FrozenElection, hours: int) -> None:
    said, states, _ = vote_against(http, election, stated(election, first(election), later(election, hours)))
    assert "may not be there" in said
    assert not states


@pytest.mark.parametrize("leaf", [b"", b"\2{}", b"\7", b"\1ballot"])
def test_an_amendment_that_is_none(http: TestClient, election: FrozenElection, leaf: bytes) -> None:
    said, states, _ = vote_against(http, election, stated(election, first(election), leaf))
    assert "amendment" in said
    assert not states


def signed_by_another(election: FrozenElection) -> Callable[[httpx.Response], httpx.Response]:
    other = IssuerKey.generate()
    return lambda answer: httpx.Response(
        200, json={"blind_signature": b64u_encode(other.blind_sign(bytes(255) + b"\x05"))}
    )


@pytest.mark.parametrize("text", ["", "AQ", "AQ==", b64u_encode(bytes(256)), b64u_encode(b"\xff" * 256)])
def test_a_blind_signature_that_is_none(http: TestClient, election: FrozenElection, text: str) -> None:
    lie = at("/credentials", lambda _: httpx.Response(200, json={"blind_signature": text}))
    said, states, sent = vote_against(http, election, lie)
    assert "not a signature on this credential" in said
    assert len(states) == 1
    assert "ballots" not in sent


def test_a_blind_signature_by_another_key(http: TestClient, election: FrozenElection) -> None:
    """A key for this voter alone would tell their ballot from all others."""
    said, states, sent = vote_against(http, election, at("/credentials", signed_by_another(election)))
    assert "not a signature on this credential" in said
    assert len(states) == 1
    assert "ballots" not in sent


@pytest.mark.parametrize("theirs", [True, False])
def test_an_issuance_receipt_that_states_something_else(
    http: TestClient, election: FrozenElection, theirs: bool
) -> None:
    """Of another voter's credential, or signed by the key of ballots' receipts: no evidence if a line is emptied."""
    honest = Voter(api_through(http, lambda _, send: send()), lambda state: None).vote(election.link(VOTERS[1]), [[1]])
    other = honest.issuance if theirs else honest.receipt

    def lie(request: httpx.Request, answer: httpx.Response) -> httpx.Response | None:
        if not request.url.path.endswith("/credentials"):
            return None
        return httpx.Response(200, json={**answer.json(), "issuance_receipt": other})

    said, states, sent = vote_against(http, election, lie)
    assert "issuance receipt" in said
    assert [type(state) for state in states] == [Sealed]
    assert "ballots" not in sent


def test_a_receipt_for_another_ballot(http: TestClient, election: FrozenElection) -> None:
    """A box that acknowledges somebody else's ballot in place of this one."""
    theirs = Voter(api_through(http, lambda _, send: send()), lambda state: None).vote(election.link(VOTERS[1]), [[1]])
    lie = at("/ballots", lambda _: httpx.Response(201, json={"receipt": theirs.receipt}))
    said, states, _ = vote_against(http, election, lie)
    assert "receipt does not verify" in said
    assert [type(state) for state in states] == [Sealed, Signed]


@pytest.mark.parametrize("path", ["/links", "/credentials", "/ballots"])
def test_a_server_that_is_something_else(http: TestClient, election: FrozenElection, path: str) -> None:
    said, _, _ = vote_against(http, election, at(path, lambda _: httpx.Response(200, text="<html>hello</html>")))
    assert "is this the address" in said


def test_a_redirect_is_not_followed(http: TestClient, election: FrozenElection) -> None:
    """A link's token goes to nobody whom the link does not name."""
    away = httpx.Response(307, headers={"Location": "https://elsewhere.example/links"})
    said, states, sent = vote_against(http, election, at("/links", lambda _: away))
    assert "is this the address" in said
    assert (states, sent) == ([], ["links"])


def test_a_cookie_is_not_kept(http: TestClient, election: FrozenElection) -> None:
    """A mark set on whom the link names would come back with their ballot."""
    sent: list[str] = []

    def marking(request: httpx.Request, send: Send) -> httpx.Response:
        sent.extend(request.headers.get_list("cookie"))
        answer = send()
        answer.headers["Set-Cookie"] = "mark=ada; Path=/"
        return answer

    api = api_through(http, marking)
    api.http.cookies.set("earlier", "mark")
    Voter(Api(api.http), lambda state: None).vote(election.link(ADA), [[1]])
    assert not sent
