"""The mails that an organiser may have sent in a day."""

from ballotcast.clock import seconds_to_midnight
from ballotcast.errors import TooMany
from ballotcast.store.organisers import MailRun
from ballotcast.wiring import Wiring


def take_allowance(wiring: Wiring, organiser: str, day: str, mails: int, run: MailRun) -> None:
    """TooMany when the day's allowance does not suffice. `Organisers.return_mails` gives back."""
    if not mails:
        return
    most = wiring.settings.daily_mails
    if not wiring.organisers.spend_mails(organiser, day, mails, most, run):
        wait = seconds_to_midnight(wiring.clock())
        raise TooMany("daily-mails", f"more than {most} mails in a day are not sent for you", retry_after=wait)
