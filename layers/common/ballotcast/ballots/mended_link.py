"""A voter's link as mail programs and people leave it: found again in what is left, or refused.

Full stops, brackets and quotes around it, line breaks and quoted-printable's soft ones inside, invisible characters,
the wrappers of Outlook and Proofpoint, parameters appended to it, `%23` for its `#`. The parts have fixed lengths, so
nothing is guessed: a link is whole, or it is not there. `js/protocol/mended_link.js` does the same in the browser, and
`tests/unit/mangled_links.json` holds both to it.
"""

import re
import unicodedata
from urllib.parse import unquote

from ballotcast.ballots.link import Link, LinkError

_PARTS = r"1\.[\w-]{43}\.[\w-]{43}\.[\w-]{22}"
_WHOLE = re.compile(rf"(?<![\w.-]){_PARTS}", re.ASCII)
_AFTER_MARK = re.compile(rf"(?:^|[#*])({_PARTS})", re.ASCII)
"""Proofpoint writes `*` for the `#`."""
_BROKEN = re.compile(r"[\s>|=]+")
"""What mail programs put where they break a line: nothing of it can be in a link."""
_PAGE = re.compile(r"(https?://[^\s<>\"'#*]+/vote)[#*]$", re.IGNORECASE)


def mend_link(text: str) -> str:
    """Return the link in a text, as `parse` takes it: with the address of its page before it, where that is there.

    Raises LinkError, which never repeats the text: there is no whole link in it, or there are two.
    """
    visible = "".join(one for one in text if unicodedata.category(one) != "Cf")
    plain = _decoded(visible)
    joined = _BROKEN.sub("", plain)
    for where, pattern in ((plain, _WHOLE), (joined, _AFTER_MARK)):
        found = list(pattern.finditer(where))
        links = {one[0].lstrip("#*") for one in found}
        if len(links) > 1:
            raise LinkError("two different links: give one of them")
        if links:
            link = links.pop()
            Link.parse(link)
            return _address(joined, link) + link
    raise LinkError("this link is not complete: copy it whole from the mail")


def _decoded(text: str) -> str:
    """Without percent-encoding, once or twice."""
    for _ in range(2):
        if re.search("%(?:23|2e|25)", text, re.IGNORECASE):
            text = unquote(text)
    return text


def _address(joined: str, link: str) -> str:
    """Return the page's address with its `#`: the last one that begins before the link. Empty if there is none."""
    before = joined[: joined.find(link)]
    found = _PAGE.search(before[max(0, before.lower().rfind("http")) :])
    return f"{found[1]}#" if found else ""
