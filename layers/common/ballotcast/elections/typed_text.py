"""What organisers type: normalised once, before it is kept, because nothing that verifies normalises it later."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator

from ballotcast.ballots.fields import Text

_IGNORED = re.compile(r"[\s\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
"""White space, and selectors of variants of a character."""


def typed(text: Any) -> Any:
    """Return the text in Unicode NFC; anything else as it is, for the type that checks it."""
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else text


TypedText = Annotated[Text, BeforeValidator(typed)]


def skeleton(text: str) -> str:
    """Return what is left of a text's look: NFKC, case-folded, NFKC again, without white space and variation selectors.

    That is less than the skeleton of UTS 39: letters of two scripts that look alike, as in Latin and Cyrillic, differ.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _IGNORED.sub("", unicodedata.normalize("NFKC", folded))


def look_alike(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return the first two of the texts that are different and have one skeleton; None if there are none."""
    known: dict[str, str] = {}
    for text in texts:
        other = known.setdefault(skeleton(text), text)
        if other != text:
            return other, text
    return None
