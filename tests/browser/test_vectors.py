"""The browser's modules against tests/vectors, as unit/vectors for Python; whole exports: test_verification.py."""

import base64
import json
from typing import Any

from playwright.sync_api import Page

from ballotcast.crypto import canonical
from doctored_exports import whole
from vectors_read import vectors


def test_blind_signatures(protocol: Any) -> None:
    given = vectors("blind_signatures")["keys"]
    made = protocol.run(
        """
        const { IssuerPublicKey, blind, finalize, emsaPssEncode } = await load("blind_rsa");
        const { prepareCredential } = await load("credential");
        return Promise.all(given.keys.map(async (one) => {
          const key = IssuerPublicKey.fromSpki(bytes(one.spki));
          const prepared = prepareCredential(bytes(one.manifest_hash), bytes(one.vk), bytes(one.rand));
          const salt = bytes(one.salt);
          const { blinded, inverse } = await blind(key, prepared, { salt, inverse: BigInt(`0x${one.inverse}`) });
          const signature = await finalize(key, prepared, bytes(one.blind_signature), inverse);
          const encoded = await emsaPssEncode(prepared, one.spki.length < 600 ? 2047 : 3071, salt);
          const cheated = (bad) => refusal(() => finalize(key, prepared, bytes(bad), inverse));
          const cheats = await Promise.all(one.refused.map(cheated));
          const held = await Promise.all(one.bad_signatures.map((bad) => key.verify(prepared, bytes(bad))));
          const accepted = cheats.filter((one) => one === null).length + held.filter(Boolean).length;
          const values = Object.entries({ prepared, encoded, blinded, inverse, signature });
          const inHex = Object.fromEntries(values.map(([name, value]) => [name, hex(value)]));
          return { n: key.n.toString(16), ...inHex, accepted };
        }));
        """,
        keys=given,
    )
    assert [one.pop("accepted") for one in made] == [0, 0]
    for one, vector in zip(made, given, strict=True):
        assert one == {name: vector[name] for name in one}


def test_sealed_choices(protocol: Any) -> None:
    given = vectors("sealed")
    opened = protocol.run(
        """
        const { open, openingKey } = await load("hpke");
        const [key, info] = [await openingKey(bytes(given.scalar)), bytes(given.info)];
        const opened = async ({ sealed }) => hex(await open(key, info, bytes(sealed)));
        const texts = await Promise.all(given.sealed.map(opened));
        const refusals = await Promise.all(given.refused.map((one) => refusal(() => open(key, info, bytes(one)))));
        return [hex(key.point), texts, refusals.map((one) => one?.kind)];
        """,
        **given,
    )
    texts = [one["plaintext"] for one in given["sealed"]]
    assert opened == [given["point"], texts, ["HpkeError"] * len(given["refused"])]


def test_signatures(protocol: Any) -> None:
    found = protocol.run(
        """
        const [p256, ed25519] = await Promise.all(["p256", "ed25519"].map(load));
        const { ecdsa, ed } = given;
        const key = await p256.fromPoint(bytes(ecdsa.point));
        const held = (one) => p256.verify(key, bytes(ecdsa.message), bytes(one));
        const heldEd = (one) => ed25519.verify(bytes(ed.key), bytes(ed.message), bytes(one));
        return {
          point: hex((await p256.fromScalar(bytes(ecdsa.scalar))).point),
          good: [await held(ecdsa.signature), await heldEd(ed.signature), ed25519.isKey(bytes(ed.key))],
          bad: await Promise.all([...ecdsa.refused.map(held), ...ed.refused.map(heldEd)]),
          keys: ed.bad_keys.map((one) => ed25519.isKey(bytes(one))),
          points: await Promise.all(ecdsa.bad_points.map((one) => p256.isPoint(bytes(one)))),
          scalars: await Promise.all(ecdsa.bad_scalars.map((one) => refusal(() => p256.fromScalar(bytes(one))))),
        };
        """,
        ecdsa=vectors("ecdsa"),
        ed=vectors("ed25519"),
    )
    assert found.pop("point") == vectors("ecdsa")["point"]
    assert found.pop("good") == [True] * 3
    assert all(found.pop("scalars"))
    assert not any(any(values) for values in found.values())


