"""The writes of elections (store/election.py), each on the conditions that keep two of them from undoing each other."""

from datetime import datetime

from ballotcast.clock import to_rfc3339
from ballotcast.store.election import META, Election, election_pk, from_item, to_item
from ballotcast.store.organisers import organiser_pk
from ballotcast.store.table import ABSENT, Condition, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

_DRAFT = "attribute_exists(pk) AND attribute_not_exists(manifest) AND attribute_not_exists(deleting)"
NOT_FROZEN = Condition(f"{_DRAFT} AND attribute_not_exists(proposal)", {})
"""A draft that may change: no manifest was made of it, for trustees to confirm or for good."""


class Elections:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def add(self, election: Election, *beside: TransactItem) -> bool:
        """META, the organiser's pointer and the writes `beside` them, together; False when the id is taken."""
        pointer = {"pk": organiser_pk(election.organiser), "sk": election_pk(election.id), "election": election.id}
        writes = [self._roll.putting(to_item(election), ABSENT), self._roll.putting(pointer, ABSENT)]
        try:
            transact(self._roll.client, [*writes, *beside])
        except Cancelled:
            return False
        return True

    def find(self, election: str, *, consistent: bool = True) -> Election | None:
        item = self._roll.get(election_pk(election), META, consistent=consistent)
        return from_item(item) if item else None

    def owned_by(self, organiser: str, *, after: str | None, limit: int) -> tuple[list[Election], str | None]:
        """A page of an organiser's elections in order of id, and the id to continue `after`, if there may be more.

        Drafts that are being deleted are left out, so a page may hold fewer than `limit`.
        """
        start = election_pk(after) if after else None
        rows = list(self._roll.query(organiser_pk(organiser), prefix="ELECTION#", after=start, limit=limit))
        keys = [(row["sk"], META) for row in rows]
        found = self._roll.get_many(keys)
        elections = [from_item(found[key]) for key in keys if key in found]
        more = rows[-1]["election"] if len(rows) == limit else None
        return [election for election in elections if not election.deleting], more

    def edit(self, election: Election, revision: int, *beside: TransactItem) -> bool:
        """Replace a draft, together with the writes `beside`; False when it was frozen or edited since `revision`."""
        unchanged = Condition(
            f"{NOT_FROZEN.expression} AND revision = :revision AND roll_generation = :generation",
            {":revision": revision, ":generation": election.roll_generation},
        )
        try:
            transact(self._roll.client, [self._roll.putting(to_item(election), unchanged), *beside])
        except Cancelled:
            return False
        return True

    def set_mail(self, election: Election, mail: dict[str, str], *beside: TransactItem) -> bool:
        """Choose what mails say, together with the writes `beside`; False if the election was changed meanwhile.

        A draft that is being frozen by what was read before is refused there, and read again.
        """
        unchanged = Condition(
            "attribute_exists(pk) AND attribute_not_exists(deleting) AND revision = :revision",
            {":revision": election.revision},
        )
        update, values = "SET mail = :mail ADD revision :one", {":mail": mail, ":one": 1}
        write = self._roll.updating(election_pk(election.id), META, update, values, unchanged)
        try:
            transact(self._roll.client, [write, *beside])
        except Cancelled:
            return False
        return True

    def naming_run(self, election: str, run: str) -> TransactItem:
        """For the transaction that adds the job of an invitation run."""
        frozen = Condition("attribute_exists(manifest)", {})
        return self._roll.updating(election_pk(election), META, "SET inviting = :run", {":run": run}, frozen)

    def naming_result_run(self, election: str, run: str) -> TransactItem:
        """For the transaction that adds the job which mails the result's address. Refused if there was one."""
        first = Condition(
            "attribute_exists(manifest) AND (attribute_not_exists(result_run) OR result_run = :none)", {":none": ""}
        )
        return self._roll.updating(election_pk(election), META, "SET result_run = :run", {":run": run}, first)

    def setting_reminder(self, election: Election, at: str) -> TransactItem:
        """For the transaction that moves the row of its time. Refused if another time was chosen meanwhile."""
        unchanged = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(closed_at)"
            f" AND (remind_at = :before{'' if election.remind_at else ' OR attribute_not_exists(remind_at)'})",
            {":before": election.remind_at},
        )
        return self._roll.updating(election_pk(election.id), META, "SET remind_at = :at", {":at": at}, unchanged)

    def moving_revision(self, election: str) -> TransactItem:
        """For a transaction that changes a draft's roll: anyone who freezes it by what was read before is refused."""
        update = "ADD revision :one"
        return self._roll.updating(election_pk(election), META, update, {":one": 1}, NOT_FROZEN)

    def editing_roll(self, election: Election, now: datetime) -> TransactItem:
        """For a transaction that changes voters of a frozen election who are on no stated roll.

        An amendment that has read the roll before is refused (`amending_roll`), and this one is if an amendment was
        made since `election` was read, or if the election is closed.
        """
        open_ = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(closed_at) AND closes_at > :now"
            " AND amendments = :since",
            {":now": to_rfc3339(now), ":since": election.amendments},
        )
        return self._roll.updating(election_pk(election.id), META, "ADD roll_edits :one", {":one": 1}, open_)

    def freeze(self, election: Election, revision: int, *beside: TransactItem) -> bool:
        """Add manifest and keys to the draft that they were made from; False when somebody was faster."""
        return self.edit(election, revision, *beside)

    def adopt(self, election: Election, *beside: TransactItem) -> bool:
        """Freeze a draft with the manifest that its trustees have confirmed, together with the writes `beside`.

        False if it was changed since it was read, its people too, or is frozen already.
        """
        same = Condition(
            f"{_DRAFT} AND proposal = :proposal AND revision = :revision",
            {":proposal": election.proposal, ":revision": election.revision},
        )
        update = "SET manifest = :proposal ADD revision :one REMOVE proposal"
        write = self._roll.updating(election_pk(election.id), META, update, {":one": 1}, same)
        try:
            transact(self._roll.client, [write, *beside])
        except Cancelled:
            return False
        return True

    def releasing_draft(self, election: str) -> TransactItem:
        """For the transaction that begins a ceremony: what an earlier one fixed of the draft may change again."""
        update = "REMOVE proposal, #keys ADD revision :one"
        return self._roll.updating(election_pk(election), META, update, {":one": 1}, Condition(_DRAFT, {}))

    def accepting_voters(self, election: str, generation: int, now: datetime) -> TransactItem:
        """For the transaction that adds voters of this generation: it is the one that the roll is at.

        Refused as well if the election is not there, is being deleted, or is closed.
        """
        taking = Condition(
            "attribute_exists(pk) AND attribute_not_exists(deleting) AND attribute_not_exists(closed_at)"
            " AND (attribute_not_exists(manifest) OR closes_at > :now) AND roll_generation = :generation",
            {":now": to_rfc3339(now), ":generation": generation},
        )
        return self._roll.checking(election_pk(election), META, taking)

    def cut_roll(self, election: str) -> Election | None:
        """Begin the next generation of voters; None if the election is gone or is being deleted.

        Anyone who reads the roll afterwards finds all voters of the generations before, whatever is added meanwhile:
        the transactions that add a voter of an older generation are refused from now on.
        """
        there = Condition("attribute_exists(pk) AND attribute_not_exists(deleting)", {})
        try:
            item = self._roll.update(election_pk(election), META, "ADD roll_generation :one", {":one": 1}, there)
        except Refusal:
            return None
        return from_item(item)

    def amending_roll(self, election: Election, amended: Election) -> TransactItem:
        """For the transaction that states the roll's next revision: from `election`, as it was read, to `amended`.

        Refused if another amendment was made since `election` was read, a voter whom no roll states was changed, or if
        the election is closed by now.
        """
        unchanged = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(closed_at) AND closes_at > :now"
            " AND amendments = :since AND roll_edits = :edits",
            {":now": amended.amended_at, ":since": election.amendments, ":edits": election.roll_edits},
        )
        update = (
            "SET roll_size = :size, roll_root = :root, amendments = :number, amended_at = :now, roll_bounds = :bounds,"
            " amendment_bytes = :bytes, roll_lines = :lines"
        )
        values = {
            ":size": amended.roll_size,
            ":root": amended.roll_root,
            ":number": amended.amendments,
            ":bounds": amended.roll_bounds,
            ":bytes": amended.amendment_bytes,
            ":lines": amended.roll_lines,
        }
        return self._roll.updating(election_pk(election.id), META, update, values, unchanged)

    def amending(self, election: Election, amended: Election) -> TransactItem:
        """For the transaction that states a later end or a withdrawal: from `election`, as it was read, to `amended`.

        Refused if another amendment was made since `election` was read, or if the election is closed by then.
        """
        unchanged = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(closed_at) AND closes_at > :now"
            " AND amendments = :since",
            {":now": amended.amended_at, ":since": election.amendments},
        )
        update = (
            "SET closes_at = :end, withdrawn = :withdrawn, amendments = :number, amended_at = :at,"
            " amendment_bytes = :bytes"
        )
        values = {
            ":end": amended.closes_at,
            ":withdrawn": amended.withdrawn,
            ":number": amended.amendments,
            ":at": amended.amended_at,
            ":bytes": amended.amendment_bytes,
        }
        return self._roll.updating(election_pk(election.id), META, update, values, unchanged)

    def noting(self, election: Election, said: Election) -> TransactItem:
        """For the transaction that keeps a change of notices: from `election`, as it was read, to `said`.

        Refused if another change was made since `election` was read. No revision is moved: nothing frozen is changed.
        """
        unchanged = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(deleting) AND notices = :since",
            {":since": election.notices},
        )
        update = "SET notices = :number, notice_bytes = :bytes, description = :description"
        values = {":number": said.notices, ":bytes": said.notice_bytes, ":description": said.description}
        return self._roll.updating(election_pk(election.id), META, update, values, unchanged)

    def mark_erased(self, election: str) -> None:
        frozen = Condition("attribute_exists(manifest)", {})
        self._roll.update(election_pk(election), META, "SET erased = :yes", {":yes": True}, frozen)

    def mark_deleting(self, election: str, created_at: str) -> bool:
        """First step of deleting the draft or rehearsal that was created then. Doing it twice is doing it once.

        False if it is frozen and no rehearsal, or gone, also if another draft has the same id by now.
        """
        draft = Condition(
            "created_at = :created AND (attribute_not_exists(manifest) OR rehearsal = :yes)", {":created": created_at}
        )
        try:
            self._roll.update(election_pk(election), META, "SET deleting = :yes", {":yes": True}, draft)
        except Refusal:
            return False
        return True

    def remove(self, election: Election) -> None:
        """Last step of deleting a draft, after its voters."""
        marked = Condition("attribute_not_exists(pk) OR deleting = :yes", {":yes": True})
        transact(
            self._roll.client,
            [
                self._roll.deleting(election_pk(election.id), META, marked),
                self._roll.deleting(organiser_pk(election.organiser), election_pk(election.id)),
            ],
        )

    def forget(self, election: str) -> None:
        """What else lies with a draft that is being deleted: its events and jobs."""
        for item in self._roll.query(election_pk(election)):
            if item["sk"] != META:
                self._roll.delete(item["pk"], item["sk"])

    def closing(self, election: Election, closed_at: str) -> TransactItem:
        """The identity side of an early close, for the transaction that also writes STATE on the board.

        Refused if the election is closed, or an amendment was made since `election` was read.
        """
        not_yet = Condition(
            "attribute_exists(manifest) AND attribute_not_exists(closed_at) AND closes_at > :at"
            " AND amendments = :since",
            {":since": election.amendments},
        )
        return self._roll.updating(election_pk(election.id), META, "SET closed_at = :at", {":at": closed_at}, not_yet)
