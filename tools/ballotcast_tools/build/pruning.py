"""What of the installed libraries no function can need: removed, so that a cold start neither loads nor parses it.

Each step is there because `make bench` shows it (docs/speed.md).
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# boto3 carries the description of every AWS service, 25 MB of them. These are the services that the functions call,
# each with its operations; tests/unit/stack/test_pruning.py looks for calls of others in the code.
SERVICES = {
    "dynamodb": {
        *("BatchGetItem", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"),
    },
    "kms": {"Decrypt", "Encrypt", "GenerateDataKeyPairWithoutPlaintext"},
    "s3": {
        *("GetObject", "ListObjectsV2", "PutObject", "DeleteObject"),
        # by which boto3 uploads files, and finds a bucket that is in another region
        *("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload", "HeadBucket"),
    },
    "scheduler": {"CreateSchedule"},
    "secretsmanager": {"GetSecretValue"},
    "ses": {"SendRawEmail"},
    "sns": {"Publish"},
    "sqs": {"SendMessage", "SendMessageBatch", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch"},
    "stepfunctions": {"StartExecution", "DescribeExecution", "SendTaskSuccess"},
    "xray": {"GetSamplingRules", "GetSamplingTargets"},  # by X-Ray's SDK, where tracing is switched on
}
# As which botocore's table of endpoints has them, where that is another name.
ENDPOINTS = {"ses": "email", "stepfunctions": "states"}
# The authorities that sign for AWS's endpoints (https://www.amazontrust.com/repository/); elsewhere, as behind a proxy
# that breaks TLS open, AWS_CA_BUNDLE names others.
AUTHORITIES = (
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
)
_CERTIFICATE = re.compile(r"# Label: \"(?P<label>[^\"]*)\".*?-----END CERTIFICATE-----\n", re.DOTALL)
_UNUSED_FOLDERS = {("bin",), ("pydantic", "v1")}
_UNUSED_SUFFIXES = {".pyi", ".pyx", ".pxd", ".h", ".c"}
_UNUSED_NAMES = {"RECORD", "INSTALLER", ".lock", "examples-1.json"}


def prune(installed: Path) -> None:
    """Remove commands, tests, type stubs, pip's records and the services nobody calls; shrink what botocore parses."""
    for path in sorted(installed.rglob("*"), reverse=True):
        inner = path.relative_to(installed).parts
        if path.is_dir():
            bloat = path.name in {"tests", "examples", "__pycache__"} and len(inner) > 1
            unused = inner[:-1] == ("botocore", "data") and path.name not in SERVICES
            if bloat or unused or inner in _UNUSED_FOLDERS:
                shutil.rmtree(path)
        elif path.suffix in _UNUSED_SUFFIXES or path.name in _UNUSED_NAMES:
            path.unlink()
    botocore = installed / "botocore"
    for path in sorted(botocore.glob("data/*/*/*.json.gz")):
        description = without_documentation(json.loads(gzip.decompress(path.read_bytes())))
        if path.name == "service-2.json.gz":
            description = only_operations(description, SERVICES[path.parts[-3]])
        _write_small(path.with_suffix(""), description)
        path.unlink()
    if (endpoints := botocore / "data" / "endpoints.json").exists():
        _write_small(endpoints, only_our_services(json.loads(endpoints.read_bytes())))
    if (bundle := botocore / "cacert.pem").exists():
        trusted = only_aws_authorities(bundle.read_text())
        bundle.unlink()  # uv links files to its cache
        bundle.write_text(trusted)


def without_documentation(description: Any) -> Any:
    """A service's description without its texts, two thirds of it, but for those that botocore reads."""
    match description:
        case dict():
            return {
                name: part if name == "clientContextParams" else without_documentation(part)
                for name, part in description.items()
                if name != "documentation" or not isinstance(part, str)
            }
        case list():
            return [without_documentation(part) for part in description]
        case _:
            return description


def only_operations(description: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """A service's description with the wanted operations, and the shapes of which they are made."""
    operations = {name: operation for name, operation in description["operations"].items() if name in wanted}
    shapes: dict[str, Any] = {}
    waiting = list(_named_shapes(operations))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = description["shapes"][name]
            waiting.extend(_named_shapes(shapes[name]))
    return {**description, "operations": operations, "shapes": shapes}


def _named_shapes(part: Any) -> Iterator[str]:
    """Every `"shape": name` in it, at any depth."""
    if isinstance(part, dict):
        if isinstance(name := part.get("shape"), str):
            yield name
        for inner in part.values():
            yield from _named_shapes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _named_shapes(inner)


def only_our_services(endpoints: dict[str, Any]) -> dict[str, Any]:
    """botocore's table of endpoints without the services that are not called."""
    called = {ENDPOINTS.get(service, service) for service in SERVICES}
    partitions = [
        {
            **partition,
            "services": {name: where for name, where in partition["services"].items() if name in called},
        }
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def only_aws_authorities(bundle: str) -> str:
    """The certificates of AUTHORITIES in a bundle (PEM, with labels as certifi writes them); ValueError if one lacks.

    Parsing a hundred more takes longer than all else that a first call does.
    """
    found = {match["label"]: match[0] for match in _CERTIFICATE.finditer(bundle)}
    if missing := [name for name in AUTHORITIES if name not in found]:
        raise ValueError(f"botocore's certificates lack {', '.join(missing)}")
    return "\n".join(found[name] for name in AUTHORITIES)


def _write_small(path: Path, document: Any) -> None:
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(document, separators=(",", ":")))
