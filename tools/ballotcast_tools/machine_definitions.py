"""Reads the state machines in `functions/*/*.asl.json`.

CloudFormation replaces `${Name}` before Step Functions parses a definition. Numbers are therefore written without
quotes (`"Seconds": ${CloseGraceSeconds}`), and such a file is JSON only after the substitution.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_UNQUOTED = re.compile(r": (\$\{\w+\})")
_NONE: Mapping[str, str] = {}


def read_definition(path: Path, substitutions: Mapping[str, str] = _NONE) -> dict[str, Any]:
    """Return the state machine in `path`; a `${Name}` that `substitutions` does not name stays as text."""
    text = path.read_text()
    for name, value in substitutions.items():
        text = text.replace(f"${{{name}}}", value)
    definition: dict[str, Any] = json.loads(_UNQUOTED.sub(r': "\1"', text))
    return definition
