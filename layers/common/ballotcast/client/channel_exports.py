"""A channel's archive as a file on this side: at once where a request is enough, else by a job that is waited for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, NotYet, Unreachable, Untrusted

AVRO_FILE = "application/avro"
"""An Avro object container file."""
EXPORTS = {"avro": AVRO_FILE, "csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
"""Format of an export → its media type, which has to be asked for first, or API Gateway sends no bytes."""
Progress = Callable[[int, int], object]
"""Told records that are read, and how many there are."""


@dataclass(frozen=True)
class ChannelExport:
    """`place`: of the channel, or of one that is gone, below the API's address."""

    api: Api
    headers: Mapping[str, str]
    place: str

    def save(self, path: Path, asked: Mapping[str, str], fields: Sequence[str], progress: Progress | None) -> int:
        """Write the file whole or not at all; its bytes. Raises NotYet where the job failed."""
        part = path.with_name(path.name + ".part")
        columns = {"fields": ",".join(fields)} if fields else {}
        headers = {**self.headers, "Accept": EXPORTS[asked["format"]]}
        try:
            answer = self.api.get(f"{self.place}/export", params={**asked, **columns}, headers=headers)
        except ApiError as error:
            if error.slug != "export-too-large":
                raise
            size = self._by_job({**asked, **({"fields": list(fields)} if fields else {})}, part, progress)
        else:
            if answer.status_code == httpx.codes.SEE_OTHER:
                size = int(answer.json()["size"])
                self._download(answer.headers["location"], part)
            else:
                size = part.write_bytes(answer.content)
        if part.stat().st_size != size:
            raise Untrusted("the export came incomplete; try again")
        part.replace(path)
        return size

    def _by_job(self, order: Mapping[str, Any], path: Path, progress: Progress | None) -> int:
        """Have it made, and fetch it; its bytes."""
        job = self.api.post(f"{self.place}/exports", json=dict(order), headers=self.headers).json()
        while job["state"] not in ("done", "failed"):
            if progress:
                progress(job["done"], job["total"])
            self.api.sleep(job["poll_after_ms"] / 1000)
            job = self.api.get(f"{self.place}/exports/{job['id']}", headers=self.headers).json()
        if job["state"] == "failed":
            raise NotYet(f"the export was not made: {job['reason']}")
        if progress:
            progress(job["total"], job["total"])
        self._download(job["url"], path)
        return int(job["size"])

    def _download(self, url: str, path: Path) -> None:
        try:
            with self.api.http.stream("GET", url) as answer, path.open("wb") as file:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    raise ApiError.of(answer)
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        except httpx.TransportError as failure:
            raise Unreachable(f"the download broke off ({type(failure).__name__}); try again") from None
