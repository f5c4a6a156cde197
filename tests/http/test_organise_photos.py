"""Photos of options: sent with a draft, then named by their hashes, frozen with the manifest, served by hash."""

import json
from base64 import b64encode
from typing import Any

import pytest

from api_events import TestClient
from ballotcast.elections.photo import Photo, read_photo
from jpeg import grey, url
from organising import DRAFT, Organiser
from problem import assert_problem
from tally.app import create_app as tally_app
from world import World

FACE = grey(120, 160)
NAME = read_photo(FACE).hash


def contests(*photos: str) -> list[dict[str, Any]]:
    """With one photo for each option."""
    return [{**DRAFT["contests"][0], "about": [{"photo": photo} for photo in photos]}]


def drafted(organiser: Organiser) -> str:
    return organiser.create(contests=contests(url(FACE), "", url(grey(value=2))))


def test_a_photo_is_kept_by_its_hash_copied_frozen_and_served(deployment: World, organiser: Organiser) -> None:
    election = drafted(organiser)
    about = [{"photo": NAME}, {}, {"photo": read_photo(grey(value=2)).hash}]
    [shown] = organiser.get(f"/elections/{election}").json()["contests"]
    assert shown["about"] == about
    same = {"contests": [{name: value for name, value in shown.items() if name != "id"}]}
    assert organiser.ask("PATCH", f"/elections/{election}", json=same).json()["contests"] == [shown]
    copied = organiser.post(f"/elections/{election}/copies", json={})
    assert copied.json()["contests"][0]["about"] == about
    assert organiser.import_(election, b"email\nada@example.org").status_code == 200
    organiser.invite(election)
    found = organiser.wiring.elections.find(election)
    assert found
    assert json.loads(found.manifest or b"")["contests"][0]["about"] == about
    served = TestClient(tally_app(deployment.wiring())).get(f"/pictures/{NAME}")
    assert 'width="120" height="160"' in served.text
    assert f'"data:image/jpeg;base64,{b64encode(read_photo(FACE).content).decode()}"' in served.text


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        ("data:image/jpeg;base64,!!!", "picture-not-jpeg"),
        ("data:image/png;base64,iVBORw0KGgo=", "picture-not-jpeg"),
        ("https://club.example/ada.jpg", "picture-not-jpeg"),
        (url(FACE[:-1]), "picture-damaged"),
        (url(grey(321, 8)), "picture-too-large"),
        ("0" * 64, "picture-unknown"),
    ],
)
def test_what_is_no_photo_is_refused_at_its_field(organiser: Organiser, photo: str, code: str) -> None:
    answer = organiser.post("/elections", json={**DRAFT, "contests": contests("", photo, "")})
    assert assert_problem(answer, 422, "invalid", "/contests/0/about/1/photo")["errors"][0]["code"] == code


def test_nothing_is_stored_of_a_draft_that_is_refused(organiser: Organiser) -> None:
    wrong = [{**contests(url(FACE), "", "")[0], "seats": 4}]
    assert_problem(organiser.post("/elections", json={**DRAFT, "contests": wrong}), 422, "invalid", "/contests/0/seats")
    assert organiser.wiring.blobs.get(Photo.key(NAME)) is None
