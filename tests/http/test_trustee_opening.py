"""An election with trustees after its close: who is waited for, what is refused, and that enough of them open it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ballotcast.crypto import secret_sharing
from ballotcast.elections.verification import verify_export
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.record import OpeningRecord
from ballotcast.trustees.release import Release
from counted_election import close_machine, vote
from election_fixture import FrozenElection
from killed_count import Killing, without_retries
from organising import Organiser
from pages import Browser
from problem import assert_problem
from tally import work
from trustees_played import Ceremony, Trustee
from world import World

Played = Callable[[], bool]


@pytest.fixture
def ceremony(deployment: World, organiser: Organiser) -> Ceremony:
    return Ceremony(deployment, organiser)


@pytest.fixture
def election(ceremony: Ceremony) -> FrozenElection:
    """Confirmed by its trustees, with the votes of both voters."""
    election = ceremony.elect()
    for email, said in zip(election.links, [(1, 2), (2,)], strict=True):
        vote(election, email, [said])
    return election


def opened(ceremony: Ceremony, election: FrozenElection, play: Played, **options: Any) -> None:
    """Run the close machine a day after the close. While it waits, `play` is called: whether it did anything."""
    deployment, wiring = ceremony.deployment, election.wiring
    deployment.clock.now = election.manifest.closes_at + timedelta(days=1)
    waits = {"token": ""}

    def between(client: Any) -> bool:
        ceremony.wake_by(client, wiring)
        token = wiring.openings.token(election.id)
        if token is None or token == waits["token"]:
            return False
        if not play():
            waits["token"] = token  # let time pass until the machine waits again
            return False
        return True

    close_machine(wiring, between=between, **options).run({"election": election.id})


def in_turn(*acts: Callable[[], Any]) -> Played:
    """One act at each call."""
    left = list(acts)

    def play() -> bool:
        if not left:
            return False
        left.pop(0)()
        return True

    return play


def both(trustee: Trustee, ceremony: Ceremony) -> None:
    now = ceremony.deployment.clock()
    assert trustee.agree(now).status_code == 200
    answer = trustee.release(now)
    assert answer.status_code == 200, answer.text


def test_two_of_three_open_it_and_the_export_verifies(
    ceremony: Ceremony, election: FrozenElection, tmp_path: Path
) -> None:
    ada, bo, cleo = ceremony.trustees
    now = ceremony.deployment.clock
    refused = []

    def first() -> None:
        assert ada.agree(now()).json()["trustees"][0]["agreed"] is True
        refused.append(ada.send(forged(ada).encode()))
        assert bo.agree(now()).status_code == 200

    opened(ceremony, election, in_turn(first, lambda: ada.release(now()), lambda: bo.release(now())), whole_box=False)
    assert_problem(refused[0], 409, "not-yet")
    export = tmp_path / "export.zip"
    content = election.wiring.blobs.get(work.export_key(election.id))
    assert content
    export.write_bytes(content)
    report = verify_export(export)
    assert report.ok, report
    named = {check.name: check for check in report.checks}
    assert named["shares"].detail.startswith("2 of 3")
    shown = ceremony.state()["trustees"]
    assert [(one["agreed"], one["released"]) for one in shown] == [(True, True), (True, True), (False, False)]
    assert cleo.visit()["ended"] is True


def forged(trustee: Trustee) -> Release:
    """A release of this trustee's with a share that is not its own."""
    secrets = trustee.secrets
    assert secrets
    assert secrets.agreement
    return Release.sign(
        secrets._signing_key,
        secrets.setup,
        secrets.index,
        manifest=secrets.agreement.manifest,
        root=secrets.agreement.root,
        share=secret_sharing.polynomial(2)[0],
    )


def test_a_wrong_share_is_refused_with_its_reason_and_the_right_one_is_taken(
    ceremony: Ceremony, election: FrozenElection
) -> None:
    ada, bo, _ = ceremony.trustees
    now, refused = ceremony.deployment.clock, []

    def cheat() -> None:
        assert ada.agree(now()).status_code == 200
        assert bo.agree(now()).status_code == 200
        refused.append(ada.send(forged(ada).encode()))

    opened(ceremony, election, in_turn(cheat, lambda: ada.release(now()), lambda: bo.release(now())))
    document = assert_problem(refused[0], 422, "bad-trustee-message")
    assert (document["reason"], document["trustee"]) == ("wrong-share", 1)
    assert election.wiring.results.find(election.id)


def test_nothing_is_taken_before_voting_has_ended(ceremony: Ceremony, election: FrozenElection) -> None:
    ada = ceremony.trustees[0]
    assert ada.visit()["ended"] is False
    assert_problem(ada.client.get(f"/elections/{election.id}/end"), 404, "no-end")
    assert ada.secrets
    assert ada.secrets.confirmation
    early = ada.secrets.confirmation.model_copy()
    assert ada.send(early.encode()).status_code == 200  # the same again
    agreement = _agreement(ada)
    assert_problem(ada.send(agreement), 409, "not-yet")


def _agreement(trustee: Trustee) -> bytes:
    secrets = trustee.secrets
    assert secrets
    assert secrets.confirmation
    manifest = secrets.confirmation.manifest
    return Agreement.sign(
        secrets._signing_key, secrets.setup, secrets.index, manifest=manifest, size=4, root=bytes(32)
    ).encode()


