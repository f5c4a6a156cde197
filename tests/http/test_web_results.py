"""The public page of an election: nothing of the result before the count, all of it after, escaped and exact."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from asgi_client import TestClient
from ballotcast.ballots.stated_turnout import StatedTurnout, slot_of
from ballotcast.client.api import Api
from ballotcast.clock import to_rfc3339
from ballotcast.counting import RULES, count
from ballotcast.counting.blt import parse_blt
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring
from checkout import ROOT
from counted_election import close_and_count, vote, vote_unreadably
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from recount import generated
from tally.api import publication
from tally.app import create_app as tally
from tally.log.stating import state_turnout
from vote.app import create_app as voting
from web.app import create_app
from web.figures.contest import show_contest
from web.figures.scale import Scale
from web.figures.shares import written
from web.figures.spreadsheet import spreadsheet
from web.figures.tables import Room
from web.language import Language
from world import World

HOSTILE = "<script>alert('x')</script>"
REAL = [
    ROOT / "examples" / "student-union.blt",
    *(ROOT.parent / "shared" / "data" / "elections").glob("glasgow-2007-Govan.blt"),
]
FORMULA = '=HYPERLINK("https://example.org")'


def contest(number: int, method: str, options: list[str], **changes: Any) -> dict[str, Any]:
    settings = {"seats": 1, "min": 0, "max": len(options), "tie": "lot", **changes}
    return {"id": f"c{number}", "title": f"Contest {number}", "method": method, "options": options, **settings}


CONTESTS = [
    contest(1, "scottish-stv", ["Ash", "Birch", "Cedar"], seats=2),
    contest(2, "irv", ["Ada", "Ben"]),
    contest(3, "schulze", ["North", "South", "West"]),
    contest(4, "majority-judgment", ["Red", "Blue"], max=2),
    contest(5, "plurality", [HOSTILE, FORMULA, "Plain"], max=1),
]
JUDGED = ((1, 2), (2, 0))
SAID = [(1, 2, 3), (1,), (1, 2, 3), JUDGED, (1,)]


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment, contests=CONTESTS)


@pytest.fixture
def pages(deployment: World) -> Iterator[TestClient]:
    wiring = deployment.wiring()
    with gateway(tally(wiring), voting(wiring)) as api, TestClient(_web(wiring, api)) as client:
        yield client


def _web(wiring: Wiring, api: TestClient) -> FastAPI:
    app = create_app(wiring)
    app.state.connect = lambda address: Api(api)
    return app


@pytest.fixture
def counted(deployment: World, election: FrozenElection) -> FrozenElection:
    """Ada's and Ben's ballots tie the second contest; Cem's is spoilt."""
    vote(election, VOTERS[0], SAID)
    vote(election, VOTERS[1], [(2, 1), (2,), (1, 3), JUDGED, (2,)])
    vote_unreadably(election, VOTERS[2])
    close_and_count(deployment, election)
    return election


def text_of(page: str) -> str:
    """What a reader reads, in one line."""
    page = re.sub(r"</?bdi>", "", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(script|svg).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)))


def test_before_the_count_there_is_no_result(pages: TestClient, deployment: World, election: FrozenElection) -> None:
    vote(election, VOTERS[0], SAID)
    for wait, said in (({}, "Voting is open"), ({"days": 2}, "Closed; being counted")):
        deployment.clock.advance(**wait)
        response = pages.get(f"/results/{election.id}")
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        page = text_of(response.text)
        assert said in page
        assert "Hillhead" in page
        assert "Contest 5" in page
        assert "Birch" in page
        assert "Elected" not in page
        assert "Valid ballots" not in page
        assert pages.get(f"/results/{election.id}/csv").status_code == 403


def test_an_election_that_is_to_open(pages: TestClient, deployment: World) -> None:
    later = frozen_election(deployment, opens_in=timedelta(hours=3))
    page = text_of(pages.get(f"/results/{later.id}").text)
    assert "Not open yet" in page
    assert "The public log has not begun yet." in page


def test_turnout_before_the_count_is_rounded_down(pages: TestClient, deployment: World) -> None:
    election = frozen_election(deployment, contests=CONTESTS)
    start_log(election)
    election.wiring.log.add(election.id, "cast", 39, "batch")
    page = text_of(pages.get(f"/results/{election.id}").text)
    assert "At least 30 ballots (rounded down until voting ends)" in page
    assert "Closed early" not in page


