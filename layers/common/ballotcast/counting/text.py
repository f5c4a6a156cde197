"""The text of a ballot file, with one kind of line end."""

import re
from dataclasses import replace

from ballotcast.text import Text, TextError, decode

from .ballot_file import BallotFileError

# U+0085 is not among them: in a file whose bytes were misread it is an ellipsis.
_LINE_ENDS = "\r\v\f\u2028\u2029"
_LINE_END = re.compile("\r\n|[\r\v\f\u2028\u2029]")


def decode_text(data: bytes | str) -> Text:
    """Decode as `ballotcast.text.decode`, with "\\n" at the end of lines. Raises BallotFileError."""
    try:
        text = decode(data)
    except TextError as error:
        raise BallotFileError(error.line, error.reason) from None
    content = text.content
    if any(end in content for end in _LINE_ENDS):  # which takes much less time than to replace none
        content = _LINE_END.sub("\n", content)
    return replace(text, content=content)
