"""What an invitation run leaves: who is mailed, and which rolls the log is told of."""

from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.leaf import parse
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import roll_root
from organising import Organiser

THREE = ("ada@example.org", "bob@example.org", "cid@example.org")
MAILS, LOG = "MAIL_QUEUE", "SEQUENCE_QUEUE"


def key_of(organiser: Organiser, election: str, email: str) -> str:
    return next(voter.key for voter in organiser.wiring.voters.roll(election) if voter.email == email)


def invited(organiser: Organiser, election: str) -> list[str]:
    """Addresses of those whom the waiting messages of the newest runs go to; stale ones left out."""
    voters = {voter.key: voter for voter in organiser.wiring.voters.roll(election)}
    messages = [message for message in organiser.deployment.take_messages(MAILS) if message["election"] == election]
    return sorted(voters[m["voter"]].email for m in messages if voters[m["voter"]].run == m["run"])


def logged(organiser: Organiser, election: str) -> list[tuple[int, str]]:
    """The newest rolls that the log was told of, once for each message."""
    wiring, deployment = organiser.deployment.wiring(), organiser.deployment
    messages = [told for told in deployment.take_messages(LOG) if told["election"] == election]
    published = wiring.manifests.find(election)
    if published is None:
        return []
    manifest = Manifest.parse(published.manifest)
    rolls = [(manifest.roll_size, manifest.roll_root.hex())]
    for entry in wiring.amendments.behind(election, 0):
        stated = parse(entry)
        assert isinstance(stated, AmendmentLeaf)
        rolls.append((stated.roll.roll_size, stated.roll.roll_root.hex()))
    return [rolls[told["amendments"]] for told in messages]


def root_now(organiser: Organiser, election: str) -> tuple[int, str]:
    roll = organiser.wiring.voters.roll(election)
    return len(roll), roll_root(voter.tag for voter in roll).hex()
