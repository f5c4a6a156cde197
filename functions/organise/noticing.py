"""What an organiser says to everybody once an election is frozen: notices, and another description.

Nothing of it is in the manifest and nothing proves it, so nothing is ever changed in silence: each change is kept with
its time, in public. One transaction writes the change, counts it on the election, and adds the event.
"""

from dataclasses import replace

from ballotcast.clock import to_rfc3339
from ballotcast.errors import Conflict, invalid_field
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.notices import Notice
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.wiring import Wiring
from organise.drafts import election_again

MOST = 100
"""Changes of one election in all."""
MOST_BYTES = 200_000
"""Of all of them together, so that they are one answer."""
ATTEMPTS = 5


def give_notice(wiring: Wiring, election: Election, text: str, replaces: int = 0) -> Notice:
    """Say something to everybody, or correct a notice; an empty text takes one back. Again, it changes nothing more.

    Invalid if there is no notice to correct; Conflict for a draft, and when there is no room for more.
    """
    if not text and not replaces:
        raise invalid_field("/text", "empty")
    if replaces:
        corrected = wiring.notices.find(election.id, replaces)
        if corrected is None or corrected.kind != "notice" or corrected.replaces:
            raise invalid_field("/replaces", "no-notice", number=replaces)
    return _say(wiring, election, Notice(0, "", "notice", text, replaces))[1]


def change_description(wiring: Wiring, election: Election, text: str) -> Election:
    """The description of a frozen election from now on. The same again changes nothing."""
    if text == election.description:
        return election
    return _say(wiring, election, Notice(0, "", "description", text))[0]


def _say(wiring: Wiring, election: Election, wanted: Notice) -> tuple[Election, Notice]:
    for _ in range(ATTEMPTS):
        if not election.frozen:
            raise Conflict("draft", "the election is a draft: change its description")
        newest = wiring.notices.find(election.id, election.notices) if election.notices else None
        if newest and newest.says(wanted):
            return election, newest
        said = _written(wiring, election, wanted)
        if said:
            return said
        election = election_again(wiring, election)
    raise Conflict("changed-meanwhile", "the election is being changed by other requests: try again")


def _written(wiring: Wiring, election: Election, wanted: Notice) -> tuple[Election, Notice] | None:
    """None if another change was made meanwhile."""
    now, describes = wiring.clock(), wanted.kind == "description"
    notice = replace(
        wanted,
        number=election.notices + 1,
        at=to_rfc3339(now),
        before=election.description if describes else "",
    )
    said = replace(
        election,
        notices=notice.number,
        notice_bytes=election.notice_bytes + len(notice.text.encode()) + len(notice.before.encode()),
        description=notice.text if describes else election.description,
    )
    if said.notices > MOST or said.notice_bytes > MOST_BYTES:
        raise Conflict(
            "notices-full", f"an election has at most {MOST} changes of notices, of {MOST_BYTES} bytes in all"
        )
    action = "description-changed" if describes else "notice-given"
    told = event(election.id, election.actor, action, {"number": notice.number}, now)
    writes = [wiring.elections.noting(election, said), wiring.notices.adding(election.id, notice)]
    try:
        transact(wiring.dynamodb, [*writes, wiring.events.adding(told)])
    except Cancelled:
        return None
    return said, notice