def test_a_turnout_statement_can_be_kept(pages: TestClient, deployment: World) -> None:
    election = frozen_election(deployment, contests=CONTESTS)
    start_log(election)
    path = f"/results/{election.id}/statement"
    assert pages.get(path).status_code == 404
    assert path not in pages.get(f"/results/{election.id}").text
    slot = slot_of(deployment.clock())
    signer = Signer(election.manifest.origin, Signer.from_pkcs8("log", election.private_key(Purpose.LOG)).key)
    counted = {"slot": to_rfc3339(slot), "cast": 10, "issued": 20}
    assert state_turnout(election.wiring.log, election.manifest, signer, counted)
    assert path in pages.get(f"/results/{election.id}").text
    kept = pages.get(path)
    assert f"ballotcast-turnout-{election.id}-2026" in kept.headers["content-disposition"]
    assert StatedTurnout.open(kept.text, election.manifest) == StatedTurnout(slot, 10, 20)


def test_an_early_close_is_told_at_once_and_after_the_count(
    pages: TestClient, deployment: World, election: FrozenElection
) -> None:
    vote(election, VOTERS[0], SAID)
    start_log(election)
    closed_at = deployment.clock()
    election.close()
    before = pages.get(f"/results/{election.id}").text
    assert "Closed; being counted" in text_of(before)
    close_and_count(deployment, election)
    after = pages.get(f"/results/{election.id}").text
    for page in (before, after):
        assert re.search(rf"Closed early, at</dt><dd><time datetime=\"{closed_at:%Y-%m-%dT%H:%M}", page)


def test_the_result_in_sentences_figures_and_tables(pages: TestClient, counted: FrozenElection) -> None:
    response = pages.get(f"/results/{counted.id}")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=300"
    assert "Cookie" in response.headers["vary"]
    page = text_of(response.text)
    assert re.search(r"Elected: (Ash and Birch|Birch and Ash)\.", page)
    assert "Result: North." in page
    assert "how it was counted North beats every other option." in page
    assert re.search(
        r"Round 1: Ada and Ben were equal, and one had to be excluded\. The lot decided: \w+, then \w+\.", page
    )
    assert "Lots are drawn by a hash of the election key" in page
    assert "Round 1" in page
    assert "Quota 1" in page
    assert "North beats every other option." in page
    assert "Grade 2" in page
    assert "Middle grade" in page
    assert "1 ballot was spoilt" in page
    assert "The envelope cannot be opened 1" in page
    assert "Voters on the roll 3 Credentials issued 3 (100.0% of the roll) Ballots cast 3" in page
    assert counted.manifest.origin in page  # the final checkpoint
    assert f'href="/check?election={counted.id}#whole"' in response.text
    assert f"ballotcast verify ballotcast-{counted.id}.zip" in page
    for path in (f"results/{counted.id}/csv", f"elections/{counted.id}/results", f"elections/{counted.id}/export"):
        assert f'href="/{path}"' in response.text


def test_figures_are_named_images_without_styles_or_scripts(pages: TestClient, counted: FrozenElection) -> None:
    page = pages.get(f"/results/{counted.id}").text
    images = re.findall(r"<svg role=\"img\" aria-labelledby=\"(\S+) (\S+)\"", page)
    assert len(images) == 3  # two counts in rounds, one of grades
    for names in images:
        assert all(page.count(f'id="{name}"') == 1 for name in names)
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick" not in page


def test_what_organisers_wrote_is_inert(pages: TestClient, counted: FrozenElection) -> None:
    page = pages.get(f"/results/{counted.id}").text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_in_german(pages: TestClient, counted: FrozenElection) -> None:
    response = pages.get(f"/results/{counted.id}", headers={"Accept-Language": "de"})
    page = text_of(response.text)
    assert "Ergebnis: North." in page
    assert "North schlägt jede andere Möglichkeit." in page
    assert "Das Los entschied:" in page
    assert "100,0 % der Wahlberechtigten" in page
    assert " has the most" not in page  # the API's own sentence is English


