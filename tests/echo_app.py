"""Endpoints of every simple kind, and of some that are not, which answer what they were called with.

They change nothing, so that one request can be sent by two ways and the answers compared.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NoReturn

from botocore.exceptions import ClientError
from fastapi import (
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    Header,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
)
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ballotcast import errors
from ballotcast.ballots.fields import Text, UtcSecond
from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.fields import Base64Url
from ballotcast.http.paging import Cursor, Limit
from ballotcast.http.publishers import CurrentPublisher
from ballotcast.http.raw_body import RawBody
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.wiring import Wiring

router = routes()
PUBLIC = contract(Access.PUBLIC)
SMALL = contract(Access.PUBLIC, body_limit=200)
BY_LINK = contract(Access.LINK, body_limit=2000)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: Text
    weight: Annotated[float, Field(ge=0)] = 1.0
    kind: Literal["a", "b"] | None = None


class Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    title: str
    count: int = 0
    done: bool = False
    at: UtcSecond = datetime(2026, 11, 20, tzinfo=UTC)
    blob: Base64Url = b""
    parts: list[Part] = []
    free: Annotated[dict[str, Any] | str, Field(alias="schema")] = ""
    anything: Any = None


class Loose(BaseModel):
    """Not strict, and what it does not know it drops."""

    number: int
    ratio: float = 0
    flag: bool = False
    names: list[str] | None = None


class Told(BaseModel):
    told: str
    ratio: float | None = None


def spell(request: Request) -> str:
    return (
        f"{request.method} {request.url.path} {sorted(request.headers.items())} {request.query_params} {request.client}"
    )


@router.get("/echo/{name}", openapi_extra=PUBLIC)
def echo(
    name: Annotated[str, Path(max_length=20)],
    limit: Limit = 10,
    cursor: Cursor = None,
    mine: bool = False,
    kind: Literal["a", "b"] | None = None,
    since: Annotated[str, Query(alias="from")] = "",
    ratio: float | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
    content_type: Annotated[str, Header(max_length=40)] = "none",
) -> Told:
    return Told(told=repr((name, limit, cursor, mine, kind, since, if_none_match, content_type)), ratio=ratio)


@router.get("/required", openapi_extra=PUBLIC)
def required(number: int, x_token: Annotated[str, Header(pattern="^[a-z]+$")]) -> list[str]:
    return [str(number), x_token]


@router.get("/files/{at}/{path:path}", openapi_extra=PUBLIC)
def file(at: int, path: Annotated[str, Path(max_length=40)]) -> dict[str, Any]:
    return {"at": at, "path": path}


@router.get("/request/{name}", openapi_extra=PUBLIC)
def asked(name: str, spelled: Annotated[str, Depends(spell)], request: Request) -> Told:
    return Told(told=f"{spelled} {name} {request.path_params} {request.url} {request.cookies}")


@router.post("/drafts/{name}", status_code=201, openapi_extra=contract(Access.PUBLIC, body_limit=4000))
def draft(name: str, draft: Draft, response: Response) -> Told:
    if draft.done:
        response.status_code = 200
        response.headers["X-Done"] = "yes"
    return Told(told=repr(draft), ratio=draft.parts[0].weight if draft.parts else None)


@router.patch("/loose", openapi_extra=SMALL)
def loose(body: Loose) -> Told:
    return Told(told=repr(body), ratio=body.ratio)


@router.put("/optional", openapi_extra=BY_LINK)
def optional(body: Loose | None = None) -> str:
    return repr(body)


@router.post("/raw/{name}", status_code=202, openapi_extra=SMALL)
def raw(name: str, body: RawBody, content_type: Annotated[str, Header()] = "none") -> dict[str, str]:
    return {"name": name, "body": body.hex(), "type": content_type}


@router.post("/nothing", openapi_extra=BY_LINK)
def nothing() -> None: ...


@router.delete("/things/{name}", status_code=204, response_class=Response, openapi_extra=PUBLIC)
def delete(name: str) -> None: ...


@router.get("/mine", openapi_extra=contract(Access.ORGANISER))
def mine(organiser: CurrentOrganiser, limit: Limit = 1) -> str:
    return f"{organiser} {limit}"


@router.get("/published", openapi_extra=contract(Access.PUBLISHER))
def published(publisher: CurrentPublisher, wiring: Wired) -> str:
    return f"{publisher.organiser} {publisher.key_hash} {wiring.clock()}"


@router.get("/status/{code}", openapi_extra=PUBLIC)
def status(code: Annotated[int, Path(ge=200, le=599)], response: Response) -> Told:
    response.status_code = code
    response.headers.append("Set-Cookie", "a=1")
    response.headers.append("Set-Cookie", "b=2")
    response.headers["Cache-Control"] = "public"
    return Told(told=str(code))


ANSWERS: dict[str, Any] = {
    "binary": lambda: Response(b"\xff\x00\x01", media_type="application/octet-stream"),
    "broken-text": lambda: Response(b"\xff\xfe", media_type="text/plain"),
    "empty": lambda: Response(),
    "untyped": lambda: Response(b"x"),
    "html": lambda: HTMLResponse("<p>é", headers={"Cache-Control": "public", "X-Content-Type-Options": "x"}),
    "json": lambda: JSONResponse({"é": [1, None]}, 203, {"ETag": '"1"'}),
    "unchanged": lambda: Response(status_code=304, headers={"ETag": '"1"'}),
    "redirect": lambda: RedirectResponse("/é?a=b c", 303),
    "latin-header": lambda: Response(headers={"X-Name": "é"}),
    "two-types": lambda: _typed_twice(),
    "stream": lambda: StreamingResponse(iter([b"a", b"b"]), media_type="text/csv"),
    "not-json": lambda: JSONResponse(float("nan")),
}


def _typed_twice() -> Response:
    response = Response(b"x", media_type="text/plain")
    response.headers.append("content-type", "application/json")
    return response


@router.get("/answers/{kind}", openapi_extra=PUBLIC, response_class=Response)
def answer(kind: str) -> Response:
    made: Response = ANSWERS[kind]()
    return made


@router.get("/values/{kind}", openapi_extra=PUBLIC)
def value(kind: str) -> Told:
    return {"right": Told(told="é"), "wrong": {"told": 1}, "nan": Told(told="", ratio=float("nan")), "none": None}[kind]  # type: ignore[return-value]


def _busy() -> NoReturn:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")


def _odd() -> NoReturn:
    raise HTTPException(418, "a teapot", {"X-Pot": "tea"})


RAISES = list(errors.Refused.__subclasses__())


@router.get("/raises/{kind}", openapi_extra=PUBLIC)
def refuse(kind: int, wiring: Wired) -> str:
    match kind:
        case 0:
            _busy()
        case 1:
            _odd()
        case 2:
            raise ZeroDivisionError
        case _:
            refusal: Exception = RAISES[kind % len(RAISES)]("slug", "détail", retry_after=kind)
            raise refusal


def refusing() -> None:
    raise errors.Gone("gone", "always")


@router.post("/guarded", openapi_extra=PUBLIC)
def guarded(guard: Annotated[None, Depends(refusing)], body: Loose, number: int) -> str:
    return "never"


@router.get("/elsewhere/{name}", openapi_extra=PUBLIC, response_model=None, response_class=RedirectResponse)
def lead(name: str) -> str:
    return f"/{name}"


STOCK = routes()
"""What the fast path does not take."""


@STOCK.get("/async", openapi_extra=PUBLIC)
async def asynchronous(number: int = 1) -> int:
    return number


@STOCK.get("/cookie", openapi_extra=PUBLIC)
def cookie(session: Annotated[str, Cookie()] = "") -> str:
    return session


@STOCK.get("/many", openapi_extra=PUBLIC)
def many(name: Annotated[list[str], Query()] = []) -> list[str]:  # noqa: B006 - FastAPI copies it
    return name


@STOCK.get("/converts/{number:int}", openapi_extra=PUBLIC)
def converts(number: int) -> int:
    return number


@STOCK.post("/parts", openapi_extra=PUBLIC)
def parts(one: Part, other: Annotated[int, Body()]) -> str:
    return repr((one, other))


@STOCK.post("/background", openapi_extra=PUBLIC)
def background(tasks: BackgroundTasks) -> str:
    return str(len(tasks.tasks))


@STOCK.get("/yields", openapi_extra=PUBLIC)
def yields(number: Annotated[int, Depends(lambda: (yield 1))]) -> int:
    return number


@STOCK.get("/echo/special", openapi_extra=PUBLIC)
def shadowed() -> str:
    return "never reached"


def create_app(wiring: Wiring) -> FastAPI:
    return build_app("mirror", "mirror", wiring, router, STOCK)
