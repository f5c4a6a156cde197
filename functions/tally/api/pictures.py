"""Organisations' logos and options' photos as browsers load them.

They are served within SVG, which is text: API Gateway passes bytes as bytes only to a client whose `Accept` begins with
one of a few types, and browsers ask for pictures by ever newer ones. A voter's page takes the bytes out of the text
again, because it compares their hash with the manifest's.
"""

import struct
from base64 import b64encode

from ballotcast.elections.photo import Photo, size_of
from ballotcast.errors import NotFound
from ballotcast.mails.logo import SIGNATURE
from ballotcast.store.blobs import Blobs

SVG = "image/svg+xml"
_SIZE_AT = 16
"""Where a PNG's header has its width and height."""


def show_picture(name: str, blobs: Blobs) -> str:
    content = blobs.get(Photo.key(name))
    if content is None:
        raise NotFound("no-picture", "there is no such picture")
    drawn = content.startswith(SIGNATURE)
    width, height = struct.unpack_from(">II", content, _SIZE_AT) if drawn else size_of(content)
    size, data = f'width="{width}" height="{height}"', b64encode(content).decode()
    image = f'<image {size} href="data:image/{"png" if drawn else "jpeg"};base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">{image}</svg>'
