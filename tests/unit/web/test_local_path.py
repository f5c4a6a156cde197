"""Links within links lead nowhere but to our own pages."""

from time import process_time

import pytest

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


@pytest.mark.parametrize("hostile", ["/" + "a" * 25 + "!", "/" + "a/" * 25 + "!", "/?" + "=" * 25 + "!"])
def test_a_refusal_takes_no_time(hostile: str) -> None:
    before = process_time()
    assert local_path(hostile) == "/"
    assert process_time() - before < 0.1
