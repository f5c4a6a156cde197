"""What a process is told by its environment: read lazily, typed, and never guessed.

A function is given only the variables it needs (template.yaml), so a missing one is an error at first use.
"""

from collections.abc import Mapping

LOCAL = frozenset({"local", "localstack"})


class MissingSetting(RuntimeError):
    """The deployment did not set a variable that this process needs."""


class Settings:
    """Typed access to the environment; each property names its variable."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def _required(self, name: str) -> str:
        value = self._environment.get(name, "")
        if not value:
            raise MissingSetting(f"environment variable {name} is not set")
        return value

    def _flag(self, name: str) -> bool:
        return self._required(name) == "true"

    @property
    def environment(self) -> str:
        """`local`, `localstack` or `prod`."""
        return self._required("ENVIRONMENT")

    @property
    def is_local(self) -> bool:
        return self.environment in LOCAL

    @property
    def endpoint_url(self) -> str | None:
        """Where AWS is played by an emulator; None on AWS itself."""
        return self._environment.get("AWS_ENDPOINT_URL") or None

    @property
    def mailbox_page(self) -> str | None:
        """The page of a local stack that shows the mails which it sends to nobody; None where mails really go out."""
        return self._environment.get("MAILBOX_PAGE") or None

    @property
    def api_url(self) -> str | None:
        """Where this process reaches the API itself, if that is not the public address; without a trailing slash."""
        return self._environment.get("API_URL", "").rstrip("/") or None

    @property
    def public_url(self) -> str | None:
        """The custom domain, when the stack has one; without a trailing slash."""
        return self._environment.get("PUBLIC_URL", "").rstrip("/") or None

    @property
    def static_url(self) -> str | None:
        """Where browsers find scripts and styles, if that is not the public address; without a trailing slash."""
        return self._environment.get("STATIC_URL", "").rstrip("/") or None

    @property
    def roll_table(self) -> str:
        return self._required("ROLL_TABLE")

    @property
    def board_table(self) -> str:
        return self._required("BOARD_TABLE")

    @property
    def bucket(self) -> str:
        return self._required("BUCKET")

    @property
    def kms_key(self) -> str:
        return self._required("KMS_KEY")

    @property
    def session_secret(self) -> str:
        """ARN of the secret that signs organisers' sessions."""
        return self._required("SESSION_SECRET")

    @property
    def roll_secret(self) -> str:
        """ARN of the secret behind the keyed hashes of the roll."""
        return self._required("ROLL_SECRET")

    @property
    def sequence_queue(self) -> str:
        return self._required("SEQUENCE_QUEUE")

    @property
    def mail_queue(self) -> str:
        return self._required("MAIL_QUEUE")

    @property
    def jobs_queue(self) -> str:
        return self._required("JOBS_QUEUE")

    @property
    def channel_jobs_queue(self) -> str:
        return self._required("CHANNEL_JOBS_QUEUE")

    @property
    def close_machine(self) -> str:
        """ARN of the close-and-count state machine."""
        return self._required("CLOSE_MACHINE")

    @property
    def turnout_machine(self) -> str:
        """ARN of the state machine that makes turnout statements."""
        return self._required("TURNOUT_MACHINE")

    @property
    def scheduler_role(self) -> str:
        return self._required("SCHEDULER_ROLE")

    @property
    def schedule_group(self) -> str:
        return self._required("SCHEDULE_GROUP")

    @property
    def due_function(self) -> str:
        """ARN of the function that starts due counts, which schedules wake."""
        return self._required("DUE_FUNCTION")

    @property
    def issuer_bits(self) -> int:
        """Size of the RSA keys that sign credentials: 2048 or 3072."""
        return int(self._required("ISSUER_BITS"))

    @property
    def mail_from(self) -> str:
        return self._required("MAIL_FROM")

    @property
    def mail_configuration(self) -> str | None:
        """SES configuration set, which reports bounces and complaints; None where SES is an emulator without them."""
        return self._environment.get("MAIL_CONFIGURATION") or None

    @property
    def daily_mails(self) -> int:
        """The most mails an organiser may send a day."""
        return int(self._required("DAILY_MAILS"))

    @property
    def approve_organisers(self) -> bool:
        """Whether an operator approves each organiser before anything is sent for them."""
        return self._flag("APPROVE_ORGANISERS")

    @property
    def sms_countries(self) -> tuple[str, ...]:
        """Calling codes (`+49`) that text messages may go to; none: no text messages at all."""
        return tuple(code for code in self._environment.get("SMS_COUNTRIES", "").split(",") if code)

    @property
    def channels_table(self) -> str:
        return self._required("CHANNELS_TABLE")

    @property
    def relay_queues(self) -> tuple[str, ...]:
        """URLs of the four queues of the relays, in order."""
        return tuple(self._required("RELAY_QUEUES").split(","))

    @property
    def relay_machines(self) -> dict[str, str]:
        """ARNs of the state machines spawn, stop and repair, each by the status of the channels that it moves on."""
        machines = (machine.partition("=") for machine in self._required("RELAY_MACHINES").split(","))
        return {status: arn for status, _, arn in machines}
