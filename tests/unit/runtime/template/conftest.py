"""The real template as `make run` deploys it, and copies of it in which something was changed."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime.template.deployment import Deployment
from ballotcast_tools.runtime.template.reading import read_deployment
from ballotcast_tools.runtime.template.tags import load
from checkout import ROOT

LOCAL = {"Environment": "local"}


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return read_deployment(ROOT / "template.yaml", LOCAL, {})


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    return load(ROOT / "template.yaml")


@pytest.fixture
def deploy(written: dict[str, Any], tmp_path: Path) -> Callable[..., Deployment]:
    """Return what reads the template with `value` at `path` (`Resources/MailQueue/Type`); ... there removes it."""
    (tmp_path / "functions").symlink_to(ROOT / "functions")

    def read(path: str = "", value: Any = None, /, **parameters: str) -> Deployment:
        template = copy.deepcopy(written)
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node.setdefault(parent, {})
        at: Any = int(last) if isinstance(node, list) else last
        if value is ...:
            del node[at]
        elif path:
            node[at] = value
        file = tmp_path / "template.yaml"
        file.write_text(json.dumps(template))
        return read_deployment(file, {**LOCAL, **parameters}, {})

    return read
