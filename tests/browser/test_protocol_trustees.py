"""Trustees in the browser: the vectors, and whole ceremonies with trustees in Python, in both directions."""

import json
from typing import Any

import pytest

from ballotcast.crypto import canonical
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.confirmation import Confirmation, require_confirmations
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.join import Join
from ballotcast.trustees.message import Message
from ballotcast.trustees.release import Release, open_election
from ballotcast.trustees.sealed_file import open_file
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.transcript import Transcript
from ceremonies import setup_of
from vectors_read import vectors

GIVEN = vectors("trustees")
LOADED = """
    const [faults, messages, made, opening, secrets] = await Promise.all(
      ["faults", "messages", "transcript", "opening", "secrets"].map((name) => load(`trustee_${name}`)),
    );
    const setup = await messages.readSetup(given.setup);
    const read = (round, values) => Promise.all(values.map((value) => messages.readMessage(round, value)));
    const final = { size: given.size, root: bytes(given.root) };
    const M = bytes(given.manifest_hash);
    const opened = async (sent) => {
      const rounds = ["join", "deal", "confirm", "agree", "release"];
      const [joins, deals, confirmed, agreed, released] = await Promise.all(
        rounds.map((round) => read(round, sent[round])),
      );
      const transcript = await made.makeTranscript(setup, joins, deals);
      await opening.requireConfirmations(transcript, M, confirmed);
      await opening.requireAgreements(transcript, M, final, agreed);
      return { transcript, key: await opening.openElection(transcript, M, final, released) };
    };
    const verdict = async (attempt) => {
      try {
        return (await attempt()) ?? null;
      } catch (error) {
        if (!(error instanceof faults.CeremonyError)) throw error;
        return { reason: error.reason, index: error.index };
      }
    };
"""


def test_the_vectors(protocol: Any) -> None:
    found = protocol.run(
        LOADED
        + """
        const { transcript, key } = await opened(given);
        const [first, dealt] = await Promise.all(
          given.texts.map((one) => secrets.parseSecrets(new TextEncoder().encode(one))),
        );
        const redealt = await secrets.withDeal(first, transcript.joins);
        const refused = [];
        for (const { round, at, message } of given.refused) {
          refused.push(await verdict(() => opened({ ...given, [round]: given[round].with(at, message) })));
        }
        const complaints = [];
        for (const { deal, complaint } of given.complaints) {
          const deals = await read("deal", given.deal.with(2, deal));
          const [sent] = await read("complaint", [complaint]);
          complaints.push(await verdict(async () => { throw await made.judge(setup, transcript.joins, deals, sent); }));
        }
        return {
          ceremony: hex(setup.hash),
          joins_hash: hex(await made.joinsHash(transcript.joins)),
          fingerprint: hex(transcript.hash),
          election_key: hex(transcript.electionKey),
          private_key: hex(key),
          share_keys: transcript.shareKeys.map(hex),
          share: hex(await secrets.shareOf(dealt, transcript)),
          points: redealt.deal.value.points,
          secrets: [first, dealt].map((one) => new TextDecoder().decode(secrets.encodeSecrets(one))),
          refused,
          complaints,
        };
        """,
        texts=[canonical.dumps(one).decode() for one in GIVEN["secrets"]],
        **GIVEN,
    )
    names = ("ceremony", "joins_hash", "fingerprint", "election_key", "private_key", "share_keys")
    assert {name: found[name] for name in names} == {name: GIVEN[name] for name in names}
    assert found["share"] == GIVEN["shares"][0]
    assert found["points"] == GIVEN["deal"][0]["points"]
    assert found["secrets"] == [canonical.dumps(one).decode() for one in GIVEN["secrets"]]
    for kind in ("refused", "complaints"):
        assert found[kind] == [{"reason": case["reason"], "index": case["index"]} for case in GIVEN[kind]]


