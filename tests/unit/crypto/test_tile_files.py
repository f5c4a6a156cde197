import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle, encode_bundle
from ballotcast.crypto.tiles import TileError


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(0, 0), "tile/0/000"),
        (TilePath(0, 999, 1), "tile/0/999.p/1"),
        (TilePath(1, 1000), "tile/1/x001/000"),
        (TilePath(63, 1234067, 255), "tile/63/x001/x234/067.p/255"),
        (TilePath(ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_paths_are_spelled_as_c2sp_tlog_tiles_says(tile: TilePath, path: str) -> None:
    assert str(tile) == path
    assert TilePath.parse(path) == tile


@given(st.integers(0, 63) | st.just(ENTRIES), st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_every_path_survives(level: int | str, n: int, width: int) -> None:
    tile = TilePath(level, n, width)  # type: ignore[arg-type]
    assert TilePath.parse(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    """
    |tile/0|tile/0/|tile/0/0|tile/0/1000|tile/00/000|tile/64/000|tile/-1/000|tile/a/000|tile/0/x001|tile/0/001/000
    |tile/0/x000/001|tile/0/x001/x002|tile/0/000.p/0|tile/0/000.p/256|tile/0/000.p/01|tile/0/000.p|tile/0/000.p/
    |tile/0/000.p/1/|/tile/0/000|tile/0/000\n|tile/0/٠٠٠|tile/0/000.p/٣|tile/Entries/000|tile/0/../000|0/000
    """.strip()
    .replace("\n    ", "")
    .split("|"),
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(TileError):
        TilePath.parse(path)


def test_entries_stand_behind_their_lengths() -> None:
    assert encode_bundle([b"ab", b"", b"c"]) == b"\x00\x02ab\x00\x00\x00\x01c"


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=40))
def test_every_bundle_survives(entries: list[bytes]) -> None:
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle, len(entries)) == entries
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(TileError):
            decode_bundle(bundle, width)
    for bad in (bundle[:-1], bundle + b"\x00", bundle + b"\x00\x05abc"):
        for width in (len(entries), len(entries) + 1):
            with pytest.raises(TileError):
                decode_bundle(bad, width)


def test_the_longest_entry_and_the_fullest_bundle() -> None:
    assert decode_bundle(encode_bundle([bytes(65_535)]), 1) == [bytes(65_535)]
    assert decode_bundle(encode_bundle([b"x"] * 256), 256) == [b"x"] * 256
    for entries in ([bytes(65_536)], [b"x"] * 257, []):
        with pytest.raises(TileError):
            encode_bundle(entries)