def test_trees(protocol: Any) -> None:
    given = vectors("trees")
    found = protocol.run(
        """
        const { leafHash, root, verifyInclusion, verifyConsistency } = await load("merkle");
        const { tilePath, decodeBundle } = await load("tiles");
        const hashes = await Promise.all(given.leaves.map((leaf) => leafHash(bytes(leaf))));
        const sizes = [...given.roots.keys()];
        return {
          leaf_hashes: hashes.map(hex),
          roots: await Promise.all(sizes.map(async (size) => hex(await root(hashes.slice(0, size))))),
          inclusion: await Promise.all(given.inclusion.map((one) =>
            verifyInclusion(bytes(one.leaf_hash), one.index, one.size, one.proof.map(bytes), bytes(one.root)))),
          consistency: await Promise.all(given.consistency.map((one) =>
            verifyConsistency(one.old_size, one.size, bytes(one.old_root), bytes(one.root), one.proof.map(bytes)))),
          tiles: given.tiles.map(({ level, n, width }) => tilePath(level, n, width)),
          bundles: given.bundles.map(({ bundle, entries }) => decodeBundle(bytes(bundle), entries.length).map(hex)),
        };
        """,
        **given,
    )
    assert found["leaf_hashes"] == given["leaf_hashes"]
    assert found["roots"] == given["roots"]
    for kind in ("inclusion", "consistency"):
        assert found[kind] == [one["holds"] for one in given[kind]]
    assert found["tiles"] == [one["path"] for one in given["tiles"]]
    assert found["bundles"] == [one["entries"] for one in given["bundles"]]


def test_notes(protocol: Any) -> None:
    given = vectors("notes")
    found = protocol.run(
        """
        const { parseManifest } = await load("manifest");
        const { keyId, verifyNote } = await load("signed_note");
        const [{ openCheckpoint }, { openDoor }, { verifyReceipt }, { verifyIssuance }] =
          await Promise.all(["checkpoint", "door", "receipt", "issuance"].map(load));
        const manifest = await parseManifest(new TextEncoder().encode(given.manifest));
        const { checkpoint, door, receipt, issuance } = given.notes;
        const notes = Object.values(given.notes);
        await verifyReceipt(receipt.note, manifest, bytes(given.leaf_hash));
        const issued = await verifyIssuance(issuance.note, manifest);
        return {
          ids: await Promise.all(notes.map(async ({ name, key }) => hex(await keyId(name, bytes(key))))),
          texts: await Promise.all(notes.map(({ note, name, key }) => verifyNote(note, name, bytes(key)))),
          size: (await openCheckpoint(checkpoint.note, manifest.origin, manifest.log_pk)).size,
          ballots: (await openDoor(door.note, manifest)).ballots,
          issued: [hex(issued.tag), hex(issued.blindedSha256)],
        };
        """,
        **given,
    )
    assert found["ids"] == [one["key_id"] for one in given["notes"].values()]
    assert all(
        note["note"].startswith(text) for note, text in zip(given["notes"].values(), found["texts"], strict=True)
    )
    assert [found["size"], found["ballots"]] == [8, 6]
    assert found["issued"] == [given["tag"], given["blinded_sha256"]]


def test_leaves_and_the_roll(protocol: Any) -> None:
    leaves, roll = vectors("leaves")["leaves"], vectors("roll")
    found = protocol.run(
        """
        const [{ parseLeaf }, { leafHash }] = await Promise.all(["leaf", "merkle"].map(load));
        const { commitment } = await load("amendment");
        const { emailKey, parseLedger, rollRoot, rollTag } = await load("ledger");
        const { roll, leaves } = given;
        const lines = [...parseLedger(new TextEncoder().encode(roll.ledger)).values()];
        const within = (revision) => lines.filter(({ added }) => added <= revision).map(({ tag }) => bytes(tag));
        return {
          kinds: leaves.map(({ leaf }) => parseLeaf(bytes(leaf)).kind),
          hashes: await Promise.all(leaves.map(async ({ leaf }) => hex(await leafHash(bytes(leaf))))),
          keys: roll.tags.map(({ address }) => emailKey(address)),
          tags: await Promise.all(roll.tags.map(async ({ salt, address }) => hex(await rollTag(bytes(salt), address)))),
          rolls: await Promise.all([...roll.rolls.keys()].map(async (revision) =>
            ({ size: within(revision).length, root: hex(await rollRoot(within(revision))) }))),
          commitments: await Promise.all(roll.commitments.map(async ({ revision, tag, successor }) =>
            hex(await commitment(bytes(roll.manifest_hash), revision, bytes(tag), bytes(successor))))),
        };
        """,
        leaves=leaves,
        roll=roll,
    )
    assert found["kinds"] == ["manifest", *["amendment"] * 4, "ballot", "closing", *["amendment"] * 4]
    assert found["hashes"] == [one["hash"] for one in leaves]
    assert found["keys"] == [one["key"] for one in roll["tags"]]
    assert found["tags"] == [one["tag"] for one in roll["tags"]]
    assert found["rolls"] == roll["rolls"]
    assert found["commitments"] == [one["commitment"] for one in roll["commitments"]]


