"""What is published once the ballots are counted: the result with its names, and the export."""

import json
from typing import Any

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.elections.export_files import OPENING
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


WHOLE = 3_500_000
"""Bytes of a result that is shown with all its rounds: quotation marks are escaped once more in a function's answer."""


class Elected(Part):
    option: int
    name: str


class ContestView(ContestResult):
    """A contest's result with its names; options: in the order that numbers refer to. why: who is elected, and why.

    elected: who takes a seat: the winners, as far as the contest's conditions let them. conditions: the members of the
    manifest's contest that say which there are. rounds_left_out: `rounds` is empty, because all contests together are
    too long; `?contest=` with its id has them.
    """

    why: str
    title: str
    options: tuple[str, ...]
    elected: tuple[Elected, ...]
    conditions: dict[str, Any]
    rounds_left_out: bool = False


class OpenedBy(Part):
    """Who opened the ballots: t of the named trustees were needed, and those in `released` gave their shares."""

    t: int
    trustees: tuple[str, ...]
    released: tuple[str, ...]


class ResultView(Result):
    """The published result. roll, issued, cast: voters, credentials and ballots, spoilt ones among them."""

    election: str
    title: str
    roll: int
    issued: int
    cast: int
    counted_at: str | None
    """RFC 3339; null if a release counted it that did not keep the time."""
    released_at: str | None
    """When a held result was released; null if it never was held."""
    opened_by: OpenedBy | None
    """Null if the election has no trustees."""
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
    """NotFound: no such election. Forbidden: not counted yet, or held.

    Whether a count is under way is not told.
    """
    if found := manifests.find(election):
        if published := results.find(election):
            if published.held and results.released_at(election) is None:
                raise _held(published)
            return published, Manifest.parse(found.manifest)
        raise Forbidden("not-counted", "the ballots of this election are not counted yet")
    raise NotFound("no-election", "there is no such election, or its manifest is not yet published")


def _held(published: Published) -> Forbidden:
    """With what fixes the result: both hashes are over the election key, so no result can be guessed from them."""
    known = {name: getattr(published, name) for name in ("counted_at", "result_sha256", "export_sha256")}
    return Forbidden("held", "the result is counted, and held until an organiser releases it", extra=known)


def show_result(
    published: Published, manifest: Manifest, results: Results, blobs: Blobs, contest: str = ""
) -> ResultView:
    """`contest`: the id of the only one that is wanted; NotFound if there is none."""
    content = work.read(blobs, work.result_key(published.election))
    result = Result.model_validate_json(content)
    sentences = json.loads(work.read(blobs, work.why_key(published.election)))
    parts = zip(result.contests, manifest.contests, sentences, strict=True)
    contests = [_view(*part) for part in parts if contest in ("", part[0].id)]
    if not contests:
        raise NotFound("no-contest", "the election has no such contest")
    if len(content) > WHOLE and not contest:
        contests = _without_rounds(contests, len(content) - WHOLE)
    return ResultView(
        **{**_fields(result), "contests": contests},
        election=published.election,
        title=manifest.title,
        roll=published.roll,
        issued=published.issued,
        cast=published.cast,
        counted_at=published.counted_at,
        released_at=results.released_at(published.election) if published.held else None,
        opened_by=_opened_by(manifest, blobs),
    )


def _opened_by(manifest: Manifest, blobs: Blobs) -> OpenedBy | None:
    if manifest.trustees is None:
        return None
    opening = json.loads(work.read(blobs, work.published_key(manifest.election, OPENING)))
    names = tuple(one.name for one in manifest.trustees.people)
    released = tuple(names[one["index"] - 1] for one in opening["releases"])
    return OpenedBy(t=manifest.t, trustees=names, released=released)


def _without_rounds(contests: list[ContestView], surplus: int) -> list[ContestView]:
    """Leave out the longest rounds, until `surplus` bytes are saved."""
    sizes = {one.id: len(json.dumps(one.rounds)) for one in contests}
    left_out = set[str]()
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if surplus > 0:
            left_out.add(name)
            surplus -= sizes[name]
    shorter = {"rounds": (), "rounds_left_out": True}
    return [one.model_copy(update=shorter) if one.id in left_out else one for one in contests]


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
    fields = _fields(counted)
    seated = fields["outcome"]["elected"] if "outcome" in fields else counted.winners
    elected = tuple(Elected(option=number, name=contest.options[number - 1]) for number in seated)
    known = {**fields, "why": why, "conditions": contest.conditions}
    return ContestView(**known, title=contest.title, options=contest.options, elected=elected)


def _fields(part: Part) -> dict[str, Any]:
    return dict(part)
