"""A voter's link, code and credential on the roll: each outcome of each conditional write."""

from dataclasses import replace

import pytest

from ballotcast.store.table import Table
from ballotcast.store.voter import Voter
from ballotcast.store.voter_codes import VoterCodes
from ballotcast.store.voters import NotIssued, Voters

ELECTION, KEY = "0123456789abcdef", "ab" * 32
LINK, OTHER_LINK = "11" * 32, "22" * 32
VALUE, OTHER_VALUE = "33" * 32, "44" * 32
NOW, MOST, LOCK, HOUR = 1_800_000_000, 5, 900, 3600


@pytest.fixture
def voters(roll: Table) -> Voters:
    return Voters(roll)


@pytest.fixture
def codes(roll: Table) -> VoterCodes:
    return VoterCodes(roll)


@pytest.fixture
def voter(voters: Voters) -> Voter:
    """One who was sent a link."""
    added = Voter(ELECTION, KEY, "ada@example.org", "+4915112345678", salt=b"s" * 16, tag=b"t" * 32)
    voters.add([added])
    send_link(voters, added, LINK)
    return now(voters)


def send_link(voters: Voters, voter: Voter, link: str) -> None:
    """Up to the mail that is out."""
    make_link(voters, voter, link)
    voters.mark_mailed(voter.election, voter.key, f"run {link}")


def make_link(voters: Voters, voter: Voter, link: str) -> None:
    voters.enlist(voter.election, voter.key, f"run {link}", visibly=True)
    assert voters.give_link(voter, f"run {link}", link)


def now(voters: Voters) -> Voter:
    found = voters.find(ELECTION, KEY)
    assert found
    return found


def test_a_link_leads_to_its_voter_also_when_replaced(voters: Voters, voter: Voter) -> None:
    send_link(voters, voter, OTHER_LINK)
    assert voters.by_link(LINK) == voters.by_link(OTHER_LINK) == (ELECTION, KEY)
    assert voters.by_link("55" * 32) is None
    assert now(voters).link_hash == OTHER_LINK


def test_a_credential_is_issued_once(voters: Voters, voter: Voter) -> None:
    assert not voter.issued
    assert voters.issue(ELECTION, KEY, LINK, VALUE)
    assert now(voters).blinded_sha256 == VALUE
    assert now(voters).issued


def test_the_same_value_is_granted_again_and_another_refused(voters: Voters, voter: Voter) -> None:
    voters.issue(ELECTION, KEY, LINK, VALUE)
    assert voters.issue(ELECTION, KEY, LINK, VALUE)
    with pytest.raises(NotIssued) as refused:
        voters.issue(ELECTION, KEY, LINK, OTHER_VALUE)
    assert (refused.value.voter.link_hash, refused.value.voter.blinded_sha256) == (LINK, VALUE)
    assert now(voters).blinded_sha256 == VALUE


def test_a_replaced_link_is_refused_even_with_the_same_value(voters: Voters, voter: Voter) -> None:
    voters.issue(ELECTION, KEY, LINK, VALUE)
    send_link(voters, voter, OTHER_LINK)
    for value in (VALUE, OTHER_VALUE):
        with pytest.raises(NotIssued) as refused:
            voters.issue(ELECTION, KEY, LINK, value)
        assert refused.value.voter.link_hash == OTHER_LINK
    assert voters.issue(ELECTION, KEY, OTHER_LINK, VALUE)


def test_a_link_is_valid_until_the_mail_with_the_next_one_is_out(
    voters: Voters, codes: VoterCodes, voter: Voter
) -> None:
    """However many are made that could not be sent; the newest is valid as soon as it is made."""
    for made in (OTHER_LINK, "66" * 32):
        make_link(voters, now(voters), made)
        assert now(voters).holds(LINK)
        assert now(voters).holds(made)
    assert not now(voters).holds(OTHER_LINK)
    assert voters.issue(ELECTION, KEY, LINK, VALUE)
    voters.mark_mailed(ELECTION, KEY, "run of long ago")
    assert now(voters).holds(LINK)
    voters.mark_mailed(ELECTION, KEY, f"run {'66' * 32}")
    assert not now(voters).holds(LINK)
    with pytest.raises(NotIssued):
        voters.issue(ELECTION, KEY, LINK, VALUE)
    assert voters.issue(ELECTION, KEY, "66" * 32, VALUE)