def test_ends_and_files(protocol: Any) -> None:
    ends = vectors("ends")
    found = protocol.run(
        """
        const [faults, end, file, secrets] = await Promise.all(
          ["faults", "end", "file", "secrets"].map((name) => load(`trustee_${name}`)),
        );
        const text = (value) => new TextEncoder().encode(value);
        const checked = async (one, at) => {
          try {
            const { size, root } = await end.requireEnd(end.parseEnd(text(one)), bytes(given.confirmed), new Date(at));
            return { size, root: hex(root) };
          } catch (error) {
            if (!(error instanceof faults.CeremonyError)) throw error;
            return error.reason;
          }
        };
        const ended = [];
        for (const [one, at] of given.ends) ended.push(await checked(one, at));
        const opened = [];
        for (const [one, passphrase] of given.files) {
          const kept = await file.openFile(text(one), passphrase);
          const again = await file.openFile(await file.sealFile(kept, "another"), "another");
          opened.push(new TextDecoder().decode(secrets.encodeSecrets(again)));
        }
        const [first] = given.files[0];
        const refused = [];
        for (const [one, passphrase] of [[first, "wrong"], [first.slice(1), "x"], ["{}", "x"]]) {
          refused.push((await refusal(() => file.openFile(text(one), passphrase)))?.reason);
        }
        return { ended, opened, refused, sealed: new TextDecoder().decode(await file.sealFile(
          await file.openFile(text(first), given.files[0][1]), "from the browser")) };
        """,
        confirmed=ends["manifest_hash"],
        ends=[(_text({**ends["whole"], **case["members"]}), case["at"]) for case in ends["cases"]],
        files=[(_text(one["file"]), one["passphrase"]) for one in GIVEN["sealed"]],
    )
    assert found["ended"] == [case["reason"] or ends["checkpoint"] for case in ends["cases"]]
    assert found["opened"] == [_text(GIVEN["secrets"][1])] * 2
    assert found["refused"] == ["wrong-passphrase", "not-secrets", "not-secrets"]
    assert open_file(found["sealed"].encode(), "from the browser").encode().decode() == _text(GIVEN["secrets"][1])


def _text(value: Any) -> str:
    return canonical.dumps(value).decode()


FINAL = Checkpoint("origin", 12, bytes.fromhex(GIVEN["root"]))
M = bytes.fromhex(GIVEN["manifest_hash"])
STEP = """
    const mine = given.kept ? await secrets.parseSecrets(new TextEncoder().encode(given.kept)) : null;
    const joins = await read("join", given.join ?? []);
    const transcript = given.deal ? await made.makeTranscript(setup, joins, await read("deal", given.deal)) : null;
    const agreed = await read("agree", given.agree ?? []);
    const steps = {
      begin: () => secrets.begin(setup, 2),
      deal: () => secrets.withDeal(mine, joins),
      confirm: () => secrets.withConfirmation(mine, transcript, M),
      agree: () => secrets.withAgreement(mine, final),
      release: () => secrets.withRelease(mine, transcript, final, agreed),
    };
    return new TextDecoder().decode(secrets.encodeSecrets(await steps[given.step]()));
"""


@pytest.mark.parametrize("t", [2, 3])
def test_one_trustee_in_the_browser_and_two_in_a_terminal(protocol: Any, t: int) -> None:
    """What either writes down, the other one reads: each step of the browser begins with the file of the last one."""
    setup = setup_of(t, 3)

    def in_browser(step: str, kept: Secrets | None = None, **sent: tuple[Message, ...]) -> Secrets:
        text = protocol.run(
            LOADED + STEP,
            step=step,
            kept=kept.encode().decode() if kept else "",
            setup=json.loads(setup.encode()),
            size=FINAL.size,
            root=FINAL.root.hex(),
            manifest_hash=M.hex(),
            **{name: [json.loads(one.encode()) for one in messages] for name, messages in sent.items()},
        )
        return Secrets.parse(text.encode())

    ada, theirs, cleo = Secrets.begin(setup, 1), in_browser("begin"), Secrets.begin(setup, 3)
    joins: tuple[Join, ...] = (ada.join, theirs.join, cleo.join)
    ada, theirs, cleo = ada.with_deal(joins), in_browser("deal", theirs, join=joins), cleo.with_deal(joins)
    assert not theirs.polynomial
    assert ada.deal
    assert theirs.deal
    assert cleo.deal
    deals: tuple[Deal, ...] = (ada.deal, theirs.deal, cleo.deal)
    transcript = Transcript(setup, joins, deals)
    ada, cleo = ada.with_confirmation(transcript, M), cleo.with_confirmation(transcript, M)
    theirs = in_browser("confirm", theirs, join=joins, deal=deals)
    confirmations = [one.confirmation for one in (ada, theirs, cleo)]
    require_confirmations(transcript, M, [one for one in confirmations if isinstance(one, Confirmation)])
    chosen = (ada, theirs) if t == 2 else (ada, theirs, cleo)
    agreed = [in_browser("agree", one) if one is theirs else one.with_agreement(FINAL) for one in chosen]
    agreements = tuple(one.agreement for one in agreed if one.agreement)
    released = [
        in_browser("release", one, join=joins, deal=deals, agree=agreements)
        if one.index == 2
        else one.with_release(transcript, FINAL, agreements)
        for one in agreed
    ]
    releases = [one.release for one in released if isinstance(one.release, Release)]
    open_election(transcript, M, FINAL, releases)
