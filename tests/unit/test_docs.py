"""The documentation against the code: routes, problems, what the stack is made of, the wire format, links, examples."""

import ast
import contextlib
import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.routing import iter_route_contexts

from ballotcast import errors, faults, workbooks
from ballotcast.ballots.ballot import Ballot, cast
from ballotcast.ballots.ballot import Refusal as BallotRefusal
from ballotcast.ballots.contest import Contest, Method
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason, decode, encode
from ballotcast.counting import RULES
from ballotcast.crypto import merkle, p256
from ballotcast.crypto.blind_rsa import KEY_SIZES
from ballotcast.crypto.encoding import b64u_decode, b64u_encode, hex_decode
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.crypto.signed_note import Verifier
from ballotcast.elections.result import count_election
from ballotcast.elections.verification import CHECKS
from ballotcast.http import problems
from ballotcast.settings import Settings
from ballotcast_tools.documents import openapi
from ballotcast_tools.documents.release_notes import NotReady, release_notes
from ballotcast_tools.runtime.options import BadOption, from_environment
from ballotcast_tools.runtime.template import tags
from world import World

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers/common/ballotcast"
DOCS = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
AT_THE_TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = {**DOCS, **{f"../{name}": (ROOT / name).read_text() for name in AT_THE_TOP}}
SOURCES = [path for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py")]
APPS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
SAMPLE = json.loads((Path(__file__).parents[1] / "vectors" / "bad_encodings.json").read_text())["sample"]
LABEL = "ballotcast/[a-z]+/[12]"
KINDS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and kind in problems.STATUS}
BY_VALUE = {"error.reason": [*BallotRefusal]}
"""Slugs that are not written where they are raised, by the expression that stands there."""
FAULT_MAKERS = {
    **dict.fromkeys(["fault", "faults.fault", "FaultError", "AddressError", "UnknownColumns", "WorkbookError"], 0),
    **dict.fromkeys(["field_error", "errors.field_error", "invalid_field", "errors.invalid_field"], 1),
}
"""What makes a fault: at which place its code is."""
FRAMEWORK = {("bad-request", 400), ("not-found", 404), ("method-not-allowed", 405)}
"""What FastAPI and Starlette refuse by themselves (problems.from_http_exception)."""


def rows(text: str) -> Iterator[list[str]]:
    """Cells of every table row, without code marks; headings and rules are no less rows."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    _, found, after = f"\n{DOCS[page]}".partition(f"\n{heading}\n")
    assert found, f"{page} has no {heading}"
    return re.split(rf"^#{{1,{len(level)}}} ", after, flags=re.MULTILINE)[0]


def first_column(page: str, heading: str) -> set[str]:
    """The code words in the first column of the tables under a heading."""
    return {word for row in rows(section(page, heading)) for word in re.findall(r"`([^`]+)`", row[0])}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return tags.load(ROOT / "template.yaml")


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: found for name, found in template["Resources"].items() if found["Type"] == kind}


def test_every_route_is_documented_with_its_access(deployment: World) -> None:
    written = [
        (row[0], row[1].strip("`"), row[2])
        for page in DOCS.values()
        for row in rows(page)
        if len(row) > 2 and row[0] in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    ]
    documented = {
        (method, path.replace("{function}", name), access)
        for method, path, access in written
        for name in (APPS if "{function}" in path else [""])
    }
    there = {
        (method, str(context.path).replace(":path}", "+}"), context.openapi_extra["x-access"])
        for name in APPS
        for context in iter_route_contexts(
            importlib.import_module(f"{name}.app").create_app(deployment.wiring()).routes
        )
        for method in context.methods or ()
    }
    assert len(written) == len(set(written))
    assert documented == there


def slugs_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(slug, status) of every refusal that is made in a module."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in KINDS and call.args:
            slug, status = call.args[0], problems.STATUS[KINDS[name]].value
        elif name == "problem" and len(call.args) > 1 and "HTTPStatus." in ast.unparse(call.args[0]):
            slug, status = call.args[1], getattr(HTTPStatus, ast.unparse(call.args[0]).partition(".")[2]).value
        else:
            continue
        values = [slug.value] if isinstance(slug, ast.Constant) else BY_VALUE[ast.unparse(slug)]
        yield from ((str(value), status) for value in values)


def test_every_problem_is_documented_and_every_documented_problem_occurs() -> None:
    documented = [
        (row[0].strip("`"), int(status))
        for row in rows(DOCS["problems.md"].partition("\n## ")[0])
        if row[0].startswith("`")
        for status in row[1].split(", ")
    ]
    raised = {found for path in SOURCES for found in slugs_in(ast.parse(path.read_text()))} | FRAMEWORK
    by_gateway = re.findall(r'problem:([a-z-]+)","title":"[^"]*","status":(\d+)', (ROOT / "template.yaml").read_text())
    assert set(documented) == raised | {(slug, int(status)) for slug, status in by_gateway}
    assert documented == sorted(documented)
    assert len(documented) == len(set(documented))


def faults_in(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """(code, names of its values) of every fault that is made in a module with its code written there."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (place := FAULT_MAKERS.get(ast.unparse(call.func))) is not None:
            code = call.args[place] if len(call.args) > place else None
            if isinstance(code, ast.Constant):
                yield str(code.value), {str(keyword.arg) for keyword in call.keywords}


