"""What is removed from the libraries, and that botocore works with what is left."""

import ast
import gzip
import json
import shutil
import ssl
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from aws_lambda_powertools.utilities.idempotency.persistence import dynamodb as idempotency
from botocore import xform_name
from botocore.loaders import Loader

from ballotcast_tools.build.pruning import (
    AUTHORITIES,
    SERVICES,
    only_aws_authorities,
    only_our_services,
    prune,
    without_documentation,
)

TOP = Path(__file__).resolve().parents[3]
BOTOCORE = Path(botocore.__file__).parent


def test_what_no_function_needs_is_pruned(tmp_path: Path) -> None:
    kept = ["six.py", "boto3/s3/inject.py", "boto3-1.0.dist-info/METADATA", "tests/module_named_so.py"]
    kept += ["pydantic/main.py"]
    dropped = ["bin/jp.py", "botocore/data/ec2/service-2.json.gz", "boto3/examples/s3.rst", "x/tests/test_x.py"]
    dropped += ["x/stub.pyi", "boto3-1.0.dist-info/RECORD", "x/__pycache__/a.pyc", "pydantic/v1/main.py"]
    dropped += ["botocore/data/sqs/2012-11-05/examples-1.json"]
    for name in [*kept, *dropped]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    prune(tmp_path)

    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()} == set(kept)


def test_descriptions_are_stored_plain_and_without_texts(tmp_path: Path) -> None:
    shapes = {"Sent": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": "Long."}}}}
    described = {
        "documentation": "Long.",
        "operations": {"SendMessage": {"output": {"shape": "Sent"}}, "AddPermission": {"input": {"shape": "Asked"}}},
        "shapes": {**shapes, "Text": {"type": "string"}, "Asked": {"type": "string"}},
    }
    packed = tmp_path / "botocore" / "data" / "sqs" / "2012-11-05" / "service-2.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(json.dumps(described).encode()))

    prune(tmp_path)

    assert not packed.exists()
    assert json.loads(packed.with_suffix("").read_bytes()) == {
        "operations": {"SendMessage": {"output": {"shape": "Sent"}}},
        "shapes": {
            "Sent": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},  # a member of that name
            "Text": {"type": "string"},
        },
    }


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """botocore's data and certificates as they come, pruned; files linked, as uv links them to its cache."""
    folder = tmp_path_factory.mktemp("installed")
    for service in SERVICES:
        shutil.copytree(BOTOCORE / "data" / service, folder / "botocore" / "data" / service)
    for name in ("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"):
        shutil.copyfile(BOTOCORE / "data" / name, folder / "botocore" / "data" / name)
    shutil.copyfile(BOTOCORE / "cacert.pem", folder / "botocore" / "cacert.pem")
    prune(folder)
    return folder / "botocore"


@pytest.mark.parametrize("service", sorted(SERVICES))
@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1"])
def test_a_client_of_pruned_data_is_the_same(pruned: Path, service: str, region: str) -> None:
    whole, small = (_client(service, region, data) for data in (BOTOCORE / "data", pruned / "data"))

    assert small.meta.endpoint_url == whole.meta.endpoint_url
    assert set(small.meta.service_model.operation_names) == SERVICES[service]
    for operation in SERVICES[service]:
        small_model, whole_model = (one.meta.service_model.operation_model(operation) for one in (small, whole))
        assert _members(small_model.input_shape) == _members(whole_model.input_shape)
        assert _members(small_model.output_shape) == _members(whole_model.output_shape)


def test_no_code_calls_an_operation_that_was_pruned() -> None:
    """By name: every call of a method that boto3's clients of our services have."""
    loader = Loader()
    kept: dict[str, bool] = {}
    for service, operations in SERVICES.items():
        for name in loader.load_service_model(service, "service-2")["operations"]:
            method = xform_name(name)
            kept[method] = kept.get(method, False) or name in operations
    sources = [path for folder in ("layers/common/ballotcast", "functions") for path in (TOP / folder).rglob("*.py")]
    sources.append(Path(idempotency.__file__))

    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    calling = [call.args[0] if getattr(call.func, "id", "") == "partial" else call.func for call in calls]
    called = {what.attr for what in calling if isinstance(what, ast.Attribute)}

    of_libraries = {"sign", "verify", "get_template"}  # KMS and SES have methods of these names too
    assert {method for method in called if not kept.get(method, True)} == of_libraries
    # and what is kept for nothing is dropped; the rest is what upload_file, paginators, links to objects and X-Ray call
    within = {"get_sampling_rules", "get_sampling_targets"} | {
        "list_objects_v2",
        "create_multipart_upload",
        "upload_part",
        "complete_multipart_upload",
    }
    within |= {"abort_multipart_upload", "head_bucket"}
    assert {method for method, kept_ in kept.items() if kept_} - called == within


def test_botocores_certificates_hold_those_of_aws_alone(pruned: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pruned / "cacert.pem")
    named = {dict(part for [part] in authority["subject"])["commonName"] for authority in context.get_ca_certs()}  # type: ignore[misc]

    assert named == set(AUTHORITIES)


def test_a_bundle_that_lacks_one_of_them_is_refused() -> None:
    bundle = (BOTOCORE / "cacert.pem").read_text().replace('"Amazon Root CA 3"', '"Another"')

    with pytest.raises(ValueError, match="lack Amazon Root CA 3"):
        only_aws_authorities(bundle)


def test_what_is_not_changed_is_not_touched() -> None:
    assert without_documentation({"a": [1, {"b": None}]}) == {"a": [1, {"b": None}]}
    assert only_our_services({"version": 3, "partitions": []}) == {"version": 3, "partitions": []}


def _client(service: str, region: str, data: Path) -> Any:
    session = botocore.session.Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session.create_client(service, region, aws_access_key_id="x", aws_secret_access_key="x")


def _members(shape: Any, seen: frozenset[str] = frozenset()) -> Any:
    """All that a shape is made of, by name."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    within = seen | {shape.name}
    match shape.type_name:
        case "structure":
            return {name: _members(member, within) for name, member in shape.members.items()}
        case "list":
            return [_members(shape.member, within)]
        case "map":
            return [_members(shape.key, within), _members(shape.value, within)]
        case kind:
            return kind


def test_the_texts_that_botocore_reads_stay() -> None:
    """`botocore.model.ServiceModel.client_context_parameters` asks for them when a client of S3 is made."""
    read = {"clientContextParams": {"Accelerate": {"documentation": "Enables.", "type": "boolean"}}}
    assert without_documentation({**read, "documentation": "Long."}) == read
