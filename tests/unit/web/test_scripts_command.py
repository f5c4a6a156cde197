"""`ballotcast scripts` against pages as they are served, and as somebody might have changed them."""

from collections.abc import Callable
from html import escape

import httpx2 as httpx
import pytest

from ballotcast_tools.scripts import compare
from web.static_files import FOLDER, static_files

SITE = "https://vote.example/v1"
FILES = ("js/check/main.js", "js/verify/worker.js", "css/ballotcast.css")


def paths() -> dict[str, str]:
    return {f"/v1/static/{static_files()[name].path}": name for name in FILES}


def client(change: Callable[[str, bytes], bytes]) -> httpx.Client:
    """What is served, by name and content, goes through `change`."""
    script, worker, style = (escape(path) for path in paths())
    page = f'<link rel="stylesheet" href="{style}"><script src="{script}"></script><div data-worker="{worker}"></div>'

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/check":
            return httpx.Response(200, text=page)
        name = paths()[request.url.path]
        return httpx.Response(200, content=change(name, (FOLDER / name).read_bytes()))

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_all_that_a_page_loads_is_compared_the_worker_too() -> None:
    with client(lambda _name, content: content) as served:
        assert dict(compare(served, SITE, "/check", FOLDER)) == dict.fromkeys(FILES, True)


@pytest.mark.parametrize("changed", FILES)
def test_one_byte_that_was_changed_is_found(changed: str) -> None:
    with client(lambda name, content: content + b" " if name == changed else content) as served:
        found = dict(compare(served, SITE, "/check", FOLDER))
    assert [name for name, same in found.items() if not same] == [changed]
