"""Our code against tests/vectors/trustees.json and ends.json."""

from typing import Any

import pytest

from ballotcast.ballots.fields import parse_time
from ballotcast.crypto import canonical
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.agreement import Agreement, require_agreements
from ballotcast.trustees.complaint import Complaint, judge
from ballotcast.trustees.confirmation import Confirmation, require_confirmations
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.end import End
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.join import Join, joins_hash
from ballotcast.trustees.message import Message
from ballotcast.trustees.release import Release, open_election
from ballotcast.trustees.sealed_file import WrongPassphrase, open_file, seal
from ballotcast.trustees.secrets import Secrets, SecretsError
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript
from vectors_read import vectors

GIVEN = vectors("trustees")
SETUP = Setup.model_validate(GIVEN["setup"])
KINDS: dict[str, type[Message]] = {
    "join": Join,
    "deal": Deal,
    "confirm": Confirmation,
    "agree": Agreement,
    "release": Release,
}
M, FINAL = bytes.fromhex(GIVEN["manifest_hash"]), Checkpoint("origin", GIVEN["size"], bytes.fromhex(GIVEN["root"]))


def read(kind: type[Any], messages: list[Any]) -> tuple[Any, ...]:
    return tuple(kind.parse(canonical.dumps(one)) for one in messages)


def opened(sent: dict[str, list[Any]]) -> tuple[Transcript, bytes]:
    """The whole ceremony, checked in the order of its rounds."""
    joins, deals, confirmations, agreements, releases = (read(kind, sent[name]) for name, kind in KINDS.items())
    transcript = Transcript(SETUP, joins, deals)
    require_confirmations(transcript, M, confirmations)
    require_agreements(transcript, M, FINAL, agreements)
    return transcript, open_election(transcript, M, FINAL, releases)


def test_a_ceremony() -> None:
    transcript, key = opened(GIVEN)
    assert SETUP.hash.hex() == GIVEN["ceremony"]
    assert joins_hash(transcript.joins).hex() == GIVEN["joins_hash"]
    assert transcript.hash.hex() == GIVEN["fingerprint"]
    assert transcript.election_key.hex() == GIVEN["election_key"]
    assert [one.hex() for one in transcript.share_keys] == GIVEN["share_keys"]
    assert key.hex() == GIVEN["private_key"]


def test_what_a_trustee_keeps() -> None:
    first, dealt = read(Secrets, GIVEN["secrets"])
    joins, deals = read(Join, GIVEN["join"]), read(Deal, GIVEN["deal"])
    assert dealt.share(Transcript(SETUP, joins, deals)).hex() == GIVEN["shares"][0]
    assert first.with_deal(joins).deal.points == deals[0].points
    assert dealt.with_deal(joins) == dealt


@pytest.mark.parametrize("case", GIVEN["refused"], ids=lambda case: case["what"])
def test_a_message_in_the_place_of_the_right_one(case: dict[str, Any]) -> None:
    sent = {name: [*GIVEN[name]] for name in KINDS}
    sent[case["round"]][case["at"]] = case["message"]
    with pytest.raises(CeremonyError) as error:
        opened(sent)
    assert (error.value.reason, error.value.index) == (case["reason"], case["index"])


@pytest.mark.parametrize("case", GIVEN["complaints"], ids=lambda case: case["what"])
def test_a_complaint(case: dict[str, Any]) -> None:
    joins, deals = read(Join, GIVEN["join"]), read(Deal, [*GIVEN["deal"][:2], case["deal"]])
    verdict = judge(SETUP, joins, deals, Complaint.parse(canonical.dumps(case["complaint"])))
    assert (verdict.reason, verdict.index) == (case["reason"], case["index"])


def test_a_file_of_secrets_opens_with_its_passphrase_only() -> None:
    for given in GIVEN["sealed"]:
        data, passphrase = canonical.dumps(given["file"]), given["passphrase"]
        secrets = open_file(data, passphrase)
        assert secrets.encode() == canonical.dumps(GIVEN["secrets"][1])
    with pytest.raises(WrongPassphrase):
        open_file(data, f"{passphrase} ")
    sealed = GIVEN["sealed"][0]["file"]["sealed"]
    with pytest.raises(WrongPassphrase):
        open_file(canonical.dumps({**given["file"], "sealed": sealed}), passphrase)
    for refused in (data[:-1], data.replace(b"sealed/1", b"sealed/2"), b"", b"{}", b"x" * 70_000):
        with pytest.raises(SecretsError, match="trustee's file"):
            open_file(refused, passphrase)
    assert open_file(seal(secrets, "one"), "one") == secrets


ENDS = vectors("ends")


@pytest.mark.parametrize("case", ENDS["cases"], ids=lambda case: case["what"])
def test_an_end(case: dict[str, Any]) -> None:
    data = canonical.dumps({**ENDS["whole"], **case["members"]})
    confirmed, now = bytes.fromhex(ENDS["manifest_hash"]), parse_time(case["at"])
    if not case["reason"]:
        checkpoint = End.parse(data).require(confirmed, now)
        assert {"size": checkpoint.size, "root": checkpoint.root.hex()} == ENDS["checkpoint"]
        return
    with pytest.raises(CeremonyError) as error:
        End.parse(data).require(confirmed, now)
    assert error.value.reason == case["reason"]
