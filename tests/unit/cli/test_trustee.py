"""`ballotcast trustee`: a whole ceremony by files alone, whose outcome `ballotcast verify` accepts in an export."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import p256
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.merkle import consistency_proof, inclusion_proof, leaf_hash
from ballotcast.elections.verification import verify_export
from ballotcast.trustees import sealed_file
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.end import End
from ballotcast.trustees.join import Join
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript
from ballotcast_cli.main import main
from forged_export import CLOSES, Forger, UncheckedManifest, write

NAMES = ("Ada", "Bo", "Cleo")
PASSPHRASES = ("one two three", "four five six", "seven eight nine")


class Table:
    """Three trustees with a folder each, and one in which they put their messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, said: str = "") -> Result:
        return CliRunner().invoke(main, ["trustee", *arguments], input=said)

    def ran(self, *arguments: str, said: str = "") -> str:
        result = self.run(*arguments, said=said)
        assert result.exit_code == 0, result.output
        return result.output

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def own(self, index: int) -> str:
        return self.path(f"own-{index}")

    def passphrase(self, index: int) -> str:
        return f"{PASSPHRASES[index - 1]}\n"

    def messages(self, *rounds: str) -> list[str]:
        return [str(path) for name in rounds for path in sorted(self.folder.glob(f"{name}-?.json"), reverse=True)]

    def step(self, name: str, index: int, *arguments: str, said: str = "") -> str:
        """By this trustee, with the passphrase; the message goes to the folder of messages."""
        output = self.path(f"{name}-{index}.json")
        return self.ran(name, self.own(index), *arguments, "-o", output, said=self.passphrase(index) + said)


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred derivations of a key would take most of a minute; those of the vectors have the real number."""
    monkeypatch.setattr(sealed_file, "ITERATIONS", 10)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path)
    table.ran("setup", "e1", *NAMES, "--threshold", "2", "-o", table.path("setup.json"))
    for index in (1, 2, 3):
        said = table.passphrase(index) * 2
        output = ("-o", table.path(f"join-{index}.json"))
        table.ran("join", table.path("setup.json"), table.own(index), "--index", str(index), *output, said=said)
    for index in (1, 2, 3):
        table.step(
            "deal", index, *table.messages("join"), *table.messages("join")
        )  # in any order, as often as one likes
    return table


def transcript_of(table: Table) -> Transcript:
    joins, deals = (
        [(table.folder / f"{name}-{index}.json").read_bytes() for index in (1, 2, 3)] for name in ("join", "deal")
    )
    setup = Setup.model_validate_json((table.folder / "setup.json").read_bytes())
    return Transcript(setup, tuple(map(Join.parse, joins)), tuple(map(Deal.parse, deals)))


def manifest_of(forger: Forger, transcript: Transcript, **changes: Any) -> Manifest:
    people = [
        {"name": name, "signing_key": b64u_encode(join.signing_key)}
        for name, join in zip(NAMES, transcript.joins, strict=True)
    ]
    members = {
        "mode": "trustees",
        "t": 2,
        "n": 3,
        "election_pk": b64u_encode(transcript.election_key),
        "trustees": {"transcript": transcript.hash.hex(), "people": people},
    }
    return Manifest.parse(UncheckedManifest.of(forger.manifest, members | changes).encode())


def end_of(forger: Forger, entries: list[bytes]) -> bytes:
    hashes = [leaf_hash(entry) for entry in entries]
    return End(
        manifest=forger.manifest.encode(),
        checkpoint=forger.note(entries).decode(),
        amendments=(),
        start_proof=tuple(consistency_proof(hashes, 1)),
        closing=entries[-1],
        closing_proof=tuple(inclusion_proof(hashes, len(hashes) - 1)),
    ).encode()


def test_three_trustees_open_an_election_two_at_a_time(table: Table) -> None:
    transcript, forger = transcript_of(table), Forger()
    forger.manifest = manifest_of(forger, transcript)
    manifest = table.path("manifest.json")
    Path(manifest).write_bytes(forger.manifest.encode())
    dealt = table.messages("join", "deal")
    for index in (1, 2, 3):
        told = table.step("confirm", index, manifest, *dealt, said="y\n")
        assert transcript.hash.hex(" ", 4) in told
        assert forger.manifest.hash.hex(" ", 4) in told
    entries = forger.entries([forger.ballot(plaintext) for plaintext in (b"\1\2\3", b"\2\1\0")])
    end = table.path("end.json")
    Path(end).write_bytes(end_of(forger, entries))
    for index in (1, 3):
        table.step("agree", index, end)
    again = Path(table.path("agree-1.json")).read_bytes()
    table.step("agree", 1, end)
    assert Path(table.path("agree-1.json")).read_bytes() == again
    for index in (1, 3):
        table.step("release", index, end, *dealt, *table.messages("agree"))
    all_sent = table.messages("join", "deal", "confirm", "agree", "release")
    table.ran("open", table.path("setup.json"), end, *all_sent, "-d", str(table.folder))
    made = {name: (table.folder / name).read_bytes() for name in ("ceremony.json", "opening.json", "election_key.hex")}
    forger.election_key = p256.from_scalar(bytes.fromhex(made["election_key.hex"].decode()))
    report = verify_export(write(table.folder / "export.zip", {**forger.files(entries), **made}))
    assert report.ok, report.checks


def test_what_a_trustee_does_not_confirm(table: Table) -> None:
    transcript, forger = transcript_of(table), Forger()
    others = {
        "another threshold": {"t": 3},
        "another key": {"election_pk": b64u_encode(transcript.signing_key(1))},
        "another election": {"election": "e2"},
        "no trustees": None,
    }
    path = Path(table.path("manifest.json"))
    for what, changes in others.items():
        manifest = forger.manifest if changes is None else manifest_of(forger, transcript, **changes)
        path.write_bytes(manifest.encode())
        arguments = ("confirm", table.own(1), str(path), *table.messages("join", "deal"))
        result = table.run(*arguments, said=f"{table.passphrase(1)}y\n")
        assert (result.exit_code, "not the manifest of this ceremony" in result.output) == (1, True), what
    path.write_bytes(manifest_of(forger, transcript).encode())
    aborted = table.run(*arguments, said=f"{table.passphrase(1)}n\n")
    assert aborted.exit_code == 1
    kept = sealed_file.open_file(Path(table.own(1)).read_bytes(), PASSPHRASES[0])
    assert kept.confirmation is None


def test_nobody_agrees_while_voting_is_open(table: Table) -> None:
    transcript, forger = transcript_of(table), Forger()
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    forger.manifest = manifest_of(forger, transcript, closes_at=later.strftime("%Y-%m-%dT%H:%M:%SZ"))
    manifest = table.path("manifest.json")
    Path(manifest).write_bytes(forger.manifest.encode())
    table.step("confirm", 1, manifest, *table.messages("join", "deal"), said="y\n")
    end = Path(table.path("end.json"))
    end.write_bytes(end_of(forger, forger.closed(forger.entries([])[:-1], closed_at=CLOSES)))
    result = table.run("agree", table.own(1), str(end), said=table.passphrase(1))
    assert result.exit_code == 1
    assert "voting is open until" in result.output


def test_a_wrong_share_is_complained_about_and_judged(table: Table) -> None:
    """The second trustee damages what it seals to the first one."""
    sealed = sealed_file.open_file(Path(table.own(2)).read_bytes(), PASSPHRASES[1])
    assert sealed.deal
    damaged = bytes([*sealed.deal.shares[0][:-1], sealed.deal.shares[0][-1] ^ 1])
    changed = sealed.deal.model_copy(update={"shares": (damaged, *sealed.deal.shares[1:])})
    key = p256.from_scalar(sealed.signing)
    deal = changed.model_copy(update={"signature": p256.sign(key, changed.signed_bytes())})
    Path(table.path("deal-2.json")).write_bytes(deal.encode())
    dealt = table.messages("join", "deal")
    output = ("-o", table.path("complaint-1.json"))
    table.ran("complain", table.own(1), *dealt, *output, said=f"{table.passphrase(1)}y\n")
    told = table.ran("judge", table.path("setup.json"), *dealt, *table.messages("complaint"))
    assert "trustee 2: a sealed share does not open" in told
    nothing = table.run("complain", table.own(3), *dealt, said=f"{table.passphrase(3)}y\n")
    assert "nothing to complain about" in nothing.output


def test_files_that_are_not_what_they_should_be(table: Table) -> None:
    joins = table.messages("join")
    wrong = table.run("deal", table.own(1), *joins, said="wrong\n")
    assert (wrong.exit_code, "does not open with this passphrase" in wrong.output) == (1, True)
    said = table.passphrase(1) * 2
    kept = table.run("join", table.path("setup.json"), table.own(1), "--index", "1", said=said)
    assert "exists already" in kept.output
    other = Path(table.path("other.json"))
    other.write_bytes(json.dumps({"round": "join"}, separators=(",", ":")).encode())
    for path, told in ((other, "not of this form"), (Path(table.path("setup.json")), "not a trustee's message")):
        result = table.run("judge", table.path("setup.json"), str(path))
        assert (result.exit_code, told in result.output) == (1, True), path
    missing = table.run("judge", table.path("setup.json"), *joins[:2])
    assert "a message of Ada is missing" in missing.output
