"""What people may do in an election: owners, organisers, observers."""

from enum import StrEnum


class Role(StrEnum):
    """From the least to the most: each role may do what the ones before it may."""

    OBSERVER = "observer"
    """Reads everything that organisers see, and changes nothing."""
    ORGANISER = "organiser"
    """Conducts the election: ballot, roll, mails, opening, closing."""
    OWNER = "owner"
    """Also chooses the people, deletes the draft and erases personal data."""

    def covers(self, needed: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)
