"""The organiser's side: one method for each route, JSON in and JSON out. ApiError where the server refuses."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ballotcast.client.api import Api
from ballotcast.client.errors import ClientError, NotYet

Document = dict[str, Any]


class ImportFailed(ClientError):
    """An import that ended before its last row; `report` says how far it came."""

    def __init__(self, report: Document) -> None:
        super().__init__("the import stopped before its end")
        self.report = report


class Organiser:
    """`token`: of a session opened before; `log_in` opens one. `device`: of a log-in before, on this device."""

    def __init__(self, api: Api, token: str = "", device: str = "") -> None:
        self.api = api
        self.token = token
        self.device = device

    def sign_up(self, email: str, password: str, language: str = "") -> str:
        """The organiser's id; a code to verify the address is mailed, in this language."""
        body = {"email": email, "password": password, **({"language": language} if language else {})}
        return str(self.api.post_once("/organisers", json=body).json()["organiser_id"])

    def verify(self, organiser_id: str, token: str) -> None:
        """Prove the address by the code that was mailed to it."""
        self.api.post("/organisers/verify", json={"organiser_id": organiser_id, "token": token})

    def ask_verification(self, organiser_id: str) -> None:
        """Have another code mailed; at most one in ten minutes."""
        self.api.post("/organisers/verify", json={"organiser_id": organiser_id})

    def ask_reset(self, email: str) -> None:
        """Have a code to set a new password mailed. Whether there is such an account is not told."""
        self.api.post("/organisers/reset", json={"email": email})

    def set_password(self, email: str, token: str, password: str) -> None:
        """By the code that was mailed. What to log in with, whatever strangers have tried, is kept here."""
        body = {"email": email, "token": token, "password": password}
        self.device = str(self.api.post("/organisers/password", json=body).json()["device"])

    def log_in(self, email: str, password: str, language: str = "") -> str:
        """Open a session of an hour; its token is kept here and returned, and `device` for the next log-in."""
        known = {"device": self.device, "language": language}
        body = {"email": email, "password": password, **{name: value for name, value in known.items() if value}}
        opened = self.api.post("/sessions", json=body).json()
        self.token, self.device = str(opened["token"]), str(opened["device"])
        return self.token

    def log_out(self) -> None:
        """End the session at once."""
        self.api.send("DELETE", "/sessions", headers=self._session())
        self.token = ""

    def account(self) -> Document:
        """One's own: address, whether it is verified, whether mails about one's elections are wanted."""
        return self._document("GET", "/account")

    def want_mails(self, *, wanted: bool) -> None:
        """Whether mails about one's elections come: openings, closes, counts, invitations that came back."""
        self._document("PATCH", "/account", json={"milestone_mails": wanted})

    def create_election(self, draft: Mapping[str, Any]) -> Document:
        """`draft`: title, description, opens_at, closes_at, contests, second_factor, mode (docs/api.md)."""
        return self._post("/elections", json=dict(draft))

    def copy_election(self, election: str, changes: Mapping[str, Any], *, roll: bool = False) -> Document:
        """Draft another one like it: `changes` may have title, opens_at, closes_at. `roll`: with its voters."""
        return self._post(f"/elections/{election}/copies", json={**changes, "roll": roll})

    def rehearse(self, election: str) -> Document:
        """Draft a rehearsal of it: a copy whose mails come to oneself alone."""
        return self._post(f"/elections/{election}/copies", json={"rehearsal": True})

    def give_notice(self, election: str, text: str, replaces: int = 0) -> Document:
        """Say something to everybody; `replaces`: the notice that it corrects. An empty text takes that one back."""
        body = {"text": text, "replaces": replaces}
        return self._document("POST", f"/elections/{election}/notices", json=body)

    def trustees(self, election: str) -> Document:
        """How far the trustees are with the election's key."""
        return self._document("GET", f"/elections/{election}/trustees")

    def order_trustees(self, election: str, act: str, **more: Any) -> Document:
        """`begin` with attempt, t and trustees (name, email); `fix`; or `remind` (docs/api.md)."""
        return self._document("POST", f"/elections/{election}/trustees", json={"act": act, **more})

    def elections(self) -> Iterator[Document]:
        return self._pages("/elections", "elections")

    def election(self, election: str) -> Document:
        return self._document("GET", f"/elections/{election}")

    def edit_election(self, election: str, changes: Mapping[str, Any]) -> Document:
        return self._document("PATCH", f"/elections/{election}", json=dict(changes))

    def delete_election(self, election: str) -> None:
        self.api.send("DELETE", f"/elections/{election}", headers=self._session())

    def add_voter(self, election: str, email: str, phone: str = "", name: str = "", language: str = "") -> Document:
        personal = {"phone": phone, "name": name, "language": language}
        body = {"email": email, **{member: value for member, value in personal.items() if value}}
        return self._post(f"/elections/{election}/voters", json=body)

    def edit_voter(self, election: str, voter: str, changes: Mapping[str, str]) -> Document:
        """Change a voter who was not invited yet: `email`, `name`, `phone`, `language`."""
        body = {"voter": voter, **changes}
        return self._document("PATCH", f"/elections/{election}/voters", json=body)

    def remove_voters(self, election: str, emails: Sequence[str]) -> int:
        """Take voters off the roll who were not invited yet; how many were on it."""
        path = f"/elections/{election}/voters/removals"
        return int(self._document("POST", path, json={"voters": list(emails)})["removed"])

    def empty_roll(self, election: str) -> None:
        """Take everybody off a draft's roll who is on it now; in the background."""
        self._document("DELETE", f"/elections/{election}/voters")

    def end_rights(self, election: str, emails: Sequence[str], reason: str) -> None:
        """Ask to end the rights of voters who were invited. Everybody can read the reason."""
        self._document("POST", f"/elections/{election}/voters/endings", json={"voters": list(emails), "reason": reason})

    def move_rights(self, election: str, moves: Mapping[str, str], reason: str) -> None:
        """Give the rights of these addresses to others (`moves`: from old to new), and invite these."""
        orders = [{"voter": voter, "email": email} for voter, email in moves.items()]
        self._document("POST", f"/elections/{election}/voters/moves", json={"moves": orders, "reason": reason})

    def import_voters(self, election: str, table: bytes, patience: float = 900, **columns: Any) -> Document:
        """The report (docs/api.md) of a roll in a table, also of a file that continues as a job.

        `columns`, `header`: which columns to read, where their names are not known. NotYet if the job is not over after
        `patience` seconds (importing again is safe); ImportFailed.
        """
        report = self.begin_import(election, table, **columns)
        if "job" not in report:
            return report
        over = self.api.wait_for(lambda: _unless_running(self.find_import(election, report["job"])), patience)
        if over is None:
            raise NotYet("the import is still running")
        if over["state"] != "done":
            raise ImportFailed(over)
        return {name: value for name, value in over.items() if name not in ("job", "state", "done", "total")}

    def check_import(self, election: str, table: bytes, *, columns: str = "", header: bool = True) -> Document:
        """What an import would come to: the same, with `compared`, `undecided` and `first_rows`. Nothing is written."""
        path, query = f"/elections/{election}/voters/import", _chosen(columns, header)
        options = {"content": table, "headers": self._file(), "params": {"dry_run": "true", **query}}
        return dict(self.api.post(path, **options).json())

    def begin_import(self, election: str, table: bytes, *, columns: str = "", header: bool = True) -> Document:
        """The report, or, of a large file, how far it is: with `job`, `state`, `done` and `total`."""
        path, query = f"/elections/{election}/voters/import", _chosen(columns, header)
        return dict(self.api.post_once(path, content=table, headers=self._file(), params=query).json())

    def find_import(self, election: str, job: str) -> Document:
        """How far it is by now."""
        return self._document("GET", f"/elections/{election}/voters/imports/{job}")

    def voters(self, election: str, *, search: str = "", delivery: str = "") -> Iterator[Document]:
        """All, or those whose address or name begins with `search`, and whose invitation's mail is in a state."""
        return self._pages(f"/elections/{election}/voters", "voters", search=search, delivery=delivery)

    def erase_personal_data(self, election: str) -> None:
        self.api.send("DELETE", f"/elections/{election}/voters/personal-data", headers=self._session())

    def invite(self, election: str, *, only: str = "", voters: Sequence[str] = ()) -> Document:
        """`{queued, last_day}`. Neither `only` (`all`, `bounced`, `not_issued`) nor `voters`: who has no mail yet.

        `only` may also be `result`: where the published result is, to everybody.
        """
        order = {**({"only": only} if only else {}), **({"voters": list(voters)} if voters else {})}
        return self._post(f"/elections/{election}/invitations", json=order)

    def remind_at(self, election: str, at: str | None) -> None:
        """Have voters reminded at a time (RFC 3339) who have no credential by then; None: not at any."""
        self._post(f"/elections/{election}/invitations", json={"only": "not_issued", "at": at})

    def invitations(self, election: str) -> Document:
        """Return `{run}`: the progress of the invitations that a job sends."""
        return self._document("GET", f"/elections/{election}/invitations")

    def stop_invitations(self, election: str) -> Document:
        """`{run}`, which queues no further mails."""
        return self._document("POST", f"/elections/{election}/invitations/stop")

    def mail(self, election: str) -> Document:
        """What the election's mails say (docs/api.md)."""
        return self._document("GET", f"/elections/{election}/mail")

    def choose_mail(self, election: str, mail: Mapping[str, str]) -> Document:
        """Replace what they say; `notes` has what was changed for that."""
        return self._document("PUT", f"/elections/{election}/mail", json=dict(mail))

    def preview_mail(self, election: str, mail: Mapping[str, str] | None = None, *, reminds: bool = False) -> Document:
        """Return the invitation or the reminder with an example link. `mail`: the texts, which need not be saved."""
        order = {"reminds": reminds, **({"mail": dict(mail)} if mail is not None else {})}
        return self._document("POST", f"/elections/{election}/mail/preview", json=order)

    def test_mail(self, election: str, *, reminds: bool = False) -> None:
        """Have it sent to oneself."""
        self._post(f"/elections/{election}/mail/test", json={"reminds": reminds})

    def people(self, election: str) -> list[Document]:
        """Who conducts and observes it: `email`, `role`, `state`, `since`."""
        return list(self._document("GET", f"/elections/{election}/people")["people"])

    def invite_person(self, election: str, email: str, role: str) -> None:
        """Invite somebody as `owner`, `organiser` or `observer`, or change the role of somebody who is there."""
        self._post(f"/elections/{election}/people", json={"email": email, "role": role})

    def remove_person(self, election: str, email: str) -> None:
        """Also withdraws an invitation; those who own nothing remove only themselves."""
        self._document("POST", f"/elections/{election}/people/removals", json={"email": email})

    def accept_invitation(self, election: str, code: str) -> Document:
        """The election, whose code was mailed to this organiser's address."""
        return self._document("POST", f"/elections/{election}/people/acceptance", json={"token": code})

    def open(self, election: str) -> Document:
        return self._document("POST", f"/elections/{election}/open")

    def extend(self, election: str, closes_at: str, reason: str) -> Document:
        """Have voting end later (RFC 3339). Everybody can read the reason."""
        body = {"closes_at": closes_at, "reason": reason}
        return self._document("POST", f"/elections/{election}/extensions", json=body)

    def withdraw(self, election: str, contest: str, option: int, reason: str) -> Document:
        """Withdraw an option by its number, from 1. Everybody can read the reason."""
        body = {"contest": contest, "option": option, "reason": reason}
        return self._document("POST", f"/elections/{election}/withdrawals", json=body)

    def close(self, election: str) -> Document:
        """Close now; repeated after a failed count, it is counted again."""
        return self._document("POST", f"/elections/{election}/close")

    def release_result(self, election: str) -> Document:
        """Publish a result that the manifest holds after the count."""
        return self._document("POST", f"/elections/{election}/release")

    def events(self, election: str) -> Iterator[Document]:
        return self._pages(f"/elections/{election}/events", "events")

    def page(
        self, path: str, cursor: str = "", limit: int = 100, *, wanted: Mapping[str, str] = MappingProxyType({})
    ) -> Document:
        """One page of a listing, with `next_cursor`; `wanted`: what it is restricted to."""
        chosen = {name: value for name, value in {"cursor": cursor, **wanted}.items() if value}
        return self._document("GET", path, params={"limit": limit, **chosen})

    def _file(self) -> dict[str, str]:
        """API Gateway passes bytes as they are under this type only."""
        return {**self._session(), "Content-Type": "application/octet-stream"}

    def _session(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _document(self, method: str, path: str, **options: Any) -> Document:
        return dict(self.api.send(method, path, headers=self._session(), **options).json())

    def _post(self, path: str, **options: Any) -> Document:
        return dict(self.api.post_once(path, headers=self._session(), **options).json())

    def _pages(self, path: str, name: str, **wanted: str) -> Iterator[Document]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.page(path, cursor, wanted=wanted)
            yield from page[name]
            cursor = page["next_cursor"]


def _chosen(columns: str, header: bool) -> dict[str, str]:
    return {**({"columns": columns} if columns else {}), **({} if header else {"header": "false"})}


def _unless_running(job: Document) -> Document | None:
    return None if job["state"] == "running" else job