def test_the_csv_is_exact_and_runs_nothing(pages: TestClient, counted: FrozenElection) -> None:
    response = pages.get(f"/results/{counted.id}/csv")
    assert response.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert f'filename="ballotcast-{counted.id}.csv"' in response.headers["content-disposition"]
    assert response.content.startswith(b"\xef\xbb\xbfcontest,")
    assert b"\r\n" in response.content
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    told = {(row["contest"], row["stage"], row["figure"], row["option"]): row for row in rows}
    assert told["", "", "cast", ""]["value"] == "3"
    assert told["c1", "1", "votes", "1"]["value"] == "1.00000"
    assert told["c4", "1", "grade 2", "1"]["value"] == "2"
    assert told["c5", "1", "votes", "2"]["name"] == f"'{FORMULA}"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_each_card_says_who_with_how_many_votes_and_what_a_lot_decided(
    pages: TestClient, counted: FrozenElection
) -> None:
    cards = re.findall(
        r'<section class="card outcome".*?</section>', pages.get(f"/results/{counted.id}").text, re.DOTALL
    )
    council, chair, order, _, tied = map(text_of, cards)
    assert re.search(r"(Ash|Birch) 1 in round 1", council)
    assert "1 : 1, decided by lot" in chair
    assert "Closest comparison: 2 ballots prefer North, 0 prefer South." in order
    assert "1 : 1, decided by lot" in tied
    assert "1 · 50.0%" in tied
    assert "ahead of" not in tied


def test_the_table_has_a_line_for_each_option(pages: TestClient, counted: FrozenElection) -> None:
    response = pages.get(f"/results/{counted.id}/csv?form=table")
    assert f'filename="ballotcast-{counted.id}-table.csv"' in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert [row["Option"] for row in rows if row["Contest"] == "Contest 2"] == ["Ada", "Ben"]
    assert len(rows) == sum(len(contest["options"]) for contest in CONTESTS)
    plain = {row["Option"]: row for row in rows}
    assert plain["Plain"]["Percent"] == "0.0"
    assert plain[f"'{FORMULA}"]["Votes or points"] == "1"


def test_the_minutes_are_a_page_to_print(pages: TestClient, counted: FrozenElection) -> None:
    page = text_of(pages.get(f"/results/{counted.id}?view=minutes").text)
    assert "Minutes: Hillhead" in page
    assert "Voters on the roll 3 Ballots cast 3 (100.0%" in page
    assert "Witness" in page
    assert pages.get(f"/results/{counted.id}?view=other").status_code == 422


def test_rounds_that_do_not_fit_into_an_answer_are_fetched_by_contest(
    pages: TestClient, counted: FrozenElection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pages.get(f"/results/{counted.id}/csv").text
    monkeypatch.setattr(publication, "WHOLE", 2000)
    with gateway(tally(counted.wiring)) as api:
        answer = api.get(f"/elections/{counted.id}/results").json()
        assert any(contest["rounds_left_out"] and not contest["rounds"] for contest in answer["contests"])
        one = api.get(f"/elections/{counted.id}/results?contest=c3").json()["contests"]
        assert [(contest["id"], contest["rounds_left_out"]) for contest in one] == [("c3", False)]
        assert one[0]["rounds"]
        assert api.get(f"/elections/{counted.id}/results?contest=c9").json()["type"].endswith(":no-contest")
    assert pages.get(f"/results/{counted.id}/csv").text == before


def test_a_long_file_ends_with_how_much_is_left_out() -> None:
    stage = {"stage": 1, "action": "votes", "votes": ["1"] * 50, "transferred": [], "elected": [], "excluded": []}
    contest = {"id": "c1", "title": "Long", "method": "plurality", "options": [f"{n}" for n in range(50)]}
    told = {**contest, "winners": [1], "ties": [], "rounds": [stage]}
    known = dict.fromkeys(("roll", "issued", "cast", "counted", "election", "manifest", "log_root", "lots_seed"), 1)
    rows = list(csv.DictReader(io.StringIO(spreadsheet({**known, "spoilt": [], "contests": [told]}, most=1000))))
    votes = [row for row in rows if row["figure"] == "votes"]
    assert 0 < len(votes) < 50
    assert int(rows[-1]["value"]) == 50 - len(votes)
    assert [row["value"] for row in rows if row["figure"] == "winner"] == ["1"]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        *[
            (1, 3, "33.3"),
            (2, 3, "66.7"),
            (1, 16, "6.3"),
            (3, 6, "50.0"),
            (0, 9, "0.0"),
            (9, 9, "100.0"),
            (0, 0, "0.0"),
        ],
        *[(4999, 10_000, "49.99"), (49_996, 100_000, "49.996"), (1, 10_000, "0.01"), (9999, 10_000, "99.99")],
    ],
)
def test_percentages_are_rounded_and_hide_no_missed_majority(part: int, whole: int, shown: str) -> None:
    assert written(part, whole) == shown