def test_those_who_have_not_released_are_reminded_once_a_day(ceremony: Ceremony, election: FrozenElection) -> None:
    ada, bo, _ = ceremony.trustees
    now, mails = ceremony.deployment.clock, []

    def look() -> None:
        mails.append(sorted(mail.to for mail in ceremony.deliver()))

    waited = iter(range(6))

    def play() -> bool:
        turn = next(waited, None)
        look()
        if turn == 0:
            both_agree()
            ada.release(now())
            return False
        if turn == 5:
            bo.release(now())
            return True
        ceremony.deployment.clock.advance(hours=6)
        return False

    def both_agree() -> None:
        for one in (ada, bo):
            assert one.agree(now()).status_code == 200

    opened(ceremony, election, play)
    everybody = sorted(one.email for one in ceremony.trustees)
    others = sorted(one.email for one in ceremony.trustees[1:])
    assert mails[0] == everybody
    assert [found for found in mails[1:] if found] == [others]


def test_killed_after_the_share_was_kept_the_machine_finds_it_by_itself(
    ceremony: Ceremony, election: FrozenElection
) -> None:
    """Nobody says that it is enough: the next time that it looks, it is."""
    now = ceremony.deployment.clock

    def play() -> bool:
        for one in ceremony.trustees[:2]:
            assert one.agree(now()).status_code == 200
        ceremony.wiring.__dict__["waiters"] = Deaf()
        for one in ceremony.trustees[:2]:
            one.release(now())
        return False

    opened(ceremony, election, play)
    assert election.wiring.results.find(election.id)


class Deaf:
    def wake(self, token: str) -> None:
        """As if the process had been killed before."""


def test_what_was_opened_once_stays_as_it_is(ceremony: Ceremony, election: FrozenElection) -> None:
    """A share that comes later changes no export, nor does a count that is begun again."""
    opened(ceremony, election, in_turn(lambda: [both_agree(ceremony), *_release(ceremony, 2)]))
    blobs = election.wiring.blobs
    before = blobs.get(work.export_key(election.id))
    cleo = ceremony.trustees[2]
    ceremony.wiring.__dict__["waiters"] = Deaf()
    both(cleo, ceremony)
    close_machine(election.wiring, between=lambda client: ceremony.wake_by(client, election.wiring) or False).run(
        {"election": election.id}
    )
    assert blobs.get(work.export_key(election.id)) == before
    opening = blobs.get(work.published_key(election.id, "opening.json"))
    assert opening
    assert [one.index for one in OpeningRecord.parse(opening).releases] == [1, 2]
    shown = Browser(ceremony.deployment).get(f"/results/{election.id}").text
    assert "Opened by" in shown
    assert "Ada, Bo, trustees who gave their shares; 2 of 3 were needed" in shown


def both_agree(ceremony: Ceremony) -> None:
    for one in ceremony.trustees[:2]:
        assert one.agree(ceremony.deployment.clock()).status_code == 200


def _release(ceremony: Ceremony, number: int) -> list[Any]:
    return [one.release(ceremony.deployment.clock()) for one in ceremony.trustees[:number]]


def test_what_the_seal_left_may_have_expired_while_trustees_were_waited_for(
    ceremony: Ceremony, election: FrozenElection
) -> None:
    def play() -> None:
        blobs = election.wiring.blobs
        for key in list(blobs.keys(f"steps/{election.id}/")):
            blobs.delete(key)
        both_agree(ceremony)
        _release(ceremony, 2)

    opened(ceremony, election, in_turn(play))
    assert election.wiring.results.find(election.id)


def test_an_early_close_is_opened_no_earlier_than_the_end_that_was_announced(
    ceremony: Ceremony, election: FrozenElection
) -> None:
    closed = ceremony.organiser.post(f"/elections/{election.id}/close")
    assert closed.status_code == 202, closed.text
    deployment = ceremony.deployment
    deployment.clock.advance(minutes=5)
    assert deployment.clock() < election.manifest.closes_at
    agreed = []

    def between(client: Any) -> bool:
        ceremony.wake_by(client, election.wiring)
        ada = ceremony.trustees[0]
        if not agreed and ada.visit()["ended"]:
            agreed.append(ada.send(early_agreement(ada)))
            deployment.clock.now = election.manifest.closes_at
            return True
        if election.wiring.openings.token(election.id) and len(agreed) == 1:
            agreed.append(None)
            both_agree(ceremony)
            _release(ceremony, 2)
            return True
        return False

    def early_agreement(trustee: Trustee) -> bytes:
        assert trustee.secrets
        checkpoint = trustee.end().require(election.manifest.hash, election.manifest.closes_at)
        proven = trustee.end().prove(election.manifest.hash)
        assert proven == (checkpoint, election.manifest.title, election.manifest.closes_at, 2)
        signed = trustee.secrets.with_agreement(checkpoint).agreement
        assert signed
        trustee.secrets = trustee.secrets.with_agreement(checkpoint).model_copy(update={"agreement": signed})
        return signed.encode()

    close_machine(election.wiring, between=between).run({"election": election.id})
    assert agreed[0].json()["reason"] == "still-open"
    assert election.wiring.results.find(election.id)


KILLS = (10, 11, 12, 13, 14)
"""The numbers of the invocations: the seal, its end as a file, the wait for trustees, the opening, a decryption."""


def test_an_execution_killed_at_any_step_around_the_trustees_and_started_again(
    ceremony: Ceremony, election: FrozenElection
) -> None:
    killing, ended = Killing(KILLS), False
    ceremony.deployment.clock.now = election.manifest.closes_at + timedelta(days=1)

    def between(client: Any) -> bool:
        nonlocal ended
        ceremony.wake_by(client, election.wiring)
        if ended or election.wiring.openings.token(election.id) is None:
            return False
        both_agree(ceremony)
        _release(ceremony, 2)
        ended = True
        return True

    machine = without_retries(close_machine(election.wiring, killing, between=between))
    killing.kill_all(lambda: machine.run({"election": election.id}))
    machine.run({"election": election.id})
    assert election.wiring.results.find(election.id)
