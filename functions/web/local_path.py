"""Where a link within a link may lead: to our own pages, nowhere else."""

import re

# Each character has one place in it: a pattern that could split a name in many ways would take for ever to refuse one.
_LOCAL = re.compile(r"/(?:[\w.~-]+(?:/[\w.~-]+)*/?)?(?:\?[\w=&.~%-]*)?", re.ASCII)


def local_path(wanted: str, otherwise: str = "/") -> str:
    """`wanted` if it is a path of ours (`/manage?page=2`), which excludes other hosts in any spelling (`//host`)."""
    return wanted if _LOCAL.fullmatch(wanted) else otherwise
