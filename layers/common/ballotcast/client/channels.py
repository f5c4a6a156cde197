"""Channels from outside: register, publish, watch, export. JSON in and JSON out; ApiError where the server refuses.

channels = Channels(connect("https://…/v1"), token)
channels.register_channel("engine", 26001, schema)
channels.publish("engine", [{"time": 1795168800000, "rpm": 4200.0}])
for records in channels.tail("engine"):
    ...
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx2 as httpx

from ballotcast.client.api import Api
from ballotcast.client.channel_exports import AVRO_FILE, EXPORTS, ChannelExport, Progress
from ballotcast.client.errors import ApiError, NotYet

__all__ = ["AVRO_BINARY", "AVRO_FILE", "EXPORTS", "Channels", "Records", "Window", "pushed_back"]

Document = dict[str, Any]

AVRO_BINARY = "avro/binary"
"""Records one after the other, as the channel's schema encodes them."""
PATIENCE = 60.0
"""Seconds for which a publisher waits for a channel that pushes back."""
FOLLOW = 10
"""Seconds that a request for the next record waits."""
STEADY = frozenset({"active", "failed"})


@dataclass(frozen=True)
class Window:
    """What a channel showed of itself. `next`: where to continue; `poll_after`: seconds until that is worth it."""

    records: Sequence[Document]
    next: str
    poll_after: float
    etag: str


@dataclass(frozen=True)
class Records:
    """A page of every record. `next`: where to continue; `skipped`: how many before it are not kept any more."""

    records: Sequence[Document]
    next: str
    skipped: int
    poll_after: float