def test_every_code_of_a_fault_is_documented_with_its_values_and_occurs() -> None:
    table = {row[0].strip("`"): row for row in rows(section("problems.md", "## Codes of fields")) if row[0][0] == "`"}
    trees = [ast.parse(path.read_text()) for path in SOURCES]
    made = [found for tree in trees for found in faults_in(tree)]
    assert list(table) == sorted(table)
    assert {code for code, _ in made} | {*workbooks.REASONS.values(), faults.OTHER} == set(table)
    for code, given in made:
        assert given == set(re.findall(r"`(\w+)`", table[code][1])), code
    for language in faults.codes():
        words = json.loads((faults.CATALOGUES / f"{language}.json").read_text())
        assert list(words) == sorted(table)
        for code, found in words.items():
            texts = [found] if isinstance(found, str) else [*found.values()]
            assert {*re.findall(r"\{(\w+)\}", "".join(texts))} <= {*re.findall(r"`(\w+)`", table[code][1])}, code
            assert language != faults.DEFAULT or code == faults.OTHER or texts[-1] == table[code][2]


def test_every_problem_that_a_route_names_is_documented() -> None:
    known = first_column("problems.md", "# Problems")
    for row in rows(DOCS["api.md"]):
        if len(row) > 4 and row[0] in {"GET", "POST", "PATCH", "DELETE"}:
            assert set(re.findall(r"`([a-z-]+)`", row[4])) <= known, row


class Asked(dict[str, str]):
    """An environment that has everything, and remembers what it was asked for."""

    def get(self, name: str, default: Any = None) -> str:
        self[name] = "1"
        return "1"


def test_every_setting_and_every_parameter_is_documented(template: dict[str, Any]) -> None:
    asked = Asked()
    for name, member in vars(Settings).items():
        if isinstance(member, property):
            with contextlib.suppress(ValueError):  # that it was asked for is enough
                getattr(Settings(asked), name)
    assert first_column("architecture.md", "## Settings") == set(asked)
    assert first_column("architecture.md", "## Parameters") == set(template["Parameters"])


def test_every_variable_of_the_runtime_is_documented() -> None:
    class AskedStrictly(Asked):
        def __missing__(self, name: str) -> str:
            return self.get(name)

    asked = AskedStrictly()
    with contextlib.suppress(BadOption):
        from_environment(asked)
    documented = first_column("one-machine.md", "### Settings")
    assert {name for name in documented if name[0].isupper()} - {"TEMPLATE_…", "TEMPLATE_MailFrom"} == {
        *asked,
        "PROJECT",
    }


def test_every_part_of_the_stack_is_documented(template: dict[str, Any]) -> None:
    handlers = {found["Properties"]["Handler"] for found in of_type(template, "AWS::Serverless::Function").values()}
    assert first_column("architecture.md", "## Functions") == handlers
    queues = {name for name in of_type(template, "AWS::SQS::Queue") if not name.endswith("DeadLetters")}
    assert first_column("architecture.md", "## Queues") == queues
    assert first_column("architecture.md", "### Alarms") == set(of_type(template, "AWS::CloudWatch::Alarm"))


def test_every_kind_of_item_is_documented_with_its_module() -> None:
    kinds = {
        (kind, path.name)
        for path in (PACKAGE / "store").glob("*.py")
        for kind in re.findall(r'return f"([A-Z]+)#', path.read_text())
    }
    documented = {
        (kind, module)
        for row in rows(section("architecture.md", "## Items"))
        for kind in re.findall(r"`([A-Z]+)#", row[0])
        for module in re.findall(r"\w+\.py", row[-1])
    }
    assert len(kinds) > 10
    assert kinds <= documented


