"""Mails to organisers at the milestones of their elections, each sent once.

A mail is claimed before it is sent and noted afterwards. Killed in between, it is sent again when the claim has run
out; everything else that repeats a message sends nothing.
"""

from datetime import timedelta

from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roles import Role
from ballotcast.mails.accounts import words_of
from ballotcast.mails.settings import MailSettings
from ballotcast.mails.to_organisers import NAMES, milestone
from ballotcast.store.election import Election
from ballotcast.store.mails import occasion_of
from ballotcast.store.milestones import RELEASED
from ballotcast.wiring import Wiring
from notify.post import Post, Undeliverable

CLAIM = timedelta(seconds=90)
"""Longer than a call of the worker takes."""


class BeingSent(Exception):
    """Another delivery of the same message is at it: this one comes again, to see whether it was sent."""


def tell_organisers(wiring: Wiring, post: Post, election_id: str, name: str, bounces: int) -> None:
    """Mail all who conduct an election: `opened`, `closed`, `counted`, `failed-<n>` or `bounced-<time>`.

    Of `released-<organiser>` all but that one. Of a ceremony of trustees `keyed-<attempt>`, `confirmed-<attempt>` or
    `broken-<attempt>`.

    One mail that fails does not keep back the others; the first failure is raised at the end. What is not so any more
    when the message comes is not mailed. Nothing goes to unproven addresses, or to organisers who want no such mails.
    """
    election, (kind, _, number) = wiring.elections.find(election_id), name.partition("-")
    if kind not in NAMES or not election or election.erased or not _is_so(election, kind, number, wiring):
        return
    failures: list[Exception] = []
    for identity in _conducting(wiring, election):
        if name == f"{RELEASED}{identity}":
            continue
        try:
            _tell(wiring, post, election, identity, name, bounces)
        except Exception as error:  # noqa: BLE001 - the edge: raised below, when the others have theirs
            failures.append(error)
    if failures:
        raise failures[0]


def _is_so(election: Election, kind: str, number: str, wiring: Wiring) -> bool:
    status = election.status(wiring.clock())
    match kind:
        case "keyed" | "confirmed" | "broken":
            held = wiring.ceremonies.find(election.id) if status is Status.DRAFT and not election.deleting else None
            return bool(held and str(held.attempt) == number and not (kind == "keyed" and election.proposal))
        case "opened":
            return status is Status.OPEN
        case "bounced":
            return status is not Status.CLOSED
    return status is Status.CLOSED


def _pages(wiring: Wiring, election: Election) -> str:
    """Where the election's pages are; before it is frozen, where its trustees were asked."""
    if election.base_url:
        return election.base_url
    held = wiring.ceremonies.find(election.id)
    return held.base_url if held else ""


def _conducting(wiring: Wiring, election: Election) -> list[str]:
    others = wiring.members.of(election.id) if election.people else []
    return [election.organiser, *(one.id for one in others if one.joined and one.role.covers(Role.ORGANISER))]


def _tell(wiring: Wiring, post: Post, election: Election, identity: str, name: str, bounces: int) -> None:
    organiser, now = wiring.organisers.find(identity), wiring.clock()
    if not organiser or not organiser.verified or not organiser.milestone_mails:
        return
    claimed = wiring.milestones.claim(identity, election.id, name, int(now.timestamp()), int((now + CLAIM).timestamp()))
    if claimed is None:
        raise BeingSent
    if not claimed:
        return
    settings, held = MailSettings.kept(election.mail), election.release == "held"
    kind, occasion = name.partition("-")[0], occasion_of(election)
    words = words_of(organiser.language, settings.language)
    trusted = election.mode == "trustees"
    mail = milestone(
        words,
        settings,
        occasion,
        kind,
        _pages(wiring, election),
        election.id,
        held=held,
        trusted=trusted,
        bounces=bounces,
    )
    try:
        post.mail(organiser.email, mail)
    except Undeliverable:
        pass  # the address is refused for good
    except Exception:
        wiring.milestones.give_back(identity, election.id, name)
        raise
    wiring.milestones.note_sent(identity, election.id, name)


def takes_part(wiring: Wiring, election: Election, organiser: str) -> bool:
    """Whether they still do: they may have been removed since the message was queued."""
    if election.organiser == organiser:
        return True
    member = wiring.members.find(election.id, organiser)
    return bool(member and member.joined)
