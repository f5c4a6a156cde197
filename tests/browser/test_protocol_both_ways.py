"""Python and the browser read what the other wrote: credentials, ballots, recovery files, receipts, logs, ledgers."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from ballotcast.ballots import ballot as ballots
from ballotcast.ballots import credential, plaintext
from ballotcast.client.state import from_json
from ballotcast.crypto import blind_rsa, hpke, p256
from keyed_election import KeyedElection, keyed_election

CHOICES = [[3, 1], [[4, 5], [1, 0]]]


@pytest.fixture(scope="module", params=[2048, 3072])
def election(request: pytest.FixtureRequest) -> KeyedElection:
    return keyed_election(request.param)


def made_by_python(election: KeyedElection) -> bytes:
    key, rand, issuer = p256.generate(), secrets.token_bytes(32), election.issuer
    prepared = credential.prepare(election.manifest.hash, p256.point(key), rand)
    blinding = blind_rsa.blind(issuer.public, prepared)
    blind_signature = issuer.blind_sign(blinding.blinded)
    signature = blind_rsa.finalize(issuer.public, prepared, blind_signature, blinding.inverse)
    marks = plaintext.encode(election.manifest, [[3, 1], [(4, 5), (1, 0)]])
    return ballots.cast(election.manifest, key, rand, signature, marks).encode()


BLIND = """
    const [{ parseManifest }, p256, { prepareCredential }, { blind, finalize }] =
      await Promise.all(["manifest", "p256", "credential", "blind_rsa"].map(load));
    const [{ sealChoices, signBallot }, { encodePlaintext }] = await Promise.all(["ballot", "plaintext"].map(load));
    const manifest = await parseManifest(bytes(given.manifest));
