"""A hook of MkDocs: links from docs/ to other files of the repository lead to the repository, where it is known.

GitHub Actions names it (GITHUB_SERVER_URL, GITHUB_REPOSITORY). Elsewhere such a link becomes its text.
"""

import os
import re
from typing import Any

_OUT_OF_DOCS = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./([^)\s#]*)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")

    def outside(link: re.Match[str]) -> str:
        if not server or not repository:
            return link[1]
        return f"[{link[1]}]({server}/{repository}/blob/main/{link[2]}{link[3] or ''})"

    return _OUT_OF_DOCS.sub(outside, markdown)
