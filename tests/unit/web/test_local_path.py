"""Links within links lead nowhere but to our own pages."""

import pytest

from growth import assert_grows_no_faster_than_its_input
from web.local_path import local_path


@pytest.mark.parametrize(
    "path", ["/", "/manage", "/manage/elections/ab12/edit", "/results/x_y-z", "/watch?cursor=aB%20"]
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "hostile",
    ["", "manage", "//evil.org", "/\\evil.org", "\\\\evil.org", "https://evil.org", "/manage//evil.org/..//", "/a\nb",
     "javascript:alert(1)", "/\t/evil.org", "/manage#x", "/%0d%0aSet-Cookie:x", "/é"],
)  # fmt: skip
def test_anything_else_leads_home(hostile: str) -> None:
    assert local_path(hostile) == "/"


@pytest.mark.parametrize(("before", "repeated"), [("/", "a"), ("/", "a/"), ("/?", "=")])
def test_a_refusal_takes_no_time(before: str, repeated: str) -> None:
    def refuse(times: int) -> None:
        assert local_path(before + repeated * times + "!") == "/"

    assert_grows_no_faster_than_its_input(refuse, 2)