def use_codes(codes: VoterCodes, voter: Voter) -> None:
    codes.count_otp_send(voter, NOW, 3, NOW + HOUR)
    codes.set_otp(voter, b"mac", NOW + 600)
    codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK)


def test_issuing_keeps_the_line_of_the_ledger_and_forgets_when_codes_were_asked_for(
    voters: Voters, codes: VoterCodes, voter: Voter, roll: Table
) -> None:
    use_codes(codes, voter)
    voters.issue(ELECTION, KEY, LINK, VALUE)
    for _ in range(2):
        assert now(voters) == replace(voter, blinded_sha256=VALUE)
        [item] = roll.query(f"VOTER#{ELECTION}#{KEY[:2]}")
        assert not [name for name in item if name.startswith("otp")]
        use_codes(codes, voter)  # of messages and requests that were under way in that moment


def test_erasing_forgets_what_codes_left(voters: Voters, codes: VoterCodes, voter: Voter) -> None:
    use_codes(codes, voter)
    voters.erase(voter)
    assert now(voters) == replace(voter, email="", phone="", salt=b"")


def test_so_many_codes_go_to_a_telephone_in_a_day(voters: Voters, codes: VoterCodes, roll: Table) -> None:
    def send(number: str, day: str = "2026-11-20", election: str = ELECTION) -> bool:
        return codes.count_phone_send(election, number, day, 2, NOW)

    assert [send("a" * 64) for _ in range(3)] == [True, True, False]
    assert send("b" * 64)
    assert send("a" * 64, election="e2")
    assert send("a" * 64, day="2026-11-21")
    [item, _] = roll.query(f"VOTER#{ELECTION}#{'a' * 64}")
    assert item["expiration"] == NOW
    assert voters.roll(ELECTION) == []


def test_a_new_code_replaces_the_old_one_and_keeps_the_attempts(
    voters: Voters, codes: VoterCodes, voter: Voter
) -> None:
    codes.set_otp(voter, b"first", NOW + 600)
    codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK)
    codes.set_otp(voter, b"second", NOW + 700)
    assert (now(voters).otp_mac, now(voters).otp_expires, now(voters).otp_attempts) == (b"second", NOW + 700, 1)


def test_attempts_are_counted_up_to_the_lock(voters: Voters, codes: VoterCodes, voter: Voter) -> None:
    counted = [codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK) for _ in range(MOST)]
    assert [one.otp_attempts for one in counted if one] == [1, 2, 3, 4, 5]
    assert codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK) is None
    assert codes.count_otp_attempt(voter, NOW + LOCK - 1, MOST, NOW + 2 * LOCK) is None
    assert now(voters).otp_locked_until == NOW + LOCK


def test_after_the_lock_counting_starts_anew(codes: VoterCodes, voter: Voter) -> None:
    for _ in range(MOST):
        codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK)
    after = codes.count_otp_attempt(voter, NOW + LOCK, MOST, NOW + 2 * LOCK)
    assert after
    assert (after.otp_attempts, after.otp_locked_until) == (1, NOW + 2 * LOCK)


def test_an_attempt_answers_the_code_to_compare_with(codes: VoterCodes, voter: Voter) -> None:
    codes.set_otp(voter, b"mac", NOW + 600)
    counted = codes.count_otp_attempt(voter, NOW, MOST, NOW + LOCK)
    assert counted
    assert (counted.otp_mac, counted.otp_expires) == (b"mac", NOW + 600)


def test_three_sends_in_an_hour(codes: VoterCodes, voter: Voter) -> None:
    assert [codes.count_otp_send(voter, NOW + at, 3, NOW + at + HOUR) for at in range(4)] == [True, True, True, False]
    assert not codes.count_otp_send(voter, NOW + HOUR - 1, 3, NOW + 2 * HOUR)
    assert [codes.count_otp_send(voter, NOW + HOUR, 3, NOW + 2 * HOUR) for _ in range(4)] == [
        True,
        True,
        True,
        False,
    ]


def test_nothing_is_counted_for_who_is_not_there(voters: Voters, codes: VoterCodes, roll: Table) -> None:
    nobody = Voter(ELECTION, "cd" * 32, "", "", b"", b"")
    assert codes.count_otp_attempt(nobody, NOW, MOST, NOW + LOCK) is None
    assert not codes.count_otp_send(nobody, NOW, 3, NOW + HOUR)
    assert voters.find(ELECTION, "cd" * 32) is None
