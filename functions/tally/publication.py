"""What is published once the ballots are counted: the result with its names, and the export."""

import json
from typing import Any

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.elections.result import ContestResult, Part, Result
from ballotcast.errors import Forbidden, NotFound
from ballotcast.store.blobs import Blobs
from ballotcast.store.manifests import Manifests
from ballotcast.store.results import Published, Results
from tally import work

EXPIRES = 15 * 60
"""Seconds that the address of an export is good for."""
PART = 4 * 1024 * 1024
"""Bytes of a part of an export: a function's answer has at most 6 MB, and bytes grow by a third in it."""


class Elected(Part):
    option: int
    name: str


class ContestView(ContestResult):
    """A contest's result with its names; options: in the order that numbers refer to. why: who is elected, and why."""

    why: str
    title: str
    options: tuple[str, ...]
    elected: tuple[Elected, ...]


class ResultView(Result):
    """The published result. roll, issued, cast: voters, credentials and ballots, spoilt ones among them."""

    election: str
    title: str
    roll: int
    issued: int
    cast: int
    contests: tuple[ContestView, ...]


class ExportView(Part):
    """Where the export can be fetched for `expires_in` seconds; size in bytes."""

    url: str
    sha256: str
    size: int
    expires_in: int


class PartsView(Part):
    """The export in parts that this API serves: `parts` of `part_size` bytes, the last one shorter; size: of all."""

    sha256: str
    size: int
    part_size: int
    parts: int


def require_published(results: Results, manifests: Manifests, election: str) -> tuple[Published, Manifest]:
    """NotFound: no such election. Forbidden: not counted yet; whether a count is under way is not told."""
    if found := manifests.find(election):
        if published := results.find(election):
            return published, Manifest.parse(found.manifest)
        raise Forbidden("not-counted", "the ballots of this election are not counted yet")
    raise NotFound("no-election", "there is no such election, or its manifest is not yet published")


def show_result(published: Published, manifest: Manifest, blobs: Blobs) -> ResultView:
    result = Result.model_validate_json(work.read(blobs, work.result_key(published.election)))
    sentences = json.loads(work.read(blobs, work.why_key(published.election)))
    contests = [_view(*parts) for parts in zip(result.contests, manifest.contests, sentences, strict=True)]
    return ResultView(
        **{**_fields(result), "contests": contests},
        election=published.election,
        title=manifest.title,
        roll=published.roll,
        issued=published.issued,
        cast=published.cast,
    )


def show_export(published: Published, blobs: Blobs) -> ExportView:
    election = published.election
    url = blobs.link(work.export_key(election), f"ballotcast-{election}.zip", EXPIRES)
    return ExportView(url=url, sha256=published.export_sha256, size=published.export_size, expires_in=EXPIRES)


def show_parts(published: Published) -> PartsView:
    size = published.export_size
    return PartsView(sha256=published.export_sha256, size=size, part_size=PART, parts=-(-size // PART))


def read_part(published: Published, number: int, blobs: Blobs) -> bytes:
    """Part `number`, from 0. NotFound if the export has not so many."""
    if number >= show_parts(published).parts:
        raise NotFound("no-part", "the export has not so many parts")
    return blobs.get_part(work.export_key(published.election), number * PART, PART)


def _view(counted: ContestResult, contest: Contest, why: str) -> ContestView:
    elected = tuple(Elected(option=number, name=contest.options[number - 1]) for number in counted.winners)
    known = {**_fields(counted), "why": why}
    return ContestView(**known, title=contest.title, options=contest.options, elected=elected)


def _fields(part: Part) -> dict[str, Any]:
    return dict(part)
