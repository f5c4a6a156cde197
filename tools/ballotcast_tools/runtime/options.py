"""A runtime's options, read from environment variables when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .sources.mail_server import BadMailServer, mail_server

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
"""What it may listen on instead; pages and commands reach it by LOOPBACK in any case."""
PARAMETERS: Mapping[str, str] = {
    "Environment": "local",
    "CloseGraceSeconds": "16",
    "StopGraceSeconds": "3",
}
"""Of template.yaml: what one machine has otherwise than AWS. Others are given as TEMPLATE_<name>."""
_TEMPLATE = "TEMPLATE_"


class BadOption(ValueError):
    """An option that cannot be meant; the message says which and why."""


@dataclass(frozen=True)
class Options:
    """`directory`: of the data. `public_url`: where voters reach it, without a trailing slash.

    `smtp_url`: the server that mails go through (`smtp://user:password@host:587`); empty: they stay for the mailbox
    page. `trusted_header`: where a reverse proxy writes its client's address; empty without a proxy. `workers`:
    processes for background functions. `metrics_port`: where figures are shown on loopback; 0: any that is free.
    """

    directory: Path
    port: int
    host: str = LOOPBACK
    public_url: str = ""
    smtp_url: str = field(default="", repr=False)
    trusted_header: str = ""
    workers: int = 4
    metrics_port: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.host not in (LOOPBACK, *EVERYWHERE):
            raise BadOption(f"HOST={self.host}: give 127.0.0.1, or 0.0.0.0 or :: for every address of this machine")
        if self.host != LOOPBACK and not self.public_url:
            raise BadOption(
                f"HOST={self.host} needs PUBLIC_URL: links in mails lead there, and other names are refused"
            )
        url = urlsplit(self.public_url)
        if self.public_url and (url.scheme not in ("http", "https") or not url.hostname or url.path or url.query):
            raise BadOption("PUBLIC_URL must be an address without a path, such as https://vote.club.example")
        if self.smtp_url:
            try:
                mail_server(self.smtp_url)
            except BadMailServer as bad:
                raise BadOption(str(bad)) from None
            if self.parameters.get("SmsCountries"):
                raise BadOption("TEMPLATE_SmsCountries must be empty with SMTP_URL: one machine sends no text messages")

    @property
    def address(self) -> str:
        """Where it is reached: the public address, else that of the port."""
        return self.public_url or self.local_address

    @property
    def local_address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


def from_environment(environment: Mapping[str, str]) -> Options:
    """Raises BadOption. DATA and PORT are required."""
    parameters = {
        name.removeprefix(_TEMPLATE): value for name, value in environment.items() if name.startswith(_TEMPLATE)
    }
    return Options(
        directory=Path(environment["DATA"]),
        port=int(environment["PORT"]),
        host=environment.get("HOST") or LOOPBACK,
        public_url=environment.get("PUBLIC_URL", "").rstrip("/"),
        smtp_url=environment.get("SMTP_URL", ""),
        trusted_header=environment.get("TRUSTED_HEADER", ""),
        workers=int(environment.get("WORKERS") or 4),
        metrics_port=int(environment.get("METRICS_PORT") or 0),
        parameters={**PARAMETERS, **parameters},
    )
