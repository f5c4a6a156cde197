"""What sessions do not know themselves: that they have ended, or that the organiser's address is proven by now.

Channels   SESSIONS#<organiser> / ALL            `generation`: sessions of earlier ones have ended: a new password
Channels   SESSIONS#<organiser> / ONE#<session>  this one has ended: a log-out; expires when the session would
Channels   SESSIONS#<organiser> / PROVEN         their address is proven; sessions opened before do not say so

In the table of channels, because organisers publish to channels by their sessions, and that function has no right on
the roll. What is here names nobody: ids are keyed hashes.
"""

from ballotcast.store.table import Condition, Table, TransactItem

ALL, PROVEN = "ALL", "PROVEN"
ANYWAY = Condition("attribute_not_exists(pk) OR attribute_exists(pk)", {})


def sessions_pk(organiser: str) -> str:
    return f"SESSIONS#{organiser}"


def session_sk(session: str) -> str:
    return f"ONE#{session}"


class Sessions:
    def __init__(self, channels: Table) -> None:
        self._channels = channels

    def generation(self, organiser: str) -> int:
        """Of sessions that are opened now; read before the password is looked at."""
        item = self._channels.get(sessions_pk(organiser), ALL)
        return int(item["generation"]) if item else 0

    def ended(self, organiser: str, session: str, generation: int) -> bool:
        """Whether a session has ended, strongly consistent: two rows, in one request."""
        pk = sessions_pk(organiser)
        found = self._channels.get_many([(pk, ALL), (pk, session_sk(session))])
        now = int(found[pk, ALL]["generation"]) if (pk, ALL) in found else 0
        return generation < now or (pk, session_sk(session)) in found

    def end(self, organiser: str, session: str, expires: int) -> None:
        """One session; again is harmless. `expires`: epoch seconds when it is over anyway."""
        self._channels.put({"pk": sessions_pk(organiser), "sk": session_sk(session), "expiration": expires})

    def prove(self, organiser: str) -> None:
        """Their address is proven. Again is harmless."""
        self._channels.put({"pk": sessions_pk(organiser), "sk": PROVEN})

    def proven(self, organiser: str) -> bool:
        return bool(self._channels.get_many([(sessions_pk(organiser), PROVEN)]))

    def ending_all(self, organiser: str) -> TransactItem:
        """For the transaction that sets a new password."""
        return self._channels.updating(sessions_pk(organiser), ALL, "ADD generation :one", {":one": 1}, ANYWAY)
