"""The roll: nobody is on it twice, everybody is found, and what names a person can be taken away."""

from dataclasses import replace
from typing import Any

import pytest

from ballotcast.store.table import ABSENT, Refusal, Table
from ballotcast.store.voter import RollLine, Voter
from ballotcast.store.voters import LINE, NotAdded, Voters

ELECTION = "e1"


def voter(number: int, **changes: Any) -> Voter:
    """Keys spread over the partitions as keyed hashes do."""
    key = f"{number * 37 % 256:02x}" + f"{number:062x}"
    plain = Voter(ELECTION, key, f"v{number}@example.org", "", salt=b"%d" % number, tag=b"tag %d" % number)
    return replace(plain, **changes)


@pytest.fixture
def voters(roll: Table) -> Voters:
    return Voters(roll)


def test_added_voters_come_back_as_they_were(voters: Voters) -> None:
    added = [voter(number) for number in range(3)]
    assert voters.add(added) == 3
    assert [voters.find(ELECTION, one.key) for one in added] == added
    assert voters.find(ELECTION, voter(9).key) is None
    assert voters.find("e2", added[0].key) is None


def test_lines_have_what_a_roll_is_stated_by_and_nothing_that_names_anybody(voters: Voters) -> None:
    added = [voter(1), voter(2, generation=3, delivery="sent", run="r", ended=2, phone="+4915112345678")]
    voters.add(added)
    lines = voters.lines(ELECTION)
    assert lines == [RollLine(**{name: getattr(one, name) for name in LINE}) for one in voters.roll(ELECTION)]
    assert [one.key for one in lines] == [one.key for one in voters.roll(ELECTION)]
    assert "+49" not in repr(lines)
    assert not {"email", "name", "salt"} & set(LINE)


def test_who_is_there_stays_as_they_are_and_the_others_are_added(voters: Voters) -> None:
    voters.add([voter(1), voter(3)])
    assert voters.add([voter(number, phone="+4915112345678") for number in range(5)]) == 3
    assert voters.add([voter(number) for number in range(5)]) == 0
    assert voters.find(ELECTION, voter(1).key) == voter(1)
    assert [one.phone for one in voters.roll(ELECTION)].count("") == 2


def test_what_stands_beside_is_written_with_the_number_added(voters: Voters, roll: Table) -> None:
    voters.add([voter(1)])
    counted = voters.add([voter(1), voter(2)], lambda added: [roll.putting({"pk": "COUNT", "sk": "1", "n": added})])
    assert counted == 1
    assert roll.get("COUNT", "1") == {"pk": "COUNT", "sk": "1", "n": 1}


def test_nobody_is_added_when_what_stands_beside_is_refused(voters: Voters, roll: Table) -> None:
    roll.put({"pk": "GUARD", "sk": "1"})
    with pytest.raises(NotAdded):
        voters.add([voter(1), voter(2)], lambda _: [roll.putting({"pk": "GUARD", "sk": "1"}, ABSENT)])
    assert voters.roll(ELECTION) == []


def test_the_whole_roll_is_in_order_of_key_and_of_one_election(voters: Voters) -> None:
    everybody = [voter(number) for number in range(300)]
    for start in range(0, 300, 100):
        voters.add(everybody[start : start + 100])
    voters.add([replace(voter(1), election="e2")])
    assert voters.roll(ELECTION) == sorted(everybody, key=lambda one: one.key)


def test_pages_join_to_the_whole_roll(voters: Voters) -> None:
    voters.add([voter(number) for number in range(40)])
    pages, after = [], None
    while page := voters.page(ELECTION, after=after, limit=7):
        pages.append(page)
        after = page[-1].key
    assert [len(page) for page in pages] == [7, 7, 7, 7, 7, 5]
    assert [one for page in pages for one in page] == voters.roll(ELECTION)