@pytest.mark.parametrize("path", ["/results/0123456789abcdef", "/results/0123456789abcdef/csv"])
def test_an_election_that_is_not_there(pages: TestClient, path: str) -> None:
    response = pages.get(path)
    assert response.status_code == 404
    assert "There is no such election" in text_of(response.text)


@pytest.mark.parametrize("path", ["/results/a%3Fb", "/results/a%0A", "/results/a%20b/csv"])
def test_an_address_that_no_election_can_have(pages: TestClient, path: str) -> None:
    response = pages.get(path)
    assert response.status_code == 404
    assert "There is nothing at this address" in text_of(response.text)


@pytest.mark.parametrize("file", REAL, ids=lambda path: path.stem)
def test_an_election_has_every_figure_of_every_round_on_its_page(file: Path) -> None:
    ward = parse_blt(file.read_bytes())
    made = count("scottish-stv", options=ward.options, seats=ward.seats, ballots=ward.ballots)
    account = made.as_json()
    told = {**account, "id": "c1", "title": ward.title, "options": ward.options, "rounds": account["stages"]}
    view = show_contest(told, Language("en").text, Room())
    assert view.whole
    assert len(view.rounds) == len(account["stages"])
    shown: dict[str, list[str]] = {name: [] for name in ward.options}
    for sheet in view.sheets:
        for row in sheet.rows:
            if str(row.name) in shown:
                shown[str(row.name)] += [str(content) for content, _ in row.cells]
    for stage in account["stages"]:
        for name, votes in zip(ward.options, stage["votes"], strict=True):
            cell = shown[name][stage["stage"] - 1]
            assert votes in cell or text_of(cell).replace(",", "").strip().startswith((votes[:-3], "–"))


@pytest.mark.parametrize("method", sorted(RULES))
@pytest.mark.parametrize("code", ["en", "de"])
def test_every_method_can_be_shown(method: str, code: str) -> None:
    """Generated elections: ties, blank ballots, nobody elected, more seats than options."""
    for made in generated(method, 24):
        account = count(
            method,
            options=made.contest.options,
            seats=made.contest.seats,
            ballots=made.ballots,
            tie=made.contest.tie,
            seed=b"s" * 32,
            withdrawn=made.withdrawn,
        ).as_json()
        told = {**made.contest.model_dump(mode="json"), **account, "rounds": account["stages"]}
        view = show_contest(told, Language(code).text, Room())
        assert len(view.ties) == len(account["ties"])
        assert bool(view.card.outcome)
        assert bool(view.why) or not account["winners"]
        assert bool(view.stages or view.rounds) == bool(account["stages"])


def test_a_long_count_keeps_to_the_room_of_a_page() -> None:
    options, rounds = [f"Option {number}" for number in range(1, 201)], 199
    stages = [
        {
            "stage": stage,
            "action": "exclusion" if stage > 1 else "first-preferences",
            "votes": ["0"] * (stage - 1) + ["1"] * (201 - stage),
            "transferred": [],
            "non_transferable": str(stage - 1),
            "rounding": "0",
            "elected": [200] if stage == rounds else [],
            "excluded": [stage - 1] if stage > 1 else [],
            **({"option": stage - 1} if stage > 1 else {}),
        }
        for stage in range(1, rounds + 1)
    ]
    told = {"id": "c1", "title": "Long", "method": "irv", "options": options, "seats": 1, "valid": 200, "blank": 0}
    view = show_contest({**told, "winners": [200], "ties": [], "rounds": stages}, Language("en").text, Room())
    assert not view.whole
    assert view.fewer
    assert sum(len(row.cells) for sheet in view.sheets for row in sheet.rows) <= 31_000
    assert "199" in str(view.sheets[-1].caption)


def test_figures_are_cut_to_what_tells_them_apart() -> None:
    marks = (",", ".")
    whole = Scale.of([["1200.00000", "3.00000"]], marks)
    assert (str(whole.show(whole.units("1200.00000"))), whole.cuts) == ("1.200", 0)
    apart = Scale.of([["3.14159", "3.14200"]], marks)
    assert (apart.shown, apart.cuts) == (3, 3)
    assert apart.show(apart.units("3.14159")) == '<data value="3.14159" title="3.14159">3,141</data>'
    assert str(apart.show(-apart.units("2.50000"), signed=True)) == "−2,500"