"""


def made_in_the_browser(protocol: Any, election: KeyedElection) -> bytes:
    manifest = election.manifest
    blinding = protocol.run(
        BLIND
        + """
        const [key, rand] = [await p256.generate(), crypto.getRandomValues(new Uint8Array(32))];
        const made = await blind(manifest.issuer_pk, prepareCredential(manifest.hash, key.point, rand));
        return { key: hex(key.scalar), rand: hex(rand), blinded: hex(made.blinded), inverse: hex(made.inverse) };
        """,
        manifest=manifest.encode().hex(),
    )
    assert len(blinding["blinded"]) == len(blinding["inverse"]) == 2 * manifest.issuer.k
    blind_signature = election.issuer.blind_sign(bytes.fromhex(blinding["blinded"]))
    sealed: str = protocol.run(
        BLIND
        + """
        const [rand, inverse, blindSignature] = [given.rand, given.inverse, given.blind_signature].map(bytes);
        const key = await p256.fromScalar(bytes(given.key));
        const prepared = prepareCredential(manifest.hash, key.point, rand);
        const signature = await finalize(manifest.issuer_pk, prepared, blindSignature, inverse);
        const sealed = await sealChoices(manifest, key, encodePlaintext(manifest, given.choices));
        return hex(await signBallot(manifest, key, rand, signature, sealed));
        """,
        manifest=manifest.encode().hex(),
        blind_signature=blind_signature.hex(),
        choices=CHOICES,
        **blinding,
    )
    return bytes.fromhex(sealed)


def test_a_ballot_made_in_the_browser_is_taken_and_opened_by_python(protocol: Any, election: KeyedElection) -> None:
    cast = made_in_the_browser(protocol, election)
    ballot = ballots.Ballot.parse(cast, election.manifest)
    ballot.verify_credential(election.manifest)
    ballot.verify_signature()
    choices = plaintext.decode(election.manifest, ballot.open(election.election_key))
    assert choices == [(3, 1), ((1, 0), (4, 5))]


def test_a_ballot_made_by_python_is_taken_and_opened_in_the_browser(protocol: Any, election: KeyedElection) -> None:
    cast = made_by_python(election)
    read = protocol.run(
        BLIND
        + """
        const [{ verifyBallots }, { Ballot }, { openingKey }, { decodePlaintext }] =
          await Promise.all(["ballot_box", "ballot", "hpke", "plaintext"].map(load));
        const key = await openingKey(bytes(given.key));
        const plaintext = await Ballot.parse(bytes(given.ballot), manifest).open(key);
        return {
          refusals: await verifyBallots(manifest, [bytes(given.ballot)]),
          choices: decodePlaintext(manifest, plaintext),
          point: hex(key.point) === hex(manifest.election_pk),
          other: await refusal(async () => Ballot.parse(bytes(given.ballot), manifest).open(
            await openingKey((await p256.generate()).scalar))),
        };
        """,
        manifest=election.manifest.encode().hex(),
        ballot=cast.hex(),
        key=p256.scalar(election.election_key).hex(),
    )
    other = {"kind": "HpkeError", "reason": "does-not-open", "field": "", "contest": ""}
    assert read == {"refusals": [None], "choices": [[3, 1], [[1, 0], [4, 5]]], "point": True, "other": other}


def test_a_cheating_issuer_is_found_out(protocol: Any, election: KeyedElection) -> None:
    issuer, prepared = election.issuer, b"message"
    blinding = blind_rsa.blind(issuer.public, prepared)
    good, k = issuer.blind_sign(blinding.blinded), issuer.public.k
    marked = (int.from_bytes(good) * 2 % issuer.public.n).to_bytes(k)
    cheats = [good, marked, bytes(k), b"\xff" * k, good[:-1], good + b"\x00"]
    reasons = protocol.run(
        BLIND
        + """
        const [prepared, inverse] = [given.prepared, given.inverse].map(bytes);
        const answer = (one) => refusal(() => finalize(manifest.issuer_pk, prepared, bytes(one), inverse));
        return Promise.all(given.cheats.map(async (one) => (await answer(one))?.reason ?? null));
        """,
        manifest=election.manifest.encode().hex(),
        prepared=prepared.hex(),
        inverse=blinding.inverse.hex(),
        cheats=[cheat.hex() for cheat in cheats],
    )
    expected = ["does-not-verify", "out-of-range", "out-of-range", "wrong-length", "wrong-length"]
    assert reasons == [None, *expected]


def test_sealed_texts_of_any_length(protocol: Any) -> None:
    key, info = p256.generate(), b"info" * 30
    texts = [secrets.token_bytes(length) for length in (0, 1, 7, 255, 4000)]
    browser = protocol.run(
        """
        const { seal, open, openingKey } = await load("hpke");
        const [info, key] = [bytes(given.info), await openingKey(bytes(given.key))];
        return {
          opened: await Promise.all(given.sealed.map(async (one) => hex(await open(key, info, bytes(one))))),
          sealed: await Promise.all(given.texts.map(async (one) => hex(await seal(key.point, info, bytes(one))))),
          cut: await Promise.all([0, 1, 64, 65, 80].map((length) =>
            refusal(() => open(key, info, bytes(given.sealed[1]).subarray(0, length))))),
          off: await refusal(() => seal(key.point.with(64, key.point[64] ^ 1), info, info)),
        };
        """,
        info=info.hex(),
        key=p256.scalar(key).hex(),
        sealed=[hpke.seal(p256.point(key), info, text).hex() for text in texts],
        texts=[text.hex() for text in texts],
    )
    assert browser["opened"] == [text.hex() for text in texts]
    assert [hpke.open_(key, info, bytes.fromhex(sealed)) for sealed in browser["sealed"]] == texts
    assert [one["kind"] for one in browser["cut"]] == ["HpkeError"] * 5
    assert browser["off"]["kind"] == "KeyError"


def test_scalars(protocol: Any) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    good = [1, 2, order - 1, *(secrets.randbelow(order - 1) + 1 for _ in range(8))]
    points = protocol.run(
        """
        const { fromScalar, fromPoint, sign, verify } = await load("p256");
        const message = bytes("abcd");
        return Promise.all(given.scalars.map(async (scalar) => {
          const key = await fromScalar(bytes(scalar));
          const holds = await verify(await fromPoint(key.point), message, await sign(key, message));
          return [hex(key.scalar), hex(key.point), holds];
        }));
        """,
        scalars=[number.to_bytes(32).hex() for number in good],
    )
    assert points == [
        [number.to_bytes(32).hex(), p256.point(p256.from_scalar(number.to_bytes(32))).hex(), True] for number in good
    ]
    kinds = protocol.run(
        """
        const { fromScalar } = await load("p256");
        return Promise.all(given.scalars.map(async (one) => (await refusal(() => fromScalar(bytes(one))))?.kind));
        """,
        scalars=[*(number.to_bytes(32).hex() for number in (0, order, 2**256 - 1)), "01", "00" * 33],
    )
    assert kinds == ["KeyError"] * 5


STATES = json.loads((Path(__file__).parents[1] / "vectors" / "states.json").read_text())


@pytest.mark.parametrize("step", STATES["files"])
def test_a_recovery_file_is_the_same_on_both_sides(protocol: Any, step: str) -> None:
    text = STATES["files"][step]
    written, read, names = protocol.run(
        """
        const { stateFromJson, stateToJson } = await load("state");
        const state = stateFromJson(given.text);
        return [stateToJson(state), state.step, Object.keys(state)];
        """,
        text=text,
    )
    assert written == text
    assert read == step
    assert names == ["step", *vars(from_json(text))]


@pytest.mark.parametrize("refused", STATES["refused"], ids=lambda refused: str(refused["file"])[-30:])
def test_what_is_not_a_recovery_file(protocol: Any, refused: dict[str, str]) -> None:
    answer = protocol.run(
        """
        const { stateFromJson } = await load("state");
        return refusal(() => stateFromJson(given.text));
        """,
        text=refused["file"],
    )
    assert (answer["kind"], answer["reason"]) == ("BadState", refused["reason"])
