"""Messages between the runtime and its workers: a length, JSON, and the bytes that JSON cannot hold.

    4 bytes  length of the JSON      JSON: [content, [length of each attachment]]      the attachments

In the content `{"$bytes": n}` is attachment n, `{"$file": n}` the same as an open file, `{"$time": text}` a time.
"""

import io
import json
import socket
import struct
from datetime import datetime
from typing import Any

_LENGTH = struct.Struct(">I")
MARKS = frozenset({"$bytes", "$file", "$time"})


class Disconnected(Exception):
    """The other side is gone."""


def send(connection: socket.socket, content: Any) -> None:
    attachments: list[bytes] = []

    def attach(value: Any) -> Any:
        match value:
            case bytes() | bytearray() | memoryview():
                attachments.append(bytes(value))
                return {"$bytes": len(attachments) - 1}
            case datetime():
                return {"$time": value.isoformat()}
            case io.IOBase():
                attachments.append(value.read())
                return {"$file": len(attachments) - 1}
        raise TypeError(f"a {type(value).__name__} is no part of a message")

    text = json.dumps(content, default=attach)
    head = json.dumps([len(part) for part in attachments])
    whole = f"[{text},{head}]".encode()
    try:
        connection.sendall(b"".join([_LENGTH.pack(len(whole)), whole, *attachments]))
    except OSError as error:
        raise Disconnected from error


def receive(connection: socket.socket) -> Any:
    """Return the next message. Raises Disconnected, and TimeoutError if the socket has a timeout that passed."""
    [length] = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    document = _exactly(connection, length)
    attachments: list[bytes] = []

    def detach(value: dict[str, Any]) -> Any:
        if len(value) == 1:
            [(mark, content)] = value.items()
            if mark == "$time":
                return datetime.fromisoformat(content)
            if mark in MARKS:
                return _Attachment(content, as_file=mark == "$file")
        return value

    content, lengths = json.loads(document, object_hook=detach)
    if not lengths:
        return content
    attachments += [_exactly(connection, size) for size in lengths]
    return _filled(content, attachments)


class _Attachment:
    def __init__(self, number: int, *, as_file: bool) -> None:
        self.number, self.as_file = number, as_file


def _filled(content: Any, attachments: list[bytes]) -> Any:
    match content:
        case _Attachment():
            found = attachments[content.number]
            return io.BytesIO(found) if content.as_file else found
        case dict():
            return {name: _filled(part, attachments) for name, part in content.items()}
        case list():
            return [_filled(part, attachments) for part in content]
    return content


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts, missing = [], size
    while missing:
        try:
            part = connection.recv(min(missing, 1 << 20))
        except TimeoutError:
            raise
        except OSError as error:
            raise Disconnected from error
        if not part:
            raise Disconnected
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