def test_the_ways_from_a_url_to_its_rows_are_as_documented() -> None:
    """Every `file.py::name` is defined there, and every route is in the file that is named."""
    ways = [row for row in rows(section("architecture.md", "### From a URL to its table row")) if "POST" in row[0]]
    assert len(ways) == 3
    for request, route, *others in ways:
        for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", " ".join([route, *others])):
            [source] = [folder / path for folder in (ROOT / "functions", PACKAGE) if (folder / path).exists()]
            assert f"def {name}(" in source.read_text()
        [url] = re.findall(r"`POST ([^`]+)`", request)
        assert f'"{url}"' in (ROOT / "functions" / re.findall(r"`([^:`]+)", route)[0]).read_text()


def test_the_cost_of_an_election_adds_up() -> None:
    *parts, total = [
        Decimal(row[-1]) for row in rows(section("architecture.md", "## Cost of an election")) if row[-1][0] == "0"
    ]
    assert sum(parts) == total


def test_every_test_that_is_named_exists() -> None:
    named = [found for page in DOCS.values() for found in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)]
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}" in (ROOT / path).read_text(), (path, name)


def test_the_openapi_documents_are_current(deployment: World) -> None:
    for name in openapi.APPS:
        app = importlib.import_module(f"{name}.app").create_app(deployment.wiring())
        assert (openapi.FOLDER / f"{name}.json").read_text("utf-8") == openapi.text(app), "run make documents"
    assert {path.stem for path in openapi.FOLDER.iterdir()} == set(openapi.APPS)


