"""The mails that an organiser may have sent in a day."""

from ballotcast.clock import seconds_to_midnight
from ballotcast.errors import TooMany
from ballotcast.store.mail_allowance import MailRun
from ballotcast.wiring import Wiring


def spends(wiring: Wiring, organiser: str, day: str, mails: int, run: MailRun) -> bool:
    """Take mails, if the day's allowance suffices. `Organisers.return_mails` gives back."""
    return not mails or wiring.mail_allowance.spend_mails(organiser, day, mails, wiring.settings.daily_mails, run)


def take_allowance(wiring: Wiring, organiser: str, day: str, mails: int, run: MailRun) -> None:
    """The same; raises TooMany when it does not suffice."""
    if not spends(wiring, organiser, day, mails, run):
        wait, most = seconds_to_midnight(wiring.clock()), wiring.settings.daily_mails
        raise TooMany("daily-mails", f"more than {most} mails in a day are not sent for you", retry_after=wait)