def test_plaintexts(protocol: Any) -> None:
    given = vectors("plaintexts")["contests"]
    found = protocol.run(
        """
        const { decodePlaintext, encodePlaintext } = await load("plaintext");
        return Promise.all(given.contests.map(({ contest, plaintexts }) => {
          const manifest = { contests: [contest], plaintextLength: contest.options.length };
          return Promise.all(plaintexts.map(async ({ plaintext }) => {
            let choices;
            const refused = await refusal(async () => (choices = decodePlaintext(manifest, bytes(plaintext))));
            if (refused) return { plaintext, spoilt: refused.reason };
            return { plaintext: hex(encodePlaintext(manifest, choices)), choice: choices[0] };
          }));
        }));
        """,
        contests=given,
    )
    assert found == [one["plaintexts"] for one in given]


def test_lots_and_counts(modules: Page) -> None:
    given, drawn = [*vectors("counts")["elections"], *vectors("outcomes")["elections"]], vectors("lots")
    accounts = modules.evaluate(
        """async (given) => {
          const { count } = await import("/js/counting/count.js");
          const { lotsSeed } = await import("/js/protocol/lots.js");
          const { hexDecode, hexEncode } = await import("/js/protocol/encoding.js");
          const { elections, drawn } = JSON.parse(given);
          const made = [];
          for (const { contest, ballots, withdrawn, election_key: key, log_root: root, ...roll } of elections) {
            const seed = await lotsSeed(hexDecode(key), hexDecode(root));
            const pairs = ballots.map(({ choice, number }) => [choice, number]);
            const cast = ballots.reduce((sum, { number }) => sum + number, roll.spoilt ?? 0);
            const turnout = { cast, voters: roll.voters ?? 0 };
            const account = await count(contest, pairs, seed, new Set(withdrawn), turnout);
            made.push({ seed: hexEncode(seed), account });
          }
          return { made, seed: hexEncode(await lotsSeed(hexDecode(drawn.election_key), hexDecode(drawn.log_root))) };
        }""",
        json.dumps({"elections": given, "drawn": drawn}),
    )
    assert accounts["seed"] == drawn["seed"]
    for made, vector in zip(accounts["made"], given, strict=True):
        assert made == {"seed": vector["seed"], "account": vector["account"]}


def test_kept_statements(modules: Page) -> None:
    given = vectors("kept")["cases"]
    refused = modules.evaluate(
        """async ({ zip, cases }) => {
          const { verifyExport } = await import("/js/verify/verification.js");
          const { sortKept } = await import("/js/verify/kept.js");
          const blob = new Blob([Uint8Array.from(atob(zip), (character) => character.charCodeAt(0))]);
          const found = [];
          for (const { notes } of cases) {
            const kept = sortKept(notes.map((note, at) => ({ name: `note ${at}`, note })));
            const { checks } = await verifyExport(blob, { kept });
            found.push(checks.filter(({ outcome }) => outcome === "failed").map(({ name }) => name));
          }
          return found;
        }""",
        {"zip": base64.b64encode(whole("plain").read_bytes()).decode(), "cases": given},
    )
    assert refused == [case["refused_by"] for case in given]


def test_proofs_of_absence(protocol: Any) -> None:
    given = vectors("absence")
    files = [canonical.dumps(given["whole"] | case["members"]).decode() for case in given["cases"]]
    refusals = protocol.run(
        """
        const { parseAbsence, verifyAbsence } = await load("absence");
        return Promise.all(given.files.map((file) => refusal(async () => verifyAbsence(parseAbsence(file)))));
        """,
        files=files,
    )
    assert [one is None for one in refusals] == [case["holds"] for case in given["cases"]]
