"""One simple endpoint: the framework alone."""

from ballotcast import cold_start  # isort: split

from pydantic import BaseModel

from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.handler import http_handler
from ballotcast.wiring import from_environment

router = routes()


class Greeting(BaseModel):
    name: str
    words: str


@router.get("/greetings/{name}", openapi_extra=contract(Access.PUBLIC))
def greet(name: str, words: str = "good day") -> Greeting:
    return Greeting(name=name, words=words)


app = build_app("simple", "one simple endpoint", from_environment(), router)
handler = http_handler(app, "simple", silent=True)
cold_start.ready()
