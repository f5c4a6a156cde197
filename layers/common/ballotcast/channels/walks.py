"""Walking values in Avro's binary encoding, strictly: nothing of them is kept but the position behind them.

A walk takes the bytes, a position, and what may still be spent; it returns the position behind the value.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct

MOST_VALUES = 1_000_000
"""In one batch."""
MOST_TEXT = 64_000_000
"""Characters of names and symbols that one batch stands for: JSON and CSV spell out what a byte or none tells."""
MOST_DEPTH = 64
"""How deep a type that contains itself may be nested."""
FLOAT, DOUBLE = Struct("<f"), Struct("<d")
_UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Unfit(ValueError):
    """Bytes that are no value of their type. `field`: the outermost field that they are in, once that is known."""

    field = ""


class TooMuch(ValueError):
    """A batch of more records, values or characters than are taken at once."""


@dataclass
class Spent:
    """What one batch may still cost."""

    values: int = MOST_VALUES
    depth: int = 0
    text: int = MOST_TEXT

    def take(self, values: int) -> None:
        self.values -= values
        if self.values < 0:
            raise TooMuch(f"over {MOST_VALUES} values")

    def spell(self, characters: int) -> None:
        self.text -= characters
        if self.text < 0:
            raise TooMuch(f"over {MOST_TEXT} characters of names and symbols")


Walk = Callable[[bytes, int, Spent], int]


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """Return a number, and the position behind it."""
    byte = data[at]
    at += 1
    number, shift = byte & 0x7F, 7
    while byte > 0x7F:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if number >> 64 or shift > 70:
            raise Unfit("a number is too long")
    return (number >> 1) ^ -(number & 1), at


def null(data: bytes, at: int, spent: Spent) -> int:
    return at


def boolean(data: bytes, at: int, spent: Spent) -> int:
    if data[at] > 1:
        raise Unfit("is neither false nor true")
    return at + 1


def whole(least: int, most: int, words: str) -> Walk:
    def walk(data: bytes, at: int, spent: Spent) -> int:
        number, at = read_long(data, at)
        if not least <= number <= most:
            raise Unfit(f"must be {words}: {least} to {most}")
        return at

    return walk


def floating(layout: Struct, least: float, below: float, words: str) -> Walk:
    """`words`: what it must be, and is if it is from `least` on and `below` the other."""
    size, unpack = layout.size, layout.unpack_from

    def walk(data: bytes, at: int, spent: Spent) -> int:
        if at + size > len(data):
            raise IndexError
        [number] = unpack(data, at)
        if not (least <= number < below and math.isfinite(number)):
            raise Unfit(f"must be {words}")
        return at + size

    return walk


def fixed(size: int) -> Walk:
    def walk(data: bytes, at: int, spent: Spent) -> int:
        if at + size > len(data):
            raise IndexError
        return at + size

    return walk


def sized(data: bytes, at: int, spent: Spent) -> int:
    """Bytes with their length before them."""
    size, at = read_long(data, at)
    if size < 0:
        raise Unfit("has a negative length")
    if at + size > len(data):
        raise IndexError
    return at + size


def string(data: bytes, at: int, spent: Spent) -> int:
    text, end = _content(data, at)
    try:
        text.decode()
    except UnicodeDecodeError:
        raise Unfit("is not UTF-8") from None
    return end


def uuid(data: bytes, at: int, spent: Spent) -> int:
    text, end = _content(data, at)
    if not _UUID.fullmatch(text):
        raise Unfit("must be a UUID as 8-4-4-4-12 hexadecimal digits")
    return end


def decimal(digits: int, size: int | None) -> Walk:
    """`size`: of a fixed; None for bytes with their length before them."""
    most = 10**digits
    longest = size or most.bit_length() // 8 + 1

    def walk(data: bytes, at: int, spent: Spent) -> int:
        if size is None:
            number, end = _content(data, at)
        else:
            number, end = data[at : at + size], at + size
            if end > len(data):
                raise IndexError
        if not 0 < len(number) <= longest or not -most < int.from_bytes(number, signed=True) < most:
            raise Unfit(f"must be a decimal of at most {digits} digits")
        return end

    return walk


def _content(data: bytes, at: int) -> tuple[bytes, int]:
    end = sized(data, at, _FREE)
    start = at
    while data[start] > 0x7F:
        start += 1
    return data[start + 1 : end], end


_FREE = Spent()


def enum(symbols: Sequence[str]) -> Walk:
    lengths = [len(symbol) for symbol in symbols]

    def walk(data: bytes, at: int, spent: Spent) -> int:
        index, at = read_long(data, at)
        if not 0 <= index < len(lengths):
            raise Unfit(f"must be one of {len(lengths)} symbols, 0 to {len(lengths) - 1}")
        spent.spell(lengths[index])
        return at

    return walk


def union(branches: Sequence[Walk]) -> Walk:
    def walk(data: bytes, at: int, spent: Spent) -> int:
        index, at = read_long(data, at)
        if not 0 <= index < len(branches):
            raise Unfit(f"must be one of {len(branches)} types, 0 to {len(branches) - 1}")
        return branches[index](data, at, spent)

    return walk


def array(item: Walk, values: int) -> Walk:
    """`values`: that an item can have."""

    def walk_items(count: int, data: bytes, at: int, spent: Spent) -> int:
        for _ in range(count):
            at = item(data, at, spent)
        return at

    return _blocks(walk_items, values)


def mapping(value: Walk, values: int) -> Walk:
    def walk(data: bytes, at: int, spent: Spent) -> int:
        keys: set[bytes] = set()

        def walk_pairs(count: int, data: bytes, at: int, spent: Spent) -> int:
            for _ in range(count):
                end = string(data, at, spent)
                key = _content(data, at)[0]
                if key in keys:
                    raise Unfit("has a key twice")
                keys.add(key)
                at = value(data, end, spent)
            return at

        return _blocks(walk_pairs, values + 1)(data, at, spent)

    return walk


def _blocks(walk_items: Callable[[int, bytes, int, Spent], int], values: int) -> Walk:
    """Blocks of a count and so many items, the last of none. A negative count is followed by the block's size."""

    def walk(data: bytes, at: int, spent: Spent) -> int:
        while True:
            count, at = read_long(data, at)
            if not count:
                return at
            end = None
            if count < 0:
                count = -count
                size, at = read_long(data, at)
                end = at + size
            if count > len(data) - at:  # an item takes a byte at least
                raise IndexError
            spent.take(count * values)
            at = walk_items(count, data, at, spent)
            if end not in (None, at):
                raise Unfit("has a block of another size than it says")

    return walk


def record(fields: Sequence[tuple[str, Walk]], characters: int) -> Walk:
    """`characters`: of the names of all its fields, those too that take no bytes."""

    def walk(data: bytes, at: int, spent: Spent) -> int:
        spent.spell(characters)
        name = ""
        try:
            for name, field in fields:  # noqa: B007 - the name is for errors
                at = field(data, at, spent)
        except Unfit as unfit:
            unfit.field = name
            raise
        except IndexError:
            early = Unfit("ends too early")
            early.field = name
            raise early from None
        return at

    return walk


def nested(walk: Walk, values: int) -> Walk:
    """Return a type that contains itself, with so many values at each level."""

    def deeper(data: bytes, at: int, spent: Spent) -> int:
        spent.depth += 1
        if spent.depth > MOST_DEPTH:
            raise Unfit(f"is nested over {MOST_DEPTH} deep")
        spent.take(values)
        end = walk(data, at, spent)
        spent.depth -= 1
        return end

    return deeper
