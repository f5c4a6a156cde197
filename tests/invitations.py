"""What an invitation run leaves: who is mailed, and which rolls the log is told of."""

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
    """The rolls that the log was told of."""
    messages = [told for told in organiser.deployment.take_messages(LOG) if told["election"] == election]
    return [(told["amendment"]["roll_size"], told["amendment"]["roll_root"]) for told in messages]


def root_now(organiser: Organiser, election: str) -> tuple[int, str]:
    roll = organiser.wiring.voters.roll(election)
    return len(roll), roll_root(voter.tag for voter in roll).hex()
