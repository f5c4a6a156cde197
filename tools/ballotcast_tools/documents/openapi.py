"""One OpenAPI document for each function that has an API: `make documents` writes docs/openapi/<function>.json."""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

TOP = Path(__file__).parents[3]
FOLDER = TOP / "docs" / "openapi"
APPS = sorted(path.parent.name for path in (TOP / "functions").glob("*/app.py"))
_SETTINGS = {"POWERTOOLS_METRICS_NAMESPACE": "Ballotcast", "POWERTOOLS_TRACE_DISABLED": "true"}


def text(app: FastAPI) -> str:
    """Return the document of `app` as the repository keeps it: sorted keys, one member per line."""
    document: dict[str, Any] = app.openapi()
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in APPS:
        (FOLDER / f"{name}.json").write_text(text(importlib.import_module(f"{name}.app").app), "utf-8")


if __name__ == "__main__":
    os.environ.update(_SETTINGS)
    sys.path.insert(0, str(TOP / "functions"))  # where Lambda finds the functions too
    write()
