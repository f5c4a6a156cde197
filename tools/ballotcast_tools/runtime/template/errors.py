"""What is wrong with a template, or with the parameters given for it."""


class TemplateError(ValueError):
    """Names the resource and the property, then the reason: `MailQueue.KmsMasterKeyId: …`."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
