"""C2SP signed-note: the Go implementation's example byte for byte, the specification's notes, and damaged ones."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.signed_note import NoteError, Signer, Verifier, sign

# The published example of golang.org/x/mod/sumdb/note.
PETER_KEY = b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PETER_SECRET = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PETER = Verifier("PeterNeumann", PETER_KEY[1:])
PETER_NOTE = f"{PETER_TEXT}\n{PETER_LINE}"

# The examples of the specification, whose keys it does not publish.
SPECIFICATION = [
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3Z"
    "ekRwNtIc=\n",
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n",
]


def signer(name: str = "example.com/log") -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_the_published_note_is_verified_and_made_again() -> None:
    assert PETER.key_id.hex() == "c74f20a3"
    assert PETER.verify(PETER_NOTE) == PETER_TEXT
    peter = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETER_SECRET[1:]))
    assert peter.verifier == PETER
    assert sign(PETER_TEXT, peter) == PETER_NOTE


@pytest.mark.parametrize("note", SPECIFICATION)
def test_the_specification_s_notes_are_well_formed(note: str) -> None:
    with pytest.raises(NoteError, match="no signature of the expected key"):
        PETER.verify(note)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_every_text_survives_with_blank_lines_in_it(line: str) -> None:
    text = f"{line}\n\n{line}\n"
    assert signer().verifier.verify(sign(text, signer())) == text


def test_any_line_more_spoils_the_note() -> None:
    """Anyone who may add one decides what the note's hash is."""
    note = sign("text\n", signer())
    own, other = note.split("\n\n")[1], sign("text\n", Signer("witness.example", signer().key)).split("\n\n")[1]
    for lines in (own + own, own + other, other + own, own + PETER_LINE, own + "— x AAAAAAA=\n", own + "junk\n"):
        with pytest.raises(NoteError, match="2 signature lines where exactly one is allowed"):
            signer().verifier.verify(f"text\n\n{lines}")


def test_a_key_is_told_by_name_and_id_together() -> None:
    note = sign("text\n", signer())
    with pytest.raises(NoteError, match="no signature"):
        Verifier("example.com/other", signer().verifier.public_key).verify(note)
    with pytest.raises(NoteError, match="no signature"):
        Verifier("example.com/log", PETER.public_key).verify(note)


def test_the_signature_of_another_text_does_not_verify() -> None:
    other = sign("other\n", signer()).split("\n\n")[1]
    with pytest.raises(NoteError, match="does not verify"):
        signer().verifier.verify(f"text\n\n{other}")


def damaged() -> list[str]:
    blob = PETER_LINE.split(" ")[2].strip()
    short = b64encode(b64decode(blob)[:4]).decode()
    line = PETER_LINE
    return [
        "",
        PETER_TEXT,
        PETER_NOTE[:-1],
        PETER_NOTE + "\n",
        PETER_NOTE.replace("\n\n", "\n"),
        PETER_NOTE.replace("\n", "\r\n"),
        PETER_NOTE.replace("cryptography", "cryptographY"),
        PETER_NOTE.replace("problem is.", "problem\tis."),
        PETER_NOTE.replace("problem is.", "problem is.\ud800"),
        PETER_NOTE.replace("— ", "- "),
        PETER_NOTE.replace("— ", "—  "),
        PETER_NOTE.replace("— ", "—\u00a0"),
        PETER_NOTE.replace("— PeterNeumann", "— "),
        PETER_NOTE.replace("— PeterNeumann", "— Peter+Neumann"),
        PETER_NOTE.replace("— PeterNeumann", "— Peter\u3000Neumann"),
        PETER_NOTE.replace(blob, ""),
        PETER_NOTE.replace(blob, short),
        PETER_NOTE.replace(blob, blob.rstrip("=")),
        PETER_NOTE.replace(blob, blob[:-2] + "N="),
        PETER_NOTE.replace(blob, blob.replace("/", "_")),
        PETER_NOTE.replace(line, line + "\n" + "no signature\n"),
        PETER_NOTE + "no signature\n",
        PETER_NOTE + "— example.com/short AAAAAA==\n",
        PETER_NOTE + line.replace("\n", " \n"),
        PETER_NOTE + line,
        PETER_NOTE.replace(blob, b64encode(b64decode(blob) + b"\0").decode()),
        PETER_NOTE.replace(blob, b64encode(b64decode(blob)[:-1]).decode()),
    ]


@pytest.mark.parametrize("note", damaged())
def test_damaged_notes_are_refused(note: str) -> None:
    assert note != PETER_NOTE
    with pytest.raises(NoteError):
        PETER.verify(note)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\ud800\n"])
def test_only_texts_a_note_can_carry_are_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign(text, signer())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "a\n"])
def test_names_a_note_cannot_carry_are_refused(name: str) -> None:
    with pytest.raises(ValueError):
        signer(name)


def test_keys_load_from_pkcs8() -> None:
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key = signer()
    assert Signer.from_pkcs8(key.name, key.key.private_bytes(*form)).verifier == key.verifier
    with pytest.raises(ValueError):
        Signer.from_pkcs8(key.name, ec.generate_private_key(ec.SECP256R1()).private_bytes(*form))
