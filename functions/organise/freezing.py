"""Freezing an election: its keys, its manifest, and the public start of both.

The commit point is one conditional write (Elections.freeze): of two that freeze at once, one wins and the other goes
on with the winner's manifest. What follows it (`publish`) may be repeated at will, and is: by every later invitation,
opening or closing, so that a process killed in between leaves nothing undone for long.
"""

from collections.abc import Sequence
from dataclasses import replace

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections import broadcast
from ballotcast.elections.roles import Role
from ballotcast.errors import Conflict
from ballotcast.store.channel import new_channel
from ballotcast.store.due_counts import MARGIN, DueCount
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.manifests import FrozenManifest
from ballotcast.store.milestones import OPENED, Milestone
from ballotcast.store.queues import amendments_message
from ballotcast.store.table import TransactItem
from ballotcast.store.voter import RollLine
from ballotcast.wiring import Wiring
from organise.amending import cut_roll
from organise.manifests import PairsMade, make_keys, make_manifest, require_phones, stated
from organise.trustees import require_confirmed

logger = Logger(child=True)

ATTEMPTS = 5


def freeze(wiring: Wiring, draft: Election, roll: Sequence[RollLine], base_url: str) -> Election:
    """The frozen election, published: made from this draft and roll (`cut_roll`), or by somebody who was faster.

    Conflict when the draft cannot be frozen, or was changed or deleted meanwhile.
    """
    if wiring.clock() >= from_rfc3339(draft.closes_at):
        raise Conflict("closing-time-past", "the election would close in the past: change closes_at first")
    if draft.mode == "trustees":
        return _adopt(wiring, draft)
    keys = make_keys(wiring, draft.id, trustees=False)
    for _ in range(ATTEMPTS):
        if frozen := _freeze_once(wiring, draft, roll, base_url, keys):
            break
        winner = wiring.elections.find(draft.id)
        if winner and winner.frozen:
            frozen = replace(winner, caller=draft.caller, role=draft.role)
            break
        if winner is None or winner.revision != draft.revision:
            raise Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
        # somebody else has cut the roll, and voters were perhaps added since
        cut, roll = cut_roll(wiring, draft)
        draft = replace(draft, roll_generation=cut.roll_generation)
    else:
        raise Conflict("changed-meanwhile", "the roll is being changed by other requests: try again")
    publish(wiring, frozen)
    return frozen


def _freeze_once(
    wiring: Wiring, draft: Election, roll: Sequence[RollLine], base_url: str, keys: PairsMade
) -> Election | None:
    """None if the draft is not as it was read any more."""
    require_phones(wiring, draft, roll)
    manifest = make_manifest(draft, roll, base_url, keys)
    frozen = replace(
        draft,
        revision=draft.revision + 1,
        manifest=manifest.encode(),
        **stated(draft, manifest, base_url, keys),
    )
    return frozen if wiring.elections.freeze(frozen, draft.revision, *_beside(wiring, draft, manifest)) else None


def _adopt(wiring: Wiring, draft: Election) -> Election:
    """Freeze the draft as its trustees have confirmed it, or find it frozen so by somebody who was faster.

    Conflict until all of them have. They have confirmed one manifest, and with it one roll: who was added to the roll
    since is added by an amendment.
    """
    require_confirmed(wiring, draft)
    if draft.proposal is None:
        raise Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
    beside = _beside(wiring, draft, Manifest.parse(draft.proposal))
    wiring.elections.adopt(draft, *beside)
    frozen = wiring.elections.find(draft.id)
    if frozen is None or frozen.manifest != draft.proposal:
        raise Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
    frozen = replace(frozen, caller=draft.caller, role=draft.role)
    publish(wiring, frozen)
    return frozen


def _beside(wiring: Wiring, draft: Election, manifest: Manifest) -> list[TransactItem]:
    """What is written in one transaction with the freeze."""
    detail, opens_at = {"manifest": manifest.hash.hex(), "roll_size": manifest.roll_size}, to_rfc3339(manifest.opens_at)
    told = event(draft.id, draft.actor, "election-frozen", detail, wiring.clock())
    return [
        wiring.events.adding(told),
        # from here on the count starts when the election closes, whether or not anything below is done
        wiring.due_counts.adding(DueCount(draft.closes_at, draft.id)),
        *(wiring.notices.showing(draft.id, draft.mail) if draft.mail else []),
        wiring.milestones.adding(Milestone(opens_at, draft.id, OPENED, opens_at)),
        # With the election its channel is registered; the channels' stream starts its relay.
        *_registering_channel(wiring, draft),
    ]


def publish(wiring: Wiring, frozen: Election) -> None:
    """The manifest on the board, the log started and told of amendments, the schedule if the close is to come.

    Each of them once, however often this is repeated.
    """
    assert frozen.manifest is not None
    assert frozen.keys is not None
    manifest = Manifest.parse(frozen.manifest)
    if manifest.trustees:
        wiring.manifests.publish_ceremony(frozen.id, require_confirmed(wiring, frozen).record().encode())
    wiring.manifests.publish(
        FrozenManifest(
            frozen.id,
            frozen.manifest,
            receipt_key=frozen.keys.receipt,
            log_key=frozen.keys.log,
            election_key=frozen.keys.election,
        )
    )
    wiring.sequence_queue.send(amendments_message(frozen.id, frozen.amendments), group=frozen.id)
    closes_at = from_rfc3339(frozen.closes_at)
    if wiring.clock() < closes_at:
        try:
            wiring.schedules.wake_at(frozen.id, closes_at + MARGIN, amended=closes_at != manifest.closes_at)
        except (BotoCoreError, ClientError):
            # The rule finds the election a minute later, so this is nothing that an organiser can or must put right.
            logger.warning("no schedule was made", extra={"election": frozen.id}, exc_info=True)


def amended_end(frozen: Election) -> str | None:
    """The end in force (RFC 3339), if it is not the manifest's."""
    assert frozen.manifest is not None
    amended = from_rfc3339(frozen.closes_at) != Manifest.parse(frozen.manifest).closes_at
    return frozen.closes_at if amended else None


def _registering_channel(wiring: Wiring, draft: Election) -> list[TransactItem]:
    """It belongs to nobody, so that nobody but the platform publishes on it; the election's people can resume it."""
    others = wiring.members.of(draft.id) if draft.people else []
    channel = new_channel(
        name=broadcast.channel_name(draft.id),
        port=None,
        owner="",
        key_hash="",
        schema=broadcast.SCHEMA,
        config=broadcast.CONFIG,
        now=wiring.clock(),
        keeper=draft.organiser,
        keepers=[one.id for one in others if one.joined and one.role.covers(Role.ORGANISER)],
    )
    return wiring.channels.registering(channel, broadcast.SCHEMA)
