"""Organisations' pictures in mails to voters: they come with the mail, so that none is loaded from anywhere."""

from dataclasses import replace

from ballotcast.mails.blocks import MailContent
from ballotcast.mails.logo import Logo
from ballotcast.mails.settings import MailSettings
from ballotcast.store.blobs import Blobs
from ballotcast.store.election import Election


class Pictures:
    """Read once by a process: a picture never changes under its name."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: dict[str, bytes] = {}

    def settings_of(self, election: Election) -> MailSettings:
        """What its mails say, without a picture that is not there."""
        settings = MailSettings.kept(election.mail)
        return settings if not settings.logo or self._content(settings.logo) else replace(settings, logo="")

    def on(self, mail: MailContent, settings: MailSettings) -> MailContent:
        return replace(mail, picture=self._content(settings.logo)) if settings.logo else mail

    def _content(self, name: str) -> bytes:
        logo = Logo.read(name)
        if logo and name not in self._known:
            self._known[name] = self._blobs.get(logo.key) or b""
        return self._known.get(name, b"")
