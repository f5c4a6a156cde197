"""An election on the deployed stack in which nearly everybody votes, and what is published of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from ballotcast.client import published
from ballotcast.client.state import Cast
from ballotcast.client.voter import Voter
from ballotcast.crypto.canonical import dumps
from forged_export import write
from invited_elections import Election, Elections, Invited

PATIENCE = 120.0
AT_ONCE = 4


@dataclass(frozen=True)
class Voted:
    """`first` and `second`: two votes, the first by `voter`. `other`: of an election that is not counted."""

    election: Election
    voter: Invited
    first: Cast
    second: Cast
    other: Cast
    other_link: str


@dataclass(frozen=True)
class Counted:
    voted: Voted
    export: Path

    @property
    def id(self) -> str:
        return self.voted.election.id

    @property
    def content(self) -> bytes:
        return self.export.read_bytes()

    def doctored(self, folder: Path) -> Path:
        """Another wins, and the zip is in order."""
        with ZipFile(self.export) as zipped:
            files = {name: zipped.read(name) for name in zipped.namelist()}
        result = json.loads(files["result.json"])
        result["contests"][0]["winners"] = [3]
        return write(folder / "doctored.zip", {**files, "result.json": dumps(result)})


def let_vote(elections: Elections, election: Election) -> Voted:
    """All but the last voter choose the first option."""
    other = elections.make([{"title": "Venue", "method": "plurality", "options": ["Here", "There"]}], 1)

    def vote(voter: Invited) -> Cast:
        return Voter(elections.api, lambda _state: None).vote(voter.link, [[1]])

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        cast = list(crowd.map(vote, election.voters[:-1]))
    [stranger] = other.voters
    return Voted(election, election.voters[0], cast[0], cast[1], vote(stranger), stranger.link)


def close(elections: Elections, voted: Voted, folder: Path) -> Counted:
    elections.organiser.close(voted.election.id)
    published.export(elections.api, voted.election.id, folder / "export.zip", patience=PATIENCE)
    return Counted(voted, folder / "export.zip")
