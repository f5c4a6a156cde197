"""Ending and moving rights tell nobody who has voted: whatever a voter did, all that can be seen is the same."""

from typing import Any

import pytest

from election_fixture import FrozenElection, frozen_election
from organising import Organiser, work_off
from outbox import Outbox
from requests_made import record_requests
from running_rolls import ADA, BEN, CEM, NEW, amendments, deliver, end, follow, issue, move, use
from voting import new_request
from world import World

MOVES = ((ADA, NEW), (BEN, "ben@example.net"))


def played(deployment: World, outbox: Outbox, act: str, users: tuple[str, ...]) -> Any:
    """What an organiser and anyone who watches the service can see of an order for ada and ben."""
    organiser, election = Organiser(deployment, name=f"o{len(users)}{act}"), frozen_election(deployment)
    take_over(organiser, election)
    for email in users:
        use(election, email)
    made = record_requests(organiser.wiring)
    answer = end(organiser, election.id, ADA, BEN) if act == "end" else move(organiser, election.id, *MOVES)
    work = sorted(made)
    waiting = deployment.take_messages("MAIL_QUEUE")
    deployment.wiring().mail_queue.send_all(waiting)
    mails = deliver(organiser, outbox)
    organiser.invite(election.id, only="not_issued")
    reminding = work_off(deployment)
    deployment.take_messages("MAIL_QUEUE")
    voters, shown = organiser.voters(election.id), organiser.show(election.id)
    events = organiser.get(f"/elections/{election.id}/events").json()["events"]
    return (
        (answer.status_code, answer.json(), dict(answer.headers), work),
        [(mail.to, len(mail.body), mail.subject) for mail in mails],
        [(message["kind"], len(message)) for message in waiting],
        [voters[email] for email in sorted(voters)],
        (shown["roll_size"], shown["status"], reminding),
        [(told["action"], told["detail"]) for told in events],
        [(leaf.roll.roll_size, len(leaf.roll.ended), leaf.reason) for leaf in amendments(election)],
    )


def take_over(organiser: Organiser, election: FrozenElection) -> None:
    """The election is this organiser's."""
    key = {"pk": {"S": f"ELECTION#{election.id}"}, "sk": {"S": "META"}}
    organiser.wiring.dynamodb.update_item(
        TableName="roll",
        Key=key,
        UpdateExpression="SET organiser = :organiser",
        ExpressionAttributeValues={":organiser": {"S": organiser.id}},
    )


@pytest.mark.parametrize("act", ["end", "move"])
def test_the_same_is_seen_whoever_has_voted(deployment: World, act: str) -> None:
    outbox = Outbox()
    seen = [played(deployment, outbox, act, users) for users in ((), (ADA,), (ADA, BEN))]
    assert seen[0] == seen[1] == seen[2]


def test_who_holds_the_link_of_a_right_that_ended_gets_the_same_for_the_same_work(deployment: World) -> None:
    """So that not even anyone who has the old link, or the old mailbox, finds out whether it was used."""
    organiser = Organiser(deployment)
    seen = []
    for users in ((), (ADA,)):
        election = frozen_election(deployment, second_factor="none")
        for email in users:
            use(election, email)
        end(organiser, election.id, ADA)
        made = record_requests(election.wiring)
        answer = issue(election, election.link(ADA), new_request(election.manifest))
        problem = {name: value for name, value in answer.json().items() if name not in ("instance", "correlation_id")}
        seen.append((answer.status_code, problem, list(made)))
    assert seen[0] == seen[1]


def test_a_right_that_replaces_others_is_looked_into_alike(deployment: World) -> None:
    """Up to the answer, which tells its holder that a vote was cast by one of them."""
    organiser, outbox = Organiser(deployment), Outbox()
    work = []
    for users in ((), (ADA,)):
        election = frozen_election(deployment)
        for email in users:
            use(election, email)
        move(organiser, election.id, (ADA, NEW))
        [mail] = deliver(organiser, outbox)
        follow(election, mail, NEW)
        made = record_requests(election.wiring)
        issue(election, election.link(NEW), new_request(election.manifest))
        work.append([request for request in made if request.startswith("GetItem")])
    assert work[0] == work[1]


def test_a_voter_who_moved_after_voting_is_not_reminded(deployment: World) -> None:
    organiser, outbox = Organiser(deployment), Outbox()
    election = frozen_election(deployment)
    use(election, ADA)
    move(organiser, election.id, *MOVES)
    deliver(organiser, outbox)
    organiser.invite(election.id, only="not_issued")
    work_off(deployment)
    assert sorted(mail.to for mail in deliver(organiser, outbox)) == ["ben@example.net", CEM]
