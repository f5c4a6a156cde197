"""Published vectors in the browser: RFC 9474, RFC 9180, RFC 8785, C2SP signed notes; ours: test_vectors.py."""

from contextlib import nullcontext
from typing import Any

import pytest

from ballotcast.crypto.signed_note import NoteError, Verifier
from vectors_read import vectors


def test_rfc_9474_appendix_a_1(protocol: Any) -> None:
    vector = vectors("published/rfc9474")
    made = protocol.run(
        """
        const { prepare, blind, finalize, IssuerPublicKey } = await load("blind_rsa");
        const [message, rand, salt] = [given.msg, given.msg_prefix, given.salt].map(bytes);
        const key = new IssuerPublicKey(BigInt(`0x${given.n}`));
        const prepared = prepare(message, rand);
        const { blinded, inverse } = await blind(key, prepared, { salt, inverse: BigInt(`0x${given.inv}`) });
        const signature = await finalize(key, prepared, bytes(given.blind_sig), inverse);
        return { input_msg: hex(prepared), blinded_msg: hex(blinded), sig: hex(signature) };
        """,
        **vector,
    )
    assert made == {name: vector[name] for name in made}


SUITE = """
    const vendor = await import("/vendor/hpke.js");
    const { fromScalar } = await load("p256");
    // The appendix has P-256 with AES-128-GCM only; the package's two ciphers differ in these numbers.
    const aead = Object.assign(new vendor.Aes256Gcm(), { id: 1, keySize: 16 });
    const suite = new vendor.CipherSuite({ kem: new vendor.DhkemP256HkdfSha256(), kdf: new vendor.HkdfSha256(), aead });
    const pair = async (scalar) => ({
      privateKey: await suite.kem.deserializePrivateKey(bytes(scalar).buffer),
      publicKey: await suite.kem.deserializePublicKey((await fromScalar(bytes(scalar))).point.buffer),
    });
    const info = bytes(given.info);
"""


def test_rfc_9180_appendix_a_3_1(protocol: Any) -> None:
    plaintext = "4265617574792069732074727574682c20747275746820626561757479"
    ciphertexts = [
        "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
        "fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06646e0329cbdf3c3cd655b28e82",
    ]
    enc = (
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
        "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
    )
    made = protocol.run(
        SUITE
        + """
        const [ephemeral, recipient] = await Promise.all([given.ephemeral, given.recipient].map(pair));
        const recipientPublicKey = recipient.publicKey;
        const enc = bytes(given.enc).buffer;
        const sender = await suite.createSenderContext({ recipientPublicKey, info, ekm: ephemeral });
        const opener = await suite.createRecipientContext({ recipientKey: recipient, enc, info });
        const sealed = [];
        const opened = [];
        for (const count of [0, 1]) {
          const aad = new TextEncoder().encode(`Count-${count}`);
          sealed.push(hex(new Uint8Array(await sender.seal(bytes(given.plaintext), aad))));
          opened.push(hex(new Uint8Array(await opener.open(bytes(given.ciphertexts[count]), aad))));
        }
        return { enc: hex(new Uint8Array(sender.enc)), sealed, opened };
        """,
        info="4f6465206f6e2061204772656369616e2055726e",
        ephemeral="4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
        recipient="f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
        enc=enc,
        plaintext=plaintext,
        ciphertexts=ciphertexts,
    )
    assert made == {"enc": enc, "sealed": ciphertexts, "opened": [plaintext, plaintext]}


def test_rfc_8785_samples(protocol: Any) -> None:
    written = protocol.run(
        r"""
        const [{ jcsEncode }, { utf8Decode }] = await Promise.all(["jcs", "encoding"].map(load));
        // Sections 3.2.2 and 3.2.3.
        const text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/";
        const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
        const sorted = Object.fromEntries(names.map((name) => [name, true]));
        const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join("");
        return [text, sorted, controls, "\x7f\u2028/", -0].map((value) => utf8Decode(jcsEncode(value)));
        """
    )
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    order = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert written == [
        '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
        "{" + ",".join(f'"{name}":true' for name in order) + "}",
        '"' + "".join(short.get(code, f"\\u{code:04x}") for code in range(32)) + '"',
        '"\x7f\u2028/"',
        "0",
    ]


# The published example of golang.org/x/mod/sumdb/note.
PETER_KEY = "1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6"
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# An example of the specification, whose key it does not publish.
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3Z"
    "ekRwNtIc=\n"
)
GOOD = f"{PETER_TEXT}\n{PETER_LINE}"
NOTES = [
    (GOOD, None),
    (GOOD + QUASIMODO.split("\n\n")[-1], "more-than-one-signature"),
    (GOOD.replace(PETER_LINE, QUASIMODO.split("\n\n")[-1] + PETER_LINE), "more-than-one-signature"),
    (QUASIMODO, "not-signed"),
    (QUASIMODO + PETER_LINE, "more-than-one-signature"),
    (GOOD.replace("PeterNeumann", "PaulNeumann"), "not-signed"),
    (GOOD.replace("x08go", "x08gp"), "not-signed"),
    (GOOD.replace("answer", "Answer"), "does-not-verify"),
    (GOOD + PETER_LINE, "more-than-one-signature"),
    (GOOD[:-1], "not-a-note"),
    (GOOD + "\n", "not-a-signature-line"),
    (GOOD.replace("JnAM=\n", "JnAMA\n"), "not-a-signature-line"),
    (GOOD.replace("JnAM=\n", "JnA=\n"), "not-a-signature-line"),
    (PETER_TEXT + PETER_LINE, "not-a-note"),
    (GOOD.replace("\n", "\r\n"), "not-a-note"),
    (GOOD.replace("— ", "- "), "not-a-signature-line"),
    (GOOD.replace("— ", "—  "), "not-a-signature-line"),
    (GOOD.replace("AM=\n", "AN=\n"), "not-a-signature-line"),
    (GOOD.replace("AM=\n", "AM\n"), "not-a-signature-line"),
    (GOOD + "— ab AAAAAAA=\n", "more-than-one-signature"),
    (GOOD + "junk\n", "more-than-one-signature"),
    (GOOD.replace(PETER_LINE, "junk\n"), "not-a-signature-line"),
    ("", "not-a-note"),
    ("\n", "not-a-note"),
]


def test_signed_notes(protocol: Any) -> None:
    answers = protocol.run(
        """
        const { keyId, verifyNote } = await load("signed_note");
        const key = bytes(given.key);
        const read = async (note) => {
          let text;
          const refused = await refusal(async () => (text = await verifyNote(note, "PeterNeumann", key)));
          return refused?.reason ?? text;
        };
        return [hex(await keyId("PeterNeumann", key)), ...(await Promise.all(given.notes.map(read)))];
        """,
        key=PETER_KEY,
        notes=[note for note, _ in NOTES],
    )
    assert answers == ["c74f20a3", *(reason or PETER_TEXT for _, reason in NOTES)]
    python = Verifier("PeterNeumann", bytes.fromhex(PETER_KEY))
    for note, reason in NOTES:
        with nullcontext() if reason is None else pytest.raises(NoteError):
            python.verify(note)
