"""What can be seen after the count: the result, and everything that it takes to count again."""

from fastapi import Response

from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId
from ballotcast.http.wired import Wired
from tally.publication import ExportView, ResultView, require_published, show_export, show_result

router = routes()


@router.get("/elections/{id}/results", openapi_extra=contract(Access.PUBLIC))
def results(election: ElectionId, wiring: Wired, response: Response) -> ResultView:
    """The result with every round and tie, spoilt ballots and turnout; 403 before the count."""
    published, manifest = require_published(wiring.results, wiring.manifests, election)
    response.headers["Cache-Control"] = "public, max-age=300"
    return show_result(published, manifest, wiring.blobs)


@router.get("/elections/{id}/export", status_code=303, openapi_extra=contract(Access.PUBLIC))
def export(election: ElectionId, wiring: Wired, response: Response) -> ExportView:
    """Leads to the zip that anyone can verify the election with; 403 before the count."""
    published, _ = require_published(wiring.results, wiring.manifests, election)
    view = show_export(published, wiring.blobs)
    response.headers["Location"] = view.url
    return view
