"""What mail programs and people make of a voter's link, as tests/unit/mangled_links.json has it."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "unit/mangled_links.json").read_text())
BREAK = 76
"""Where mail programs break lines."""


def mangled(text: str, page: str, link: str) -> str:
    """`{cut:x}`: x in the place of a line's end; `{inside:x}`: x within the token; `{quoted}`: percent-encoded."""
    url = f"{page}#{link}"
    text = re.sub(r"\{cut:(.*?)\}", lambda found: url[:BREAK] + found[1] + url[BREAK:], text, flags=re.DOTALL)
    text = re.sub(r"\{inside:(.*?)\}", lambda found: f"{page}#{link[:9]}{found[1]}{link[9:]}", text)
    return text.replace("{quoted}", quote(url, safe="")).replace("{page}", page).replace("{link}", link)
