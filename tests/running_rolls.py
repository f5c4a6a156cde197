"""An election with voters who may be taken off or get another address: what an organiser does, and what comes of it."""

from hashlib import sha256
from typing import Any

import httpx2 as httpx

from api_events import TestClient
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.leaf import parse
from ballotcast.ballots.link import Link
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.store.voter import Voter
from election_fixture import VOTERS, FrozenElection
from notify.worker import Worker, deliver_all
from organising import Organiser, sqs_event
from outbox import Mail, Outbox
from register.app import create_app
from voting import Request, new_request

ADA, BEN, CEM = VOTERS
NEW = "ada@example.net"
REASON = "As the members' register has it"


def end(organiser: Organiser, election: str, *voters: str, reason: str = REASON) -> httpx.Response:
    path = f"/elections/{election}/voters/endings"
    return organiser.post(path, json={"voters": list(voters), "reason": reason})


def move(organiser: Organiser, election: str, *pairs: tuple[str, str], reason: str = REASON) -> httpx.Response:
    moves = [{"voter": voter, "email": email} for voter, email in pairs]
    return organiser.post(f"/elections/{election}/voters/moves", json={"moves": moves, "reason": reason})


def issue(election: FrozenElection, link: str, request: Request) -> httpx.Response:
    """As the voter's software asks for a credential."""
    body = {"link": link, "blinded": b64u_encode(request.blinding.blinded)}
    client = TestClient(create_app(election.wiring))
    response: httpx.Response = client.post(f"/elections/{election.id}/credentials", json=body)
    return response


def use(election: FrozenElection, email: str) -> Request:
    """The voter has a credential now."""
    request = new_request(election.manifest)
    assert issue(election, election.link(email), request).status_code == 200
    return request


def deliver(organiser: Organiser, outbox: Outbox) -> list[Mail]:
    """Have the mails sent that wait; those that were sent by this."""
    before = len(outbox.mails())
    waiting = organiser.deployment.take_messages("MAIL_QUEUE")
    if waiting:
        assert deliver_all(sqs_event(*waiting), Worker(organiser.deployment.wiring())) == {"batchItemFailures": []}
    return outbox.mails()[before:]


def follow(election: FrozenElection, mail: Mail, email: str) -> None:
    """From now on this voter has the mail's link."""
    voter = voter_at(election, email)
    election.links[email] = Link.parse(mail.link)
    election.voters[email] = voter


def voter_at(election: FrozenElection, email: str) -> Voter:
    [found] = [voter for voter in election.wiring.voters.roll(election.id) if voter.email == email]
    return found


def amendments(election: FrozenElection) -> list[AmendmentLeaf]:
    """Those on the board, in order."""
    leaves = [parse(entry) for entry in election.wiring.amendments.behind(election.id, 0)]
    return [leaf for leaf in leaves if isinstance(leaf, AmendmentLeaf)]


def what_is_left(organiser: Organiser, election: FrozenElection) -> Any:
    """All that a request leaves: of the roll what it says of rights, the amendments, and who has a mail waiting."""
    roll = organiser.wiring.voters.roll(election.id)
    messages = organiser.deployment.take_messages("MAIL_QUEUE")
    return (
        sorted((voter.email, voter.ended, bool(voter.successor), bool(voter.predecessor)) for voter in roll),
        [(leaf.roll.revision, leaf.roll.roll_size, len(leaf.roll.ended), leaf.reason) for leaf in amendments(election)],
        sorted({message["voter"] == voter.key for message in messages for voter in roll if voter.predecessor}),
        [action for action in organiser.actions(election.id) if action.startswith("rights-")],
    )


def digest(request: Request) -> str:
    return sha256(request.blinding.blinded).hexdigest()
