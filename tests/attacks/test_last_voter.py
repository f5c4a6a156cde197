"""The (n−1) attack: all voters but one or two are the organiser's, and somebody watches all that there is to see.

What nobody can prevent: with one honest voter, the result says how they voted. What must not be seen is anything
earlier, and with two of them, anything that tells whose ballot is whose.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots.ballot import Ballot
from ballotcast.client.voter import Voter
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.store.table import from_wire
from between import Send, api_through
from counted_election import close_and_count, leaf_of, vote
from election_fixture import FrozenElection, frozen_election
from gateway import gateway
from log_fixture import grow_roll, start_log
from organising import Organiser
from register.app import create_app as register
from tally.app import create_app as tally
from vote.app import create_app as board
from world import World

INVENTED = tuple(f"invented{number}@example.org" for number in range(4))
ADA, BEN = "ada@example.org", "ben@example.org"
LOG = ("log/checkpoint", "log/door", "log/tile/0/000.p/1", "log/tile/0/000.p/2")
PUBLIC = ("manifest", "turnout", *LOG, "results", "export")
OWN = ("", "/voters", "/events")


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Its invented voters have voted, for the first option."""
    election = frozen_election(deployment, voters=(*INVENTED, ADA, BEN))
    start_log(election)
    for email in INVENTED:
        voted(election, email)
    return election


@pytest.fixture
def public(deployment: World) -> Iterator[TestClient]:
    with gateway(*(create(deployment.wiring()) for create in (board, register, tally))) as client:
        yield client


def voted(election: FrozenElection, email: str, option: int = 1) -> Ballot:
    """As the streams of both tables tell it, too."""
    ballot = vote(election, email, [(option,)])
    for kind in ("issued", "cast"):
        election.wiring.log.add(election.id, kind, 1, f"{kind} {email}")
    return ballot


def seen(organiser: Organiser, public: TestClient, election: FrozenElection) -> dict[str, Any]:
    """Every answer that an organiser gets."""
    path = f"/elections/{election.id}"
    answers = {rest: organiser.get(path + rest) for rest in OWN}
    answers |= {rest: public.get(f"{path}/{rest}", follow_redirects=False) for rest in PUBLIC}
    return {rest: (answer.status_code, answer.text) for rest, answer in answers.items()}


@pytest.mark.parametrize("late", [False, True], ids=["on the roll from the start", "added while voting runs"])
def test_an_organiser_sees_nothing_of_the_last_voter_s_vote(
    deployment: World, election: FrozenElection, public: TestClient, late: bool
) -> None:
    organiser = Organiser(deployment)
    if late:
        grow_roll(election, [7])
    before = seen(organiser, public, election)
    assert before["/voters"][0] == before["log/checkpoint"][0] == 200
    voted(election, ADA)
    assert seen(organiser, public, election) == before


def test_a_full_ten_shows_that_somebody_voted_and_nothing_else(
    deployment: World, election: FrozenElection, public: TestClient
) -> None:
    """Not prevented: who knows nine ballots sees in the turnout that there is a tenth, but not what it says."""
    for number in range(5):
        election.wiring.log.add(election.id, "cast", 1, f"more {number}")
    organiser = Organiser(deployment)
    before = seen(organiser, public, election)
    voted(election, ADA)
    after = seen(organiser, public, election)
    assert [rest for rest in before if before[rest] != after[rest]] == ["turnout"]
    told, then = (json.loads(one["turnout"][1]) for one in (after, before))
    assert {name: (then[name], told[name]) for name in told if told[name] != then[name]} == {"cast": (0, 10)}


def dump(election: FrozenElection, table: str) -> list[dict[str, Any]]:
    pages = election.wiring.dynamodb.get_paginator("scan").paginate(TableName=table)
    return [from_wire(row) for page in pages for row in page["Items"]]