class Channels:
    """`token`: an organiser's session, or a channel's own key, which is enough to publish; reading needs neither."""

    def __init__(self, api: Api, token: str = "") -> None:
        self.api = api
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def list_channels(self, status: str = "", *, mine: bool = False) -> list[Document]:
        """By name. `status`: registering, active, repairing, stopping, failed. `mine`: those of this session only."""
        asked = {**({"status": status} if status else {}), **({"mine": "true"} if mine else {})}
        found: list[Document] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self._get("/channels", params={**asked, **({"cursor": cursor} if cursor else {})})
            found += page["channels"]
            cursor = page["next_cursor"]
        return found

    def register_channel(
        self, name: str, port: int | None, schema: Mapping[str, Any], config: Mapping[str, Any] | None = None
    ) -> Document:
        """Waits for the relay, too; `api_key` of the answer is shown this once. `port` None: it has none.

        ApiError 409 with `document["used_by"]` if name or port is taken. Raises NotYet if it is still registering after
        a minute.
        """
        body = {"name": name, "port": port, "schema": dict(schema), "config": dict(config or {})}
        headers = {**self._headers, "Prefer": "wait=5"}
        registered: Document = self.api.post_once("/channels", json=body, headers=headers).json()
        if registered["status"] == "registering":
            shown = self.api.wait_for(lambda: self._when_steady(name), PATIENCE)
            if shown is None:
                raise NotYet(f"{name} is still registering")
            registered |= {"pid": shown["pid"], "status": "success" if shown["status"] == "active" else shown["status"]}
        return registered

    def change_channel(self, name: str, config: Mapping[str, Any]) -> Document:
        """Change what `config` names; the rest stays. Holds from the relay's next batch."""
        return self._send("PATCH", f"/channels/{name}", json={"config": dict(config)})

    def resume_channel(self, name: str, *, around: bool = False) -> Document:
        """Take a channel that has failed on, with what was accepted; waits until it is active or has failed again.

        `around`: what its relay is stuck at is refused and kept as dead letters, instead of being tried again.
        """
        resumed = self._send("POST", f"/channels/{name}/resume", json={"around": around})
        if resumed["status"] in STEADY:
            return resumed
        shown = self.api.wait_for(lambda: self._when_steady(name), PATIENCE)
        if shown is None:
            raise NotYet(f"{name} is still being resumed")
        return shown

    def deregister_channel(self, name: str, *, drain: bool = True) -> None:
        """Everything accepted is archived first, unless `drain` is False. Returns once name and port are free; NotYet
        if that is not so. Its records are kept (`past_channels`) until they are purged or its retention is over."""
        headers, asked = {**self._headers, "Prefer": "wait=5"}, {} if drain else {"drain": "false"}
        answer = self.api.send("DELETE", f"/channels/{name}", headers=headers, params=asked)
        if answer.status_code != httpx.codes.ACCEPTED:
            return
        found = self.api.wait_for(lambda: self._unless_stopping(name), PATIENCE)
        if found is None:
            raise NotYet(f"{name} is still stopping")
        if found:
            raise NotYet(f"{name} did not stop: {found['reason']}")

    def get_channel(self, name: str) -> Document:
        """Also its relay's state and what it could not take (`dead_letters`)."""
        return self._get(f"/channels/{name}")

    def available_ports(self, start: int = 26000, end: int = 27000) -> list[int]:
        """Ports from `start` to `end`, both included, that no channel has."""
        return list(self._get("/ports/available", params={"start": start, "end": end})["available"])

    def get_schema(self, name: str) -> Document:
        return self._get(f"/channels/{name}/schema")

    def upload_schema(self, name: str, schema: Mapping[str, Any]) -> Document:
        """Hold a schema against the registered one, which stays: `{valid, compatibility, …}`, with `reasons` if not."""
        try:
            answer = self.api.post(f"/channels/{name}/validate-schema", json={"schema": dict(schema)})
        except ApiError as error:
            if "valid" in error.document:
                return dict(error.document)
            raise
        return dict(answer.json())

    def rotate_key(self, name: str) -> str:
        """Return a new key for the channel; the old one stops working within seconds."""
        return str(self.api.post_once(f"/channels/{name}/key", headers=self._headers).json()["api_key"])

    def publish(
        self, name: str, records: Sequence[Mapping[str, Any]], *, key: str = "", patience: float = PATIENCE
    ) -> Document:
        """Return all of the records or none (422 names the first that does not fit); kept durably once this returns.

        `key`: an Idempotency-Key, for a caller who may repeat the call; `patience`: seconds for which a channel that
        pushes back is asked again.
        """
        return self._publish(name, {"json": {"records": list(records)}}, {}, key, patience)

    def publish_avro(
        self, name: str, data: bytes, media_type: str = AVRO_BINARY, *, key: str = "", patience: float = PATIENCE
    ) -> Document:
        """The same with records as AVRO_BINARY or an AVRO_FILE."""
        return self._publish(name, {"content": data}, {"Content-Type": media_type}, key, patience)

    def live(self, name: str, since: str = "", etag: str = "") -> Window | None:
        """Return what came after `since` (a window's `next`; else the newest), decimated; None: as it was at `etag`."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self.api.get(f"/channels/{name}/live", params={"since": since} if since else {}, headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        shown: Document = answer.json()
        return Window(shown["records"], shown["next"], shown["poll_after_ms"] / 1000, answer.headers.get("etag", ""))

    def tail(self, name: str, since: str = "") -> Iterator[Sequence[Document]]:
        """Yield the live records as they come, without end, no sooner than the server asks for."""
        window = Window((), since, 0, "")
        while True:
            fresh = self.live(name, window.next, window.etag)
            if fresh is not None:
                window = fresh
                if window.records:
                    yield window.records
            self.api.sleep(window.poll_after)

    def records(self, name: str, since: str = "", wait: int = 0) -> Records:
        """Return the records from the place `since` on, at full rate; without it none, and the place of the next one.

        `wait`: seconds, at most 10, for which the answer may wait for the first record.
        """
        asked = {**({"since": since} if since else {}), **({"wait": str(wait)} if wait else {})}
        page = self._get(f"/channels/{name}/{'follow' if wait else 'records'}", params=asked)
        return Records(page["records"], page["next"], page["skipped"], page["poll_after_ms"] / 1000)

    def follow(self, name: str, since: str = "") -> Iterator[Records]:
        """Yield every record from `since` on (an earlier page's `next`; else from now on), without end. Where too many
        wait already, it asks once a second instead of waiting."""
        page = self.records(name, since)
        while True:
            if page.records or page.skipped:
                yield page
            if not page.poll_after:
                page = self.records(name, page.next)
                continue
            try:
                page = self.records(name, page.next, FOLLOW)
            except ApiError as error:
                if not pushed_back(error) and error.status < httpx.codes.INTERNAL_SERVER_ERROR:
                    raise
                self.api.sleep(max(page.poll_after, error.retry_after or 0))
                page = self.records(name, page.next)

    def export(
        self,
        name: str,
        path: Path,
        format: str = "avro",  # noqa: A002
        *,
        start: str = "",
        end: str = "",
        duration: str = "",
        fields: Sequence[str] = (),
        born: int = 0,
        progress: Progress | None = None,
    ) -> int:
        """Return every accepted record once and in order, to `path`; its bytes. What is too large for a request is a
        job.

        Args:
            format: a key of EXPORTS.
            start, end: inclusive and exclusive; RFC 3339, on the channel's time axis.
            duration: ISO 8601, such as PT30S, in place of one of the two.
            fields: the columns of CSV or Parquet; none for all.
            born: of a channel that is gone (`past_channels`), in place of the one that has the name now.
            progress: told records read and in all, while a job is under way.
        """
        span = {"from": start, "to": end, "duration": duration}
        asked = {"format": format, **{name: value for name, value in span.items() if value}}
        place = f"/channels/{name}/past/{born}" if born else f"/channels/{name}"
        return ChannelExport(self.api, self._headers, place).save(path, asked, fields, progress)

    def past_channels(self) -> list[Document]:
        """Return the organiser's channels that are gone, as long as records of them are kept."""
        return list(self._get("/past-channels")["channels"])

    def purge(self, name: str, born: int) -> None:
        """Remove for good what is kept of a channel that is gone. Nothing is given out of it any more."""
        self._send("DELETE", f"/channels/{name}/past/{born}")

    def _publish(self, name: str, body: Document, headers: dict[str, str], key: str, patience: float) -> Document:
        headers = {**self._headers, **headers, "Idempotency-Key": key or token_urlsafe(16)}
        while True:
            try:
                return dict(self.api.post(f"/channels/{name}/records", headers=headers, **body).json())
            except ApiError as error:
                pause = max(error.retry_after or 0, 1)
                patience -= pause
                if not pushed_back(error) or patience < 0:
                    raise
                self.api.sleep(pause)

    def _when_steady(self, name: str) -> Document | None:
        shown = self.get_channel(name)
        return shown if shown["status"] in STEADY else None

    def _unless_stopping(self, name: str) -> Document | None:
        """Empty once the channel is gone."""
        try:
            shown = self.get_channel(name)
        except ApiError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return {}
            raise
        return None if shown["status"] == "stopping" else shown

    def _get(self, path: str, **options: Any) -> Document:
        return self._send("GET", path, **options)

    def _send(self, method: str, path: str, **options: Any) -> Document:
        return dict(self.api.send(method, path, headers=self._headers, **options).json())


def pushed_back(error: ApiError) -> bool:
    """Return whether the channel will take the same request later: a backlog, or a relay that is not ready yet."""
    return error.slug in {"backlog", "not-ready"} or error.status == httpx.codes.TOO_MANY_REQUESTS
