import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.merkle import EMPTY_ROOT
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier, sign

# The example of C2SP tlog-checkpoint.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = EXAMPLE.split("\n")[2]


def signer(name: str) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_the_example_of_the_specification() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text == EXAMPLE


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_survives_signing(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("example.com/log", size, root)
    log = signer("example.com/log")
    assert Checkpoint.open(checkpoint.sign(log), log.verifier) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "extension\n",
        EXAMPLE.replace("example.com/behind-the-sofa", ""),
        EXAMPLE.replace("20852163", ""),
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", "+1"),
        EXAMPLE.replace("20852163", "1 "),
        EXAMPLE.replace("20852163", "1_0"),
        EXAMPLE.replace("20852163", "٣"),
        EXAMPLE.replace("20852163", "9" * 17),
        EXAMPLE.replace("20852163", str(2**53)),
        EXAMPLE.replace(ROOT, ""),
        EXAMPLE.replace(ROOT, ROOT[:-1]),
        EXAMPLE.replace(ROOT, ROOT[:-2] + "J="),
        EXAMPLE.replace(ROOT, ROOT[:-4]),
        EXAMPLE.replace(ROOT, ROOT.replace("/", "_")),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert text != EXAMPLE
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)


def test_only_the_log_itself_signs_and_is_believed() -> None:
    checkpoint = Checkpoint("example.com/log", 0, EMPTY_ROOT)
    log, other = signer("example.com/log"), signer("example.com/other")
    with pytest.raises(CheckpointError):
        checkpoint.sign(other)
    with pytest.raises(CheckpointError):
        Checkpoint.open(sign(checkpoint.text, other), other.verifier)
    with pytest.raises(NoteError):
        Checkpoint.open(checkpoint.sign(log), other.verifier)
    with pytest.raises(NoteError):
        Checkpoint.open(checkpoint.sign(log).replace("\n0\n", "\n1\n"), log.verifier)
    with pytest.raises(NoteError):
        Checkpoint.open(checkpoint.sign(log), Verifier(log.name, bytes(32)))
