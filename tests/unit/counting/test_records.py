"""Cast vote records in JSON: NIST's common data format, and Dominion's exports."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import format_of, read_file
from ballotcast.counting.reading import Reading
from ballotcast.counting.voter_errors import VoterErrors
from count_command import run

Ranks = list[tuple[str, int]]
BALLOTS: list[Ranks] = [[("a", 1), ("b", 2)], [("b", 1), ("c", 3)], [("w", 1), ("a", 2)], []]
CAST = {(1, 2): 1, (2, (), 3): 1, (0, 1): 1, (): 1}
READ = {(1, 2): 1, (2, 3): 1, (1,): 1, (): 1}


def cdf(ballots: list[Ranks], *, ranked: bool = True, **position: Any) -> dict[str, Any]:
    people = [{"@id": f"p{key}", "Name": name} for key, name in (("a", "Ada"), ("b", "Ben"), ("c", "Cleo"))]
    selections: list[dict[str, Any]] = [{"@id": key, "CandidateIds": [f"p{key}"]} for key in "abc"]
    contest = {"@id": "m", "Name": "Mayor", "ContestSelection": [*selections, {"@id": "w", "IsWriteIn": True}]}
    other = {"@id": "k", "Name": "Clerk", "ContestSelection": [{"@id": "y", "Selection": "Yes"}]}

    def marked(key: str, rank: int) -> dict[str, Any]:
        place = {"HasIndication": "yes", "IsAllocable": "yes", **({"Rank": rank} if ranked else {}), **position}
        return {"ContestSelectionId": key, "SelectionPosition": [place]}

    def record(ballot: Ranks) -> dict[str, Any]:
        voted = [{"ContestId": "k"}, {"ContestId": "m", "CVRContestSelection": [marked(*mark) for mark in ballot]}]
        snapshots = [{"@id": "old", "CVRContest": []}, {"@id": "now", "CVRContest": voted}]
        return {"CurrentSnapshotId": "now", "CVRSnapshot": snapshots}

    return {
        "@type": "CVR.CastVoteRecordReport",
        "Version": "1.0.0",
        "Election": [{"Candidate": people, "Contest": [contest, other]}],
        "CVR": [record(ballot) for ballot in ballots],
    }


def dominion(ballots: list[Ranks], *, ranks: int = 3, contests: int = 2, **mark: Any) -> dict[str, Any]:
    ids = {"a": 1, "b": 2, "c": 3, "w": 9}

    def session(ballot: Ranks) -> dict[str, Any]:
        marks = [{"CandidateId": ids[key], "Rank": rank, "IsAmbiguous": False, **mark} for key, rank in ballot]
        cards = [{"Contests": [{"Id": 8, "Marks": []}]}, {"Contests": [{"Id": 7, "Marks": marks}]}]
        return {"Original": {"IsCurrent": False}, "Modified": {"IsCurrent": True, "Cards": cards}}

    candidates: list[dict[str, Any]] = [
        {"Id": at, "Description": name, "ContestId": 7, "Type": "Regular"}
        for at, name in ((1, "Ada"), (2, "Ben"), (3, "Cleo"))
    ]
    candidates.append({"Id": 9, "Description": "Write-in", "ContestId": 7, "Type": "WriteIn"})
    named = [{"Id": 7, "Description": "Mayor", "NumOfRanks": ranks, "VoteFor": 1}, {"Id": 8, "Description": "Clerk"}]
    half = len(ballots) // 2
    return {
        "CvrExport_1.json": {"Sessions": [session(ballot) for ballot in ballots[:half]]},
        "CvrExport_2.json": {"Sessions": [session(ballot) for ballot in ballots[half:]]},
        "ContestManifest.json": {"List": named[:contests]},
        "CandidateManifest.json": {"List": candidates},
    }


def packed(files: dict[str, Any]) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w") as parts:
        for name, content in files.items():
            parts.writestr(name, json.dumps(content))
    return data.getvalue()


def read(name: str, content: dict[str, Any], **choices: Any) -> Reading:
    switches = choices.pop("switches", {})
    data = packed(content) if name == "dominion" else json.dumps(content).encode()
    return read_file(data, name, "ranked", switches, CsvChoices(**{"contest": "mayor", **choices}))


def refusal(name: str, content: dict[str, Any], **choices: Any) -> str:
    with pytest.raises(BallotFileError) as caught:
        read(name, content, **choices)
    return str(caught.value)


FORMATS = pytest.mark.parametrize(("name", "write"), [("cdf", cdf), ("dominion", dominion)])


@FORMATS
def test_rankings_are_read_as_cast(name: str, write: Any) -> None:
    reading = read(name, write(BALLOTS))
    assert (reading.file.title, reading.file.options) == ("Mayor", ("Ada", "Ben", "Cleo"))
    assert (reading.file.rankings, reading.file.ballots, reading.warnings) == (CAST, READ, [])
    assert reading.file.ballots_for("irv", VoterErrors(skipped=1)) == {(1, 2): 1, (2,): 1, (1,): 1, (): 1}


@FORMATS
def test_an_overvote_is_several_marks_at_a_rank(name: str, write: Any) -> None:
    over = write([[("a", 1), ("b", 1)], [("a", 1), ("b", 2), ("c", 2), ("c", 3)]])
    assert "--overvote" in refusal(name, over)
    file = read(name, over, overvote="skip").file
    assert file.rankings == {((0, 1, 2),): 1, (1, (0, 2, 3), 3): 1}
    assert file.ballots == {(): 1, (1, 3): 1}
    assert read(name, over, overvote="exhaust").file.ballots == {(): 1, (1,): 1}


@FORMATS
def test_the_contest_and_the_options_are_checked(name: str, write: Any) -> None:
    files = write(BALLOTS)
    assert "--contest names the one to count: 'Mayor' (id" in refusal(name, files, contest="")
    assert "no contest 'Judge'" in refusal(name, files, contest="Judge")
    assert "no option 'Di'" in refusal(name, files, options=("Ada", "Ben", "Cleo", "Di"))
    assert "'Cleo' is not an option" in refusal(name, files, options=("Ada", "Ben"))
    assert read(name, files, options=("Cleo", "Ben", "Ada")).file.rankings[3, 2] == 1


def test_marks_that_are_no_vote_need_a_decision() -> None:
    for name, files in (
        ("cdf", cdf([[("a", 1)]], IsAllocable="no")),
        ("dominion", dominion([[("a", 1)]], IsVote=False)),
    ):
        assert "--read not-votes=skip" in refusal(name, files)
        assert read(name, files, switches={"not-votes": "count"}).file.ballots == {(1,): 1}
        skipped = read(name, files, switches={"not-votes": "skip"})
        assert (skipped.file.ballots, len(skipped.warnings)) == ({(): 1}, 1)
    assert "--read not-votes=skip" in refusal("cdf", cdf([[("a", 1)]], NumberVotes=0))
    assert "several votes" in refusal("cdf", cdf([[("a", 1)]], NumberVotes=2))
    assert read("cdf", cdf([[("a", 1)]], HasIndication="no")).file.ballots == {(): 1}
    assert "not known" in refusal("cdf", cdf([[("a", 1)]], HasIndication="unknown"))
    ambiguous = read("dominion", dominion([[("a", 1)]], IsAmbiguous=True))
    assert ambiguous.warnings == ["Ambiguous marks, which are not counted: 1."]


@pytest.mark.parametrize(("name", "files"), [("cdf", {"ranked": False}), ("dominion", {"ranks": 0})])
def test_choices_are_read_and_too_many_spoil_a_ballot(name: str, files: dict[str, Any]) -> None:
    write = {"cdf": cdf, "dominion": dominion}[name]
    reading = read(name, write([[("a", 1)], [("a", 1), ("b", 1)], [("w", 1)], []], **files))
    assert (reading.file.kind, reading.file.ballots) == ("choice", {(1,): 1, ((1, 2),): 1, (): 2})
    assert len(reading.warnings) == 1


def _broken(change: Any) -> dict[str, Any]:
    files = dominion(BALLOTS)
    change(files)
    return files


@pytest.mark.parametrize(
    ("files", "word"),
    [
        (_broken(lambda files: files.pop("CandidateManifest.json")), "no CandidateManifest.json next to"),
        (_broken(lambda files: files["CandidateManifest.json"]["List"].pop(0)), "'1' is not a candidate"),
        (_broken(lambda files: files["CandidateManifest.json"]["List"][1].update(Description="ADA")), "same name"),
        (
            _broken(lambda files: files["CvrExport_1.json"]["Sessions"][0]["Modified"].update(IsCurrent=False)),
            "0 of its",
        ),
        (
            _broken(lambda files: files["CvrExport_1.json"]["Sessions"][0]["Original"].update(IsCurrent=True)),
            "2 of its",
        ),
        (_broken(lambda files: files.update({"CvrExport_1.json": []})), "not a JSON object"),
        (
            _broken(lambda files: files.update({"CvrExport_2.js": files.pop("CvrExport_2.json")})),
            "'CvrExport_2.js' holds records",
        ),
        (_broken(lambda files: files.update({"CvrExport_1.json": {"Session": []}})), "no list 'Sessions'"),
        (_broken(lambda files: files["ContestManifest.json"]["List"][0].update(Description="Mayor\x1b")), "control"),
    ],
)
def test_what_contradicts_itself_is_refused(files: dict[str, Any], word: str) -> None:
    assert word in refusal("dominion", files, contest="7")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "not JSON"),
        ('{\n"a": }', 2, "not JSON"),
        ("[" * 100_000, 1, "not JSON"),
        ('{"a": 1, "a": 2}', 1, "the key 'a' twice"),
        ('{"a": NaN}', 1, "NaN is not a number"),
        ('{"Sessions": []}', 1, "in one .zip"),
        ('{"@type": "CVR.CastVoteRecordReport"}', 1, "no list 'Election'"),
    ],
)
def test_what_is_no_report_is_refused(text: str, line: int, word: str) -> None:
    with pytest.raises(BallotFileError) as caught:
        read_file(text.encode(), "cdf", "ranked")
    assert (caught.value.line, word in str(caught.value)) == (line, True)


RANKED = "Mayor (RCV) (Number of positions=1, Number of ranks=2)"
TABLE = (
    f'"2021 Town",5.10,,,,,,,\n,,,"{RANKED}","{RANKED}","{RANKED}","{RANKED}",Clerk (Vote For=1),Clerk (Vote For=1)\n'
    ",,,Ada(1),Ada(2),Ben(1),Ben(2),Yes,Write-in\nCvrNumber,TabulatorNum,BallotType,,,,,,\n"
    "1,1,B1,1,0,0,1,1,0\n2,1,B1,0,0,1,0,1,1\n3,1,B2,,,,,0,0\n4,1,B1,0,0,0,0,0,1\n5,1,B1,0,1,0,0,,\n"
)


def in_table(text: str = TABLE, contest: str = "mayor (rcv)", **choices: Any) -> Reading:
    return read_file(text.encode(), "csv", "ranked", {}, CsvChoices(contest=contest, **choices))


def test_dominion_s_table_is_read() -> None:
    file = in_table().file
    assert (file.options, file.rankings) == (("Ada", "Ben"), {(1, 2): 1, (2,): 1, (): 1, ((), 1): 1})
    assert in_table(contest="clerk").file.ballots == {(1,): 1, ((1,),): 1, (): 2}
    assert in_table(options=("Ben", "Ada")).file.rankings[2, 1] == 1
    over = TABLE.replace("1,1,B1,1,0,0,1", "1,1,B1,1,0,1,1")
    assert in_table(over, overvote="exhaust").file.rankings == {((0, 1, 2), 2): 1, (2,): 1, (): 1, ((), 1): 1}


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("1,1,B1,1,0,0,1", "1,1,B1,1,0,1,1", 5, "--overvote"),
        ("1,1,B1,1,0", "1,1,B1,2,0", 5, "'2' where 0 or 1"),
        ("1,1,B1,1,0", "1,1,B1,1,", 5, "some cells"),
        ("1,1,B1,1,0", "1,1,B1,1", 5, "8 cells under 9"),
        ("Ben(1)", "Ada(1)", 3, "'Ada' again"),
        ("Ben(1)", "Ben", 3, "no rank"),
        ("Ben(1)", "BEN(1)", 1, "same name"),
        ("Ben(1)", "", 3, "with an option"),
        ("Clerk (Vote For=1),", "Clerk,", 3, "no contest such as"),
    ],
)
def test_the_line_of_dominion_s_table_to_blame(old: str, new: str, line: int, word: str) -> None:
    with pytest.raises(BallotFileError) as caught:
        in_table(TABLE.replace(old, new, 1))
    assert (caught.value.line, word in str(caught.value)) == (line, True)
    with pytest.raises(BallotFileError, match="--contest names the one to count"):
        in_table(contest="")
    with pytest.raises(BallotFileError, match="--cells says nothing"):
        in_table(cells="rank")


def test_the_command_reads_an_export_as_published(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(packed(dominion(BALLOTS)))
    assert format_of("-", path.read_bytes()) == "dominion"
    assert format_of("-", json.dumps(cdf(BALLOTS)).encode()) == "cdf"
    assert "1 with a skipped rank" in run(path, "--explain", "--contest", "Mayor").stdout
    assert "Ada" in run(path, "--method", "irv", "--contest", "Mayor").stdout


def test_an_export_whose_manifest_does_not_name_a_contest_of_its_records_is_refused() -> None:
    export = dominion(BALLOTS)
    export["ContestManifest.json"]["List"].pop()
    with pytest.raises(BallotFileError, match="session 1: no contest of the manifest has the id '8'"):
        read("dominion", export)
    export["ContestManifest.json"]["List"][0]["Id"] = 70
    with pytest.raises(BallotFileError, match="no contest of the manifest has the id"):
        read("dominion", export)


def test_a_contest_on_no_ballot_is_refused() -> None:
    with pytest.raises(BallotFileError, match="no ballot of the contest 'Mayor'"):
        read("cdf", cdf([]), contest="Mayor")


def test_a_byte_that_is_wrong_in_an_export_changes_no_ballot() -> None:
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as parts:
        for name, content in dominion(BALLOTS).items():
            parts.writestr(name, json.dumps(content))
    whole, mayor = data.getvalue(), CsvChoices(contest="Mayor")
    refused = 0
    for place in range(40, 280):
        broken = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        try:
            assert read_file(broken, "dominion", "ranked", {}, mayor).file.ballots == READ
        except BallotFileError:
            refused += 1
    assert refused > 200
