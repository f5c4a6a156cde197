"""Organisations' pictures as browsers load them.

They are served within SVG, which is text: API Gateway passes bytes as bytes only to a client whose `Accept` begins with
one of a few types, and browsers ask for pictures by ever newer ones.
"""

import struct
from base64 import b64encode

from ballotcast.errors import NotFound
from ballotcast.mails.logo import Logo
from ballotcast.store.blobs import Blobs

SVG = "image/svg+xml"
_SIZE_AT = 16
"""Where a PNG's header has its width and height."""


def show_logo(picture: str, blobs: Blobs) -> str:
    content = blobs.get(Logo(picture, 0, 0).key)
    if content is None:
        raise NotFound("no-logo", "there is no such picture")
    width, height = struct.unpack_from(">II", content, _SIZE_AT)
    size, data = f'width="{width}" height="{height}"', b64encode(content).decode()
    picture = f'<image {size} href="data:image/png;base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">{picture}</svg>'
