"""Checking a ballot and verifying everything in a browser, on the deployed stack: what is right, and false exports."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from axe import assert_accessible
from ballotcast.client.state import to_json
from ballotcast.crypto.encoding import b64_decode, b64u_encode
from ballotcast.elections.verification import CHECKS
from check_page import CheckPage, ServedExport, alter
from chromium import PATIENCE
from counted_on_stack import Counted, Voted, close, let_vote
from forged_export import flipped
from invited_elections import Elections
from voter_page import KEPT

pytestmark = pytest.mark.stack

TITLE = "Works <script>council</script>"
CHAIR: dict[str, Any] = {
    "title": "Chair & <b>co</b>",
    "method": "plurality",
    "options": ["Ada <i>A</i>", "Alan", "Grace"],
}
VOTERS = 6
STEPS = ["manifest", "receipt", "checkpoint", "growth", "closing", "inclusion"]
SIGNED = ("address", "election", "manifest_hash", "checkpoint", "blinded_sha256", "ballot", "issuance")


@pytest.fixture(scope="module")
def voted(elections: Elections) -> Voted:
    return let_vote(elections, elections.make([CHAIR], VOTERS + 1, title=TITLE))


@pytest.fixture(scope="module")
def counted(voted: Voted, elections: Elections, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return close(elections, voted, tmp_path_factory.mktemp("export"))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 768, "height": 900}) as opened:
        opened.set_default_timeout(PATIENCE)
        opened.set_default_navigation_timeout(2 * PATIENCE)
        yield opened


@pytest.fixture
def page(context: BrowserContext, elections: Elections) -> Iterator[CheckPage]:
    opened = CheckPage(context, elections.api.address)
    yield opened
    opened.close()


def test_before_the_count(page: CheckPage, voted: Voted, tmp_path: Path) -> None:
    page.visit()
    assert_accessible(page.page)
    page.check(voted.first.receipt)
    notice = page.outcome("ballot", "warn", "Not in the log yet")
    expect(notice).to_contain_text("Keep the receipt and check again later")
    assert page.states("ballot") == dict.fromkeys(STEPS, "skipped") | dict.fromkeys(STEPS[:3], "passed")
    assert_accessible(page.page)

    file = tmp_path / "recovery.json"
    file.write_text(to_json(voted.second))
    page.choose("A receipt or recovery file", file)
    grown = page.page.locator("#ballot-outcome [data-check=growth]")
    expect(grown).to_have_attribute("data-state", "passed")  # else the outcome may still be the one before
    page.outcome("ballot", "warn", "Not in the log yet")
    assert page.states("ballot") == dict.fromkeys(STEPS, "skipped") | dict.fromkeys(STEPS[:4], "passed")

    page.press("Download and verify")
    notice = page.outcome("whole", "warn", f"Not counted yet: {TITLE}")
    expect(notice).to_contain_text("Voting ends on")
    assert_accessible(page.page)


def test_what_is_no_receipt_is_said_at_the_field(page: CheckPage, voted: Voted, tmp_path: Path) -> None:
    page.visit()
    field = page.page.get_by_label("Or paste your receipt here")
    for text in ("", "no receipt", '{"v": 1}'):
        page.check(text)
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.page.locator("#receipt-error")).to_contain_text("neither a receipt nor a recovery file")
    assert_accessible(page.page)
    file = tmp_path / "early.json"
    signed = dict.fromkeys(SIGNED, "AAAA") | {"manifest_hash": 43 * "A"}
    file.write_text(json.dumps({"v": 3, "step": "signed"} | signed))
    page.choose("A receipt or recovery file", file)
    expect(page.page.locator("#receipt-file-error")).to_contain_text("before your ballot was cast")
    assert page.states("ballot") == {}
    for text in ("?", "hello"):
        page.verify(text)
        expect(page.page.locator("#election-error")).to_contain_text("not the id of an election")


def test_what_was_kept_and_how_a_ballot_was_read(page: CheckPage, counted: Counted, tmp_path: Path) -> None:
    """On a device that never saw the vote: a recovery file, the export, and a proof of absence that proves nothing."""
    recovery, proof, other = (tmp_path / name for name in ("ballot.json", "absence.json", "other.txt"))
    recovery.write_text(to_json(counted.voted.first))
    proof.write_text('{"v":"ballotcast/absence/1"}')
    other.write_text("hello")
    page.visit()
    field = "Add what you kept while voting was open"
    page.choose(field, other)
    expect(page.page.locator("#kept-file-error")).to_contain_text("other.txt is not a signed statement")
    page.choose(field, proof)
    page.outcome("kept", "warn", "This proof does NOT hold")
    page.choose(field, recovery)
    page.check(counted.voted.first.receipt)
    page.outcome("ballot", "good", "Your ballot is in the final log")
    expect(page.page.locator("#kept-list li")).to_contain_text(["checkpoint", "issuance receipt", "receipt"])
    page.choose("Or choose an export that you have already", counted.export)
    page.outcome("whole", "good", f"Verified: {TITLE}")
    kept = ["kept-checkpoints", "kept-receipts", "kept-issuances"]
    mine = ["receipt", "same-election", "same-log"]
    assert page.states("whole") == dict.fromkeys([*mine, *CHECKS, *kept], "passed")
    assert CHAIR["options"][0] not in page.page.locator(".reading").inner_text()
    page.page.get_by_text("How was my ballot read?").click()
    page.press("Show the ballot")
    expect(page.page.locator(".reading")).to_contain_text("Ada <i>A</i>")
    expect(page.page.locator(".reading h4")).to_have_count(1)
    assert_accessible(page.page)
    page.page.get_by_role("button", name="Remove ballot.json").first.click()
    page.outcome("whole", "good", f"Verified: {TITLE}")
    assert page.states("whole") == dict.fromkeys([*mine, *CHECKS, *kept[1:]], "passed")


def test_a_receipt_comes_by_a_link_and_leaves_the_address(page: CheckPage, counted: Counted) -> None:
    """As a QR code brings it."""
    cast = counted.voted.first
    origin, manifest, leaf, signature = (cast.receipt.split("\n")[at] for at in (1, 2, 3, 5))
    told = bytes.fromhex(manifest) + bytes.fromhex(leaf) + b64_decode(signature.split(" ")[2])
    link = f"/check#1.{b64u_encode(origin.encode())}.{b64u_encode(told)}"
    page.page.goto("about:blank")
    page.page.goto(page.address + link)
    page.outcome("ballot", "good", "Your ballot is in the final log")
    expect(page.page).to_have_url(f"{page.address}/check")
    expect(page.page.get_by_label("Or paste your receipt here")).to_have_value(cast.receipt)
    page.page.goto("about:blank")
    page.page.goto(f"{page.address}{link[:-9]}")
    expect(page.page.locator("#receipt-error")).to_contain_text("neither a receipt nor a recovery file")


def test_links_lead_to_each_check_and_its_button(page: CheckPage, voted: Voted) -> None:
    for place, button in (
        (f"?election={voted.first.election}#whole", "Download and verify"),
        ("#ballot", "Check this ballot"),
    ):
        page.page.goto("about:blank")
        page.page.goto(f"{page.address}/check{place}")
        expect(page.page.get_by_role("button", name=button)).to_be_focused()
        expect(page.page.get_by_role("button", name=button)).to_be_in_viewport()


def test_after_the_count_a_ballot_and_everything(page: CheckPage, counted: Counted) -> None:
    """Of a receipt kept on this device: what is seen of the log now, it must still contain the next time."""
    cast = counted.voted.first
    page.visit()
    record = {"voter": "", "title": TITLE, "secondFactor": "none", "link": "", "choices": None}
    page.keep({**record, "id": "a vote", "state": to_json(cast)})
    page.keep({**record, "id": "only looked at", "state": ""})
    page.visit()
    page.press(f"Check: {TITLE}")
    page.outcome("ballot", "good", "Your ballot is in the final log")
    assert page.states("ballot") == dict.fromkeys(STEPS, "passed")
    newest = page.page.locator("#ballot-outcome pre").text_content()
    with page.page.expect_download() as download:
        page.press("Save")
    assert download.value.path().read_text() == newest
    page.press("Now verify everything")
    notice = page.outcome("whole", "good", f"Verified: {TITLE}")
    expect(notice).to_contain_text(f"{VOTERS} ballots were counted here again")
    expect(notice).to_contain_text("Result: Ada <i>A</i>.")
    mine = ["asked", "receipt", "same-election", "same-log"]
    assert page.states("whole") == dict.fromkeys([*mine, *CHECKS], "passed")
    assert page.page.locator("#whole-outcome pre").text_content() == newest
    [kept] = [one for one in page.page.evaluate(KEPT) if one["state"]]
    assert json.loads(kept["state"])["checkpoint"] == newest

    page.page.get_by_text("Was a credential issued in my name?").click()
    voter, idle = counted.voted.voter, counted.voted.election.voters[-1]
    other = next(one for one in counted.voted.election.voters if one is not voter)
    for link, email, said in (
        ("x", "", "not a whole link"),
        (counted.voted.other_link, voter.email, "for another election"),
        (voter.link, "nobody@example.org", "is on the roll that was counted with"),
        (other.link, other.email, "it is not the one of your recovery file"),
        (idle.link, idle.email, "You got a credential, but the list does not know of it"),
        (voter.link, f" {voter.email.upper()}", "is the one that you got"),
    ):
        page.page.get_by_label("A link from your invitation").fill(link)
        page.page.get_by_label("Your address on the roll").fill(email)
        page.press("Look")
        expect(page.page.locator("#whole-outcome details:not(.reading)")).to_contain_text(said)
    assert_accessible(page.page)

    alter(page.page, "**/log/tile/0/**", lambda tile: flipped(tile, 40))
    page.press(f"Check: {TITLE}")
    page.refused("ballot", "closing", "does not prove itself")
    expect(page.page.locator("#whole-outcome [data-outcome=bad]")).to_contain_text(
        "The check of your ballot, above, failed"
    )


def test_doctored_receipts(page: CheckPage, counted: Counted) -> None:
    receipt, other = counted.voted.second.receipt, counted.voted.other
    lines = receipt.split("\n")
    signature = lines[5]
    cases = [
        (
            {5: signature[:-6] + ("A" if signature[-6] != "A" else "B") + signature[-5:]},
            "receipt",
            "not signed by this election",
        ),
        ({3: "ab" * 32}, "receipt", "not signed by this election"),
        ({2: "ab" * 32}, "manifest", "the fingerprint"),
        ({1: other.receipt.split("\n")[1]}, "manifest", "the fingerprint"),
        ({1: lines[1].replace(counted.id, "0" * 16)}, "manifest", "does not know the election"),
    ]

    def check_changed(changes: dict[int, str], check: str, why: str) -> None:
        page.check("\n".join(changes.get(number, line) for number, line in enumerate(lines)))
        page.refused("ballot", check, why)
        assert "passed" not in list(page.states("ballot").values())[STEPS.index(check) :]

    page.visit()
    for case in cases:
        check_changed(*case)
    assert_accessible(page.page)
    check_changed(*cases[2])
    page.verify(counted.id)
    page.refused("whole", "receipt", "The check of your ballot, above, failed")
    page.press("Leave the receipt out")
    page.outcome("whole", "good", f"Verified: {TITLE}")
    page.visit()
    check_changed(*cases[0])
    page.verify(counted.id)
    page.outcome("whole", "good", f"Verified: {TITLE}")
    for lost in (
        receipt.replace("\n", "\r\n").strip(),
        receipt.replace("\n\n", "\n"),
        f"  {' '.join(receipt.split())} ",
    ):
        page.check(lost)
        page.outcome("ballot", "good", "Your ballot is in the final log")


LIES: dict[str, tuple[str, Callable[[bytes], bytes], str, str]] = {
    "checkpoint": (
        "**/log/checkpoint",
        lambda note: note.replace(b"\n8\n", b"\n9\n", 1),
        "checkpoint",
        "not signed with the key",
    ),
    "end": ("**/log/tile/entries/**", lambda bundle: flipped(bundle, len(bundle) - 9), "closing", "not prove itself"),
    "tile": ("**/log/tile/0/**", lambda tile: flipped(tile, 40), "closing", "does not prove itself"),
    "manifest": (
        "**/manifest",
        lambda manifest: manifest.replace(b"Alan", b"Evil"),
        "manifest",
        "the fingerprint",
    ),
}


def test_a_service_that_lies_about_a_ballot(page: CheckPage, counted: Counted) -> None:
    page.visit()
    for path, change, check, why in LIES.values():
        alter(page.page, path, change)
        page.check(counted.voted.second.receipt)
        page.refused("ballot", check, why)
        page.page.unroute(path)


def test_a_log_that_does_not_extend_what_was_seen(page: CheckPage, counted: Counted) -> None:
    """The recovery file brings a checkpoint from before; a checkpoint of another log cannot stand for it."""
    cast = counted.voted.second
    page.visit()
    alter(page.page, "**/log/tile/0/**", lambda tile: flipped(tile, 40))
    page.check(to_json(cast))
    page.refused("ballot", "growth", "does not belong to what was signed")
    page.page.unroute("**/log/tile/0/**")
    page.page.get_by_text("Compare with a checkpoint seen before").click()
    page.page.get_by_label("Checkpoint").fill(counted.voted.other.checkpoint)
    page.check(cast.receipt)
    page.refused("ballot", "growth", "is not signed by this election’s log")


def test_a_doctored_export_whether_served_or_chosen(page: CheckPage, counted: Counted, tmp_path: Path) -> None:
    doctored = counted.doctored(tmp_path)
    page.visit(counted.id)
    ServedExport(doctored.read_bytes()).serve(page.page)
    page.press("Download and verify")
    page.refused("whole", "result", "a different result from the published one")
    assert page.states("whole") == {"asked": "passed"} | dict.fromkeys(CHECKS, "passed") | {"result": "failed"}
    assert "Elected" not in page.text("whole")
    assert_accessible(page.page)

    page.page.unroute_all()
    page.choose("Or choose an export", doctored)
    page.refused("whole", "result", "a different result from the published one")
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(flipped(counted.content, len(counted.content) // 2))
    page.choose("Or choose an export", damaged)
    page.refused("whole", "archive", "is damaged")
    page.choose("Or choose an export", counted.export)
    page.outcome("whole", "good", f"Verified: {TITLE}")
    assert page.states("whole") == dict.fromkeys(CHECKS, "passed")


def test_the_export_of_another_election(page: CheckPage, counted: Counted) -> None:
    """All of it is right, but it is not what was asked for."""
    page.visit(counted.voted.other.election)
    ServedExport(counted.content).serve(page.page)
    page.press("Download and verify")
    page.refused("whole", "asked", "the export of another election")
    page.page.unroute_all()
    page.verify("0" * 16)
    page.outcome("whole", "bad", "The service does not know this election")
    page.page.route("**/verify/worker.js", lambda route: route.abort())
    page.verify(counted.id)
    page.outcome("whole", "bad", "Not known: the check could not be finished")
    assert set(page.states("whole").values()) == {"skipped"}


def test_a_download_that_breaks_off_is_resumed_or_cancelled(page: CheckPage, counted: Counted) -> None:
    size = len(counted.content)
    served = ServedExport(counted.content, part_size=size // 4 + 1, cut={2})
    served.serve(page.page)
    page.visit(counted.id)
    page.press("Download and verify")
    page.outcome("whole", "warn", "The connection broke off")
    assert_accessible(page.page)
    assert served.asked == [0, 1, 2, 2, 2]
    served.cut, served.held = set(), {3}
    page.press("Resume")
    page.outcome("whole", "running", "Downloading the export")
    expect(page.page.get_by_role("progressbar", name="Downloading the export")).to_be_visible()
    expect(page.page.locator("#whole-outcome progress")).to_have_js_property("value", 3 * served.part_size)
    assert_accessible(page.page)
    page.press("Cancel")
    page.outcome("whole", "warn", "Cancelled")
    assert served.asked[5:] == [2, 3]

    served.held, served.sha256 = set(), "ab" * 32
    page.press("Check again")
    page.outcome("whole", "bad", "NOT verified: the export did not arrive as announced")
    assert page.states("whole") == {}
    served.sha256 = ServedExport(counted.content).sha256
    page.press("Check again")
    page.outcome("whole", "good", f"Verified: {TITLE}")


def test_in_german_with_the_keyboard_alone(browser: Browser, counted: Counted, elections: Elections) -> None:
    with browser.new_context(locale="de-DE") as context:
        opened = context.new_page()
        opened.goto(f"{elections.api.address}/check?election={counted.id}")
        opened.get_by_label("Kennung der Wahl").focus()
        opened.keyboard.press("Enter")
        expect(opened.get_by_role("heading", level=3, name=f"Nachgeprüft: {TITLE}")).to_be_focused(timeout=PATIENCE)
