"""Tile paths, checkpoints and entry bundles: the browser reads what Python writes, and refuses what Python refuses."""

from contextlib import nullcontext
from typing import Any

import pytest

from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.encoding import b64_encode
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle, encode_bundle
from ballotcast.crypto.tiles import TileError


def test_tile_paths(protocol: Any) -> None:
    asked = [(0, 0, 256), (1, 999, 5), (63, 1000, 256), (0, 1_234_067, 255), (ENTRIES, 234_067, 1), (2, 10**15, 256)]
    paths = protocol.run(
        "const { tilePath } = await load('tiles'); return given.asked.map((one) => tilePath(...one))", asked=asked
    )
    assert paths == [str(TilePath(*one)) for one in asked]


ROOT = b64_encode(bytes(32))
CHECKPOINTS = {
    f"o\n0\n{ROOT}\n": True,
    f"o\n9007199254740991\n{ROOT}\n": True,
    "": False,
    f"\n0\n{ROOT}\n": False,
    f"o\n00\n{ROOT}\n": False,
    f"o\n01\n{ROOT}\n": False,
    f"o\n-1\n{ROOT}\n": False,
    f"o\n1e2\n{ROOT}\n": False,
    f"o\n１\n{ROOT}\n": False,
    f"o\n1 \n{ROOT}\n": False,
    f"o\n10000000000000000\n{ROOT}\n": False,
    f"o\n1\n{ROOT}": False,
    f"o\n1\n{ROOT}\n\n": False,
    f"o\n1\n{ROOT}\nextension\n": False,
    f"o\n1\n{ROOT[:-1]}\n": False,
    f"o\n1\n{b64_encode(bytes(31))}\n": False,
    "o\n1\n": False,
}


def test_checkpoints(protocol: Any) -> None:
    answers = protocol.run(
        """
        const { parseCheckpoint } = await load("checkpoint");
        return Promise.all(given.texts.map(async (text) => (await refusal(() => parseCheckpoint(text))) === null));
        """,
        texts=list(CHECKPOINTS),
    )
    assert dict(zip(CHECKPOINTS, answers, strict=True)) == CHECKPOINTS
    for text, fine in CHECKPOINTS.items():
        with nullcontext() if fine else pytest.raises(CheckpointError):
            Checkpoint.parse(text)


def test_entry_bundles(protocol: Any) -> None:
    entries = [b"", b"a", b"b" * 65_535, b"c" * 300]
    good = encode_bundle(entries)
    asked = [
        (good, 4),
        (good, 3),
        (good, 5),
        (good[:-1], 4),
        (good + b"\0", 4),
        (good + b"\0\0", 4),
        (b"", 0),
        (b"\0", 1),
    ]
    answers = protocol.run(
        """
        const { decodeBundle } = await load("tiles");
        const read = async ([data, width]) => {
          let entries;
          const refused = await refusal(() => (entries = decodeBundle(bytes(data), width)));
          return refused?.kind ?? entries.map(hex);
        };
        return Promise.all(given.asked.map(read));
        """,
        asked=[(data.hex(), width) for data, width in asked],
    )
    assert answers == [[entry.hex() for entry in entries], *["TileError"] * 5, [], "TileError"]
    for (data, width), answer in zip(asked, answers, strict=True):
        with pytest.raises(TileError) if answer == "TileError" else nullcontext():
            decode_bundle(data, width)