def test_a_run_marks_its_voters_visibly_or_not(voters: Voters) -> None:
    voters.add([voter(1), voter(2)])
    voters.enlist(ELECTION, voter(1).key, "run1", visibly=True)
    voters.enlist(ELECTION, voter(2).key, "run1", visibly=False)
    assert voters.find(ELECTION, voter(1).key) == voter(1, run="run1", delivery="queued")
    assert voters.find(ELECTION, voter(2).key) == voter(2, run="run1")


def test_who_is_part_of_a_run_already_stays_as_they_are(voters: Voters) -> None:
    voters.add([voter(1)])
    for _ in range(2):
        voters.enlist(ELECTION, voter(1).key, "run1", visibly=True)
        voters.mark_mailed(ELECTION, voter(1).key, "run1")
    voters.enlist(ELECTION, voter(1).key, "run1", visibly=True)
    assert voters.find(ELECTION, voter(1).key) == voter(1, run="run1", delivery="sent", mailed="run1")
    with pytest.raises(Refusal):
        voters.enlist(ELECTION, voter(2).key, "run1", visibly=True)


def test_mails_and_bounces_count_for_the_newest_run_only(voters: Voters) -> None:
    voters.add([voter(1)])
    key = voter(1).key
    for run in ("run1", "run2"):
        voters.enlist(ELECTION, key, run, visibly=True)
    voters.mark_mailed(ELECTION, key, "run1")
    voters.mark_bounced(ELECTION, key, "run1")
    assert voters.find(ELECTION, key) == voter(1, run="run2", delivery="queued")
    voters.mark_mailed(ELECTION, key, "run2")
    assert voters.find(ELECTION, key) == voter(1, run="run2", delivery="sent", mailed="run2")
    voters.mark_bounced(ELECTION, key, "run2")
    voters.mark_mailed(ELECTION, key, "run2")
    assert voters.find(ELECTION, key) == voter(1, run="run2", delivery="bounced", mailed="run2")


def test_a_mail_whose_link_is_not_the_newest_keeps_its_link_valid_and_the_run_open(voters: Voters) -> None:
    voters.add([voter(1)])
    key = voter(1).key
    voters.enlist(ELECTION, key, "run1", visibly=True)
    for link in ("first", "second"):
        assert voters.give_link(voter(1), "run1", link)
    voters.mark_mailed(ELECTION, key, "run1", "first")
    open_run = voter(1, run="run1", delivery="queued", link_hash="second", link_before="first")
    assert voters.find(ELECTION, key) == open_run
    voters.mark_mailed(ELECTION, key, "run1", "second")
    done = voter(1, run="run1", delivery="sent", mailed="run1", link_hash="second")
    assert voters.find(ELECTION, key) == done
    voters.mark_mailed(ELECTION, key, "run1", "first")
    assert voters.find(ELECTION, key) == done


def test_a_reminder_is_noted_and_shows_nowhere(voters: Voters) -> None:
    voters.add([voter(1, delivery="sent")])
    voters.enlist(ELECTION, voter(1).key, "run1", visibly=False)
    voters.mark_mailed(ELECTION, voter(1).key, "run1")
    assert voters.find(ELECTION, voter(1).key) == voter(1, run="run1", delivery="sent", mailed="run1")


def test_marks_make_no_voter(voters: Voters) -> None:
    key = voter(1).key
    voters.mark_mailed(ELECTION, key, "run1")
    voters.mark_bounced(ELECTION, key, "run1")
    voters.erase(voter(1))
    assert voters.roll(ELECTION) == []


def test_erasing_keeps_what_the_ledger_needs(voters: Voters) -> None:
    voters.add([voter(1, phone="+4915112345678", delivery="sent", blinded_sha256="b")])
    for _ in range(2):
        voters.erase(voter(1))
    assert voters.roll(ELECTION) == [voter(1, email="", salt=b"", delivery="sent", blinded_sha256="b")]


def test_a_removed_voter_is_gone_and_may_be_removed_again(voters: Voters) -> None:
    voters.add([voter(1), voter(2)])
    for _ in range(2):
        voters.remove(voter(1))
    assert voters.roll(ELECTION) == [voter(2)]
