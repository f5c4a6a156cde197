"""Taking a trustee's message: checked by the rules, written once, and those mailed whose turn it is then.

Killed after the write: the same request again, or the next visit of any trustee, mails; who was mailed is not mailed
again.
"""

from dataclasses import replace

from ballotcast.clock import from_rfc3339
from ballotcast.errors import Conflict, Gone, Invalid
from ballotcast.store.ceremonies import HeldCeremony, TwoMessages
from ballotcast.store.openings import TwoOpenings
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.ceremony import NotYet, Stage
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.link import TrusteeLink
from ballotcast.trustees.message import Message
from ballotcast.trustees.reading import read_message
from ballotcast.trustees.release import Release
from ballotcast.wiring import Wiring
from trustee.closing import keep_opening, require_opening
from trustee.visits import Visit, open_visit, read_visit

DEAL = "deal"
"""The name of the mail that goes to all once all have joined; to join and to confirm, the organiser asks them."""
TOLD = {Stage.CONFIRMING: "keyed", Stage.CONFIRMED: "confirmed", Stage.OVER: "broken"}
"""Mails to organisers, by how far the ceremony is."""


def take_message(wiring: Wiring, link: TrusteeLink, data: bytes) -> Visit:
    """Keep the message and return what there is to do after it.

    Raises:
        Invalid: The message is wrong; it says why.
        Conflict: Its round has not come, or the trustee has sent another one of this round.
        Gone: The ceremony is over, or its time is.
    """
    visit = open_visit(wiring, link)
    try:
        message = read_message(data)
        if message.index != visit.index:
            raise CeremonyError(Reason.ANOTHER_INDEX, message.index)
        if isinstance(message, Agreement | Release):
            return _take_opening(wiring, visit, message)
        if data not in wiring.ceremonies.messages(link.election, link.attempt):
            _require_under_way(wiring, visit)
            visit.state.require(message)
    except NotYet:
        raise Conflict("not-yet", "the other trustees have to send something first: look at the state") from None
    except CeremonyError as error:
        blamed = {"reason": error.reason, "trustee": error.index}
        raise Invalid("bad-trustee-message", str(error), extra=blamed) from None
    _keep(wiring, visit.held, message)
    after = read_visit(wiring, visit.held, visit.index)
    tell(wiring, after)
    return after


def tell(wiring: Wiring, visit: Visit) -> None:
    """Queue the mails that are due at this stage of the ceremony; each goes out once."""
    held = visit.held
    if visit.state.stage is Stage.DEALING:
        for index in range(1, visit.state.setup.n + 1):
            known = {"kind": "trustee", "election": held.election, "attempt": held.attempt, "trustee": index}
            wiring.mail_queue.send({**known, "mail": DEAL})
    if name := TOLD.get(visit.state.stage):
        milestone = f"{name}-{held.attempt}"
        wiring.mail_queue.send({"kind": "milestone", "election": held.election, "milestone": milestone, "bounces": 0})


def _take_opening(wiring: Wiring, visit: Visit, message: Agreement | Release) -> Visit:
    require_opening(wiring, visit.state, visit.opening, message)
    try:
        opening = keep_opening(wiring, visit.held.election, visit.held.t, message)
    except TwoOpenings:
        raise _two_messages() from None
    return replace(visit, opening=opening)


def _two_messages() -> Conflict:
    detail = "another message of this round was sent before in this trustee's name; that one counts"
    return Conflict("two-messages", detail)


def _require_under_way(wiring: Wiring, visit: Visit) -> None:
    if visit.state.stage is Stage.OVER:
        raise Gone("ceremony-over", "this ceremony is over: the organiser has to begin another one")
    if wiring.clock() >= from_rfc3339(visit.held.deadline):
        raise Gone("ceremony-over", "the time for this ceremony is over: the organiser has to begin another one")


def _keep(wiring: Wiring, held: HeldCeremony, message: Message) -> None:
    try:
        wiring.ceremonies.keep(held.election, held.attempt, message.round, message.index, message.encode())
    except TwoMessages:
        raise _two_messages() from None