def test_the_site_has_every_page() -> None:
    listed = re.findall(r": ([\w-]+\.md)$", (ROOT / "tools/site/mkdocs.yml").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(DOCS)


def test_the_workflows_and_the_local_check_run_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    files = [ROOT / ".ci/run", *(ROOT / ".github/workflows").glob("*.yml"), ROOT / "CONTRIBUTING.md"]
    called = {
        name
        for file in files
        for name in re.findall(r"(?:run: |`|^ *)make ([a-z-]+)", file.read_text(), flags=re.MULTILINE)
    }
    assert {"test", "wheel", "check-localstack", "site", "coverage"} <= called <= targets


def test_a_release_publishes_the_section_of_its_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert release_notes("v0.1.0", changelog, "0.1.0").startswith("The first version")
    for tag, version, missing in (("v0.2.0", "0.1.0", "is not the version"), ("v9.9.9", "9.9.9", "no section 9.9.9")):
        with pytest.raises(NotReady, match=missing):
            release_notes(tag, changelog, version)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        path, _, anchor = target.partition("#")
        if target.startswith(("https://", "http://")):
            continue
        file = (ROOT / "docs" / page).parent / path if path else ROOT / "docs" / page
        assert file.resolve().exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, (
                target
            )


def test_the_index_lists_every_page() -> None:
    assert set(re.findall(r"\]\((\w[\w-]*\.md)\)", DOCS["README.md"])) == set(DOCS) - {"README.md"}


@pytest.mark.parametrize("page", PAGES)
def test_examples_can_be_read(page: str) -> None:
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", PAGES[page], flags=re.MULTILINE | re.DOTALL):
        match language:
            case "json":
                json.loads(block)
            case "python":
                compile(block, page, "exec")
            case "sh":
                checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
                assert checked.returncode == 0, checked.stderr


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return Manifest.parse(SAMPLE["manifest"].encode())


@pytest.mark.parametrize("bits", KEY_SIZES)
def test_a_ballots_parts_lie_where_the_table_says(manifest: Manifest, bits: int) -> None:
    issuer_pk = IssuerKey.generate(bits).public.spki()
    manifest = Manifest(**{**dict(manifest), "issuer_pk": issuer_pk})
    lengths = {"k": manifest.issuer.k, "L": manifest.plaintext_length}
    ballot = cast(manifest, p256.generate(), bytes(32), bytes(lengths["k"]), bytes(lengths["L"]))
    parts = (b"\x01", *(getattr(ballot, field.name) for field in fields(ballot)))
    table = [row for row in rows(section("protocol.md", "## 8. Ballot, leaf, log")) if row[0][0].isdigit()]
    end = 0
    for (offset, size, _), part in zip(table, parts, strict=True):
        start, end = eval(offset, lengths), eval(offset, lengths) + eval(size, lengths)
        assert ballot.encode()[start:end] == part
    [total] = re.findall(r"\*\*Ballot\*\*: (.+) bytes", DOCS["protocol.md"])
    assert eval(total, lengths) == end == len(ballot.encode()) == manifest.ballot_length
    [about_key] = [row[1] for row in rows(DOCS["protocol.md"]) if row[0] == "`issuer_pk`"]
    assert str(len(issuer_pk)) in re.findall(r"\d+", about_key)


def test_the_worked_example_is_what_the_code_makes_of_the_sample(manifest: Manifest) -> None:
    data = b64u_decode(SAMPLE["ballot"])
    ballot = Ballot.parse(data, manifest)
    plaintext = ballot.open(p256.from_scalar(hex_decode(SAMPLE["election_key"])))
    made: dict[str, object] = {
        "manifest, bytes": len(manifest.encode()),
        "M": manifest.hash.hex(),
        "k": manifest.issuer.k,
        "L": manifest.plaintext_length,
        "ballot, bytes": len(data),
        "ballot as b64u, characters": len(b64u_encode(data)),
        "H(vk)": ballot.key_hash.hex(),
        "plaintext": plaintext.hex(" "),
        "choices": json.dumps(decode(manifest, plaintext)),
        "ballot leaf, bytes": len(BallotLeaf(data).encode()),
        "ballot leaf hash": merkle.leaf_hash(BallotLeaf(data).encode()).hex(),
        "manifest leaf hash": merkle.leaf_hash(ManifestLeaf(manifest.hash).encode()).hex(),
        "closing leaf of 3 ballots, 4 credentials and an empty ledger file": ClosingLeaf(
            closed_at=manifest.closes_at, ballots=3, issued=4, ledger_sha256=sha256().digest(), roll_revision=0
        )
        .encode()
        .hex(),
        "receipt, bytes": len(SAMPLE["receipt"].encode()),
        "issuance receipt, bytes": len(SAMPLE["issuance_receipt"].encode()),
        "issuance key id": Verifier(f"{manifest.origin}/issuance", manifest.issuance_pk).key_id.hex(),
        "receipt key id": Verifier(f"{manifest.origin}/receipt", manifest.receipt_pk).key_id.hex(),
        "log key id": Verifier(manifest.origin, manifest.log_pk).key_id.hex(),
        "link, characters": len(SAMPLE["link"]),
        "empty root": merkle.EMPTY_ROOT.hex(),
    }
    written = {row[0]: row[1].strip("`") for row in rows(section("protocol.md", "## 11. Worked example"))}
    assert {name: written.get(name) for name in made} == {name: str(value) for name, value in made.items()}
    assert len(written) == len(made) + 2  # the head of the table and its rule


def test_the_protocols_names_are_the_codes() -> None:
    assert first_column("protocol.md", "## 5. Manifest") == {*Manifest.model_fields, *Contest.model_fields}
    plaintexts = first_column("protocol.md", "## 7. Plaintext")
    assert plaintexts == {*get_args(Method), *Reason}
    methods = [re.findall(r"`([^`]+)`", row[0]) for row in rows(section("protocol.md", "## 7. Plaintext"))]
    kinds = [{(RULES[name].ballot, RULES[name].equal) for name in group} for group in methods if {*group} & {*RULES}]
    assert [len(kind) for kind in kinds] == [1] * 5, "methods with other ballots stand in one row"
    assert first_column("protocol.md", "### What verify checks") == set(CHECKS)
    for reason in BallotRefusal:
        assert f"`{reason}`" in DOCS["protocol.md"]
    code = "".join(
        path.read_text() for folder in ("ballots", "counting", "trustees") for path in (PACKAGE / folder).glob("*.py")
    )
    assert set(re.findall(LABEL, DOCS["protocol.md"])) == set(re.findall(LABEL, code))


def test_a_contests_account_has_the_members_of_the_table(manifest: Manifest) -> None:
    said = {encode(manifest, SAMPLE["choices"]): 1}
    result = count_election(manifest, bytes(32), bytes(32), said, [], {}, voters=1)
    members = {member for contest in result.contests for member in contest.model_dump()} | {
        "outcome",
        "against_default",
    }
    assert first_column("protocol.md", "### A contest's account") == members
