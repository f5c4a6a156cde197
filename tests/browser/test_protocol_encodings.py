"""Strict decoding in the browser: what Python refuses is refused there for the same reason, the rest is taken."""

import json
from copy import deepcopy
from typing import Any

import pytest

from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.fields import parse_time
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.mended_link import mend_link
from ballotcast.crypto import canonical
from ballotcast.crypto.encoding import b64u_decode
from checkout import ROOT
from mangled_links import CASES, mangled

BAD = json.loads((ROOT / "tests" / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]
MANIFEST = SAMPLE["manifest"].encode()
BALLOT = b64u_decode(SAMPLE["ballot"])


def test_the_sample_is_taken(protocol: Any) -> None:
    read = protocol.run(
        """
        const [{ parseManifest }, { Ballot }, { openingKey }, { decodePlaintext }, { leafHash }, { ballotLeaf }] =
          await Promise.all(["manifest", "ballot", "hpke", "plaintext", "merkle", "leaf"].map(load));
        const { parseLink } = await load("link");
        const { verifyReceipt, readReceipt } = await load("receipt");
        const { b64uDecode } = await load("encoding");
        const manifest = await parseManifest(bytes(given.manifest));
        const ballot = Ballot.parse(b64uDecode(given.sample.ballot), manifest);
        await ballot.verifyCredential(manifest);
        await ballot.verifySignature();
        const marks = await ballot.open(await openingKey(bytes(given.sample.election_key)));
        const leaf = await leafHash(ballotLeaf(ballot.bytes));
        await verifyReceipt(given.sample.receipt, manifest, leaf);
        const named = readReceipt(given.sample.receipt);
        const link = parseLink(`https://vote.example/vote#${given.sample.link}`);
        return {
          manifest_hash: hex(manifest.hash),
          lengths: [manifest.plaintextLength, manifest.ballotLength],
          opens_at: manifest.opens_at.toISOString(),
          choices: decodePlaintext(manifest, marks),
          leaf: hex(leaf),
          named: [named.election, hex(named.manifestHash), hex(named.leafHash)],
          link: [link.text, hex(link.manifestHash)],
        };
        """,
        manifest=MANIFEST.hex(),
        sample=SAMPLE,
    )
    assert read == {
        "manifest_hash": SAMPLE["manifest_hash"],
        "lengths": [7, 538],
        "opens_at": "2026-11-20T09:00:00.000Z",
        "choices": SAMPLE["choices"],
        "leaf": SAMPLE["leaf_hash"],
        "named": ["e1", SAMPLE["manifest_hash"], SAMPLE["leaf_hash"]],
        "link": [SAMPLE["link"], SAMPLE["manifest_hash"]],
    }


def refused(protocol: Any, module: str, decoder: str, inputs: list[bytes], kind: str) -> list[dict[str, str] | None]:
    """What the decoder says of each; all at once."""
    answers = protocol.run(
        """
        const { [given.decoder]: decode } = await load(given.module);
        return Promise.all(given.inputs.map((one) => refusal(() => decode(bytes(one)))));
        """,
        module=module,
        decoder=decoder,
        inputs=[one.hex() for one in inputs],
    )
    assert [answer and answer["kind"] for answer in answers] == [kind] * len(inputs)
    return list(answers)


def refused_texts(protocol: Any, module: str, decoder: str, texts: list[str]) -> list[str | None]:
    answers = protocol.run(
        """
        const { [given.decoder]: decode } = await load(given.module);
        return Promise.all(given.texts.map((one) => refusal(() => decode(one))));
        """,
        module=module,
        decoder=decoder,
        texts=texts,
    )
    return [answer and answer["kind"] for answer in answers]


def test_bad_base64url(protocol: Any) -> None:
    texts = [bad["text"] for bad in BAD["b64u"]]
    assert refused_texts(protocol, "encoding", "b64uDecode", texts) == ["EncodingError"] * len(texts)


def test_bad_links(protocol: Any) -> None:
    texts = [bad["text"] for bad in BAD["links"]]
    assert refused_texts(protocol, "link", "parseLink", texts) == ["LinkError"] * len(texts)


def test_what_mail_programs_make_of_a_link_is_mended_as_python_mends_it(protocol: Any) -> None:
    page, link = "https://vote.example/v1/vote", SAMPLE["link"]
    texts = [mangled(case["text"], page, link) for case in CASES]
    mended = protocol.run(
        """
        const { mendLink } = await load("mended_link");
        return given.texts.map((one) => mendLink(one));
        """,
        texts=texts,
    )
    assert mended == [link] * len(texts)
    assert [mend_link(text).rpartition("#")[2] for text in texts] == mended
    damaged = [link[:-1], f"{link[:20]}...{link[20:]}", "", f"#{link} #{link[:-22]}{'A' * 22}"]
    assert refused_texts(protocol, "mended_link", "mendLink", damaged) == ["LinkError"] * len(damaged)


def test_bad_canonical_json(protocol: Any) -> None:
    inputs = [bytes.fromhex(bad["hex"]) if "hex" in bad else bad["text"].encode() for bad in BAD["canonical_json"]]
    refused(protocol, "jcs", "jcsDecode", inputs, "CanonicalError")


def test_bad_leaves(protocol: Any) -> None:
    refused(protocol, "leaf", "parseLeaf", [bytes.fromhex(bad["hex"]) for bad in BAD["leaves"]], "LeafError")


def bad_manifest(bad: dict[str, Any]) -> bytes:
    fields = json.loads(MANIFEST)
    *parents, last = bad["path"]
    target = fields
    for key in parents:
        target = target[key]
    if bad.get("absent"):
        del target[last]
    else:
        target[last] = bad["value"]
    if "also" in bad:
        target.update(bad["also"])
    return canonical.dumps(fields)


def test_bad_manifests(protocol: Any) -> None:
    answers = refused(
        protocol, "manifest", "parseManifest", [bad_manifest(bad) for bad in BAD["manifests"]], "ManifestError"
    )
    for bad, answer in zip(BAD["manifests"], answers, strict=True):
        # `true` for 1 is found by the browser where it stands, by Python only once it is written again.
        exact = ".".join(map(str, bad["path"]))
        assert answer
        assert answer["field"] == (bad["field"] or exact), bad["why"]


def test_bytes_that_are_no_manifest(protocol: Any) -> None:
    long = json.loads(MANIFEST)
    long["contests"] = [deepcopy(long["contests"][0]) | {"id": f"c{number}"} for number in range(1, 900)]
    spaced = MANIFEST.replace(b":", b": ", 1)
    inputs = [b"", b"[]", b"1", MANIFEST[:-1], MANIFEST + b"\n", spaced, canonical.dumps(long)]
    refused(protocol, "manifest", "parseManifest", inputs, "ManifestError")


def test_bad_ballots(protocol: Any) -> None:
    def damaged(bad: dict[str, Any]) -> str:
        data = bytearray(BALLOT[: len(BALLOT) - bad.get("cut", 0)] + bytes.fromhex(bad.get("append", "")))
        patch = bytes.fromhex(bad.get("hex", ""))
        if patch:
            data[bad["at"] : bad["at"] + len(patch)] = patch
        return data.hex()

    progress, reasons = protocol.run(
        """
        const [{ parseManifest }, { verifyBallots }] = await Promise.all(["manifest", "ballot_box"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        const progress = [];
        const reasons = await verifyBallots(manifest, given.ballots.map(bytes), (done) => progress.push(done));
        return [progress, reasons];
        """,
        manifest=MANIFEST.hex(),
        ballots=[BALLOT.hex(), *map(damaged, BAD["ballots"])] * 3,
    )
    assert reasons == [None, *(bad["reason"] for bad in BAD["ballots"])] * 3
    assert progress == [64, len(reasons)]


def test_times(protocol: Any) -> None:
    good = ["2026-11-20T09:00:00Z", "1000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-29T00:00:00Z"]
    bad = [
        "0999-01-01T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-20T09:00Z",
        "2026-11-20",
        "",
    ]
    for text in good:
        parse_time(text)
    for text in bad:
        with pytest.raises(ValueError):
            parse_time(text)
    kinds = refused_texts(protocol, "encoding", "timeDecode", good + bad)
    assert kinds == [None] * len(good) + ["EncodingError"] * len(bad)


def test_a_bit_changed_in_any_byte_of_a_ballot_is_found_by_the_same_check(protocol: Any) -> None:
    damaged = [BALLOT[:at] + bytes([BALLOT[at] ^ 1 << at % 8]) + BALLOT[at + 1 :] for at in range(len(BALLOT))]
    reasons = protocol.run(
        """
        const [{ parseManifest }, { verifyBallots }] = await Promise.all(["manifest", "ballot_box"].map(load));
        return verifyBallots(await parseManifest(bytes(given.manifest)), given.ballots.map(bytes));
        """,
        manifest=MANIFEST.hex(),
        ballots=[data.hex() for data in damaged],
    )
    assert reasons == [refused_ballot(data) for data in damaged]
    assert None not in reasons


def refused_ballot(data: bytes) -> str | None:
    """By Python."""
    manifest = Manifest.parse(MANIFEST)
    try:
        ballot = Ballot.parse(data, manifest)
        ballot.verify_credential(manifest)
        ballot.verify_signature()
    except BallotError as error:
        return str(error.reason)
    return None