def objects(election: FrozenElection) -> dict[str, bytes]:
    s3, bucket = election.wiring.client("s3"), election.wiring.settings.bucket
    names = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {name: s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


def spellings(value: bytes) -> set[bytes]:
    return {value, value.hex().encode(), b64u_encode(value).encode()}


def text_of(rows: list[dict[str, Any]]) -> bytes:
    """All values of a table, in one string of bytes."""
    values = [value for row in rows for value in row.values()]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def test_an_operator_s_tables_hold_nothing_that_is_on_both_sides(deployment: World, election: FrozenElection) -> None:
    """Roll and box, whole, after the count: no value of a voter's is in the box, none of a ballot's is on the roll."""
    ballots = [voted(election, ADA), voted(election, BEN, 2)]
    close_and_count(deployment, election)
    roll, box = (text_of(dump(election, table)) for table in ("roll", "board"))
    parts = [part for one in ballots for part in (one.vk, one.rand, one.issuer_signature, one.sealed, one.signature)]
    parts += [digest for one in ballots for digest in (one.key_hash, leaf_of(one))]
    assert all(any(form in box for form in spellings(one.vk)) for one in ballots)
    assert not [part for part in parts for form in spellings(part) if form in roll]
    for email in (ADA, BEN):
        item = next(row for row in dump(election, "roll") if row.get("email") == email)
        own = [value for name, value in item.items() if name not in {"election", "sk"} and len(str(value)) > 15]
        assert own
        found = [value for value in own if (value if isinstance(value, bytes) else str(value).encode()) in box]
        assert found == []
        assert not [form for form in spellings(election.links[email].token) if form in box]


def test_a_row_of_the_box_has_no_time_and_no_place_among_the_others(election: FrozenElection) -> None:
    ballots = [voted(election, ADA), voted(election, BEN, 2)]
    rows = [row for row in dump(election, "board") if row["pk"].startswith("BALLOT#")]
    assert {tuple(sorted(row)) for row in rows} == {("b", "pk", "sk")}
    assert {row["b"] for row in rows} >= {ballot.encode() for ballot in ballots}


def test_no_object_has_the_time_of_a_cast(deployment: World, election: FrozenElection) -> None:
    """Nothing is written into the bucket when somebody votes, and all of the log's tiles at the close."""
    before = objects(election)
    ballot = voted(election, ADA)
    assert objects(election) == before
    close_and_count(deployment, election)
    tiles = {name: content for name, content in objects(election).items() if "/tile/0/" in name and name not in before}
    assert any(leaf_of(ballot) in content for content in tiles.values())


def requests_of(public: TestClient, election: FrozenElection, email: str, option: int) -> list[httpx.Request]:
    made: list[httpx.Request] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        request.read()
        made.append(request)
        return send()

    Voter(api_through(public, passing), lambda state: None).vote(election.link(email), [[option]])
    return made


def test_a_network_sees_the_same_of_everybody(public: TestClient, election: FrozenElection) -> None:
    """Requests, their order, the names of their headers and their lengths; the contents are behind TLS."""
    shapes = []
    for email, option in ((ADA, 1), (BEN, 3)):
        made = requests_of(public, election, email, option)
        shapes.append([(one.method, one.url.path, sorted(one.headers), len(one.content)) for one in made])
    assert shapes[0] == shapes[1]
    assert shapes[0][-1][1].endswith("/ballots")


def test_who_reads_both_requests_finds_nothing_that_is_in_both(public: TestClient, election: FrozenElection) -> None:
    """Times and addresses apart: no cookie, no token, no value of the one is in the other."""
    *_, credentials, ballots = requests_of(public, election, ADA, 1)
    assert [one.url.path.rpartition("/")[2] for one in (credentials, ballots)] == ["credentials", "ballots"]
    told = [set(map(str, json.loads(one.content).values())) for one in (credentials, ballots)]
    assert not told[0] & told[1]
    assert not [value for value in told[0] if value in ballots.content.decode() or value in str(ballots.headers)]
    for one in (credentials, ballots):
        assert not {"cookie", "authorization", "referer"} & set(one.headers)
