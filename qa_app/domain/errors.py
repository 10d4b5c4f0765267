"""The error that every broken rule raises, worded for the person who meets it."""


class DomainError(Exception):
    """A rule refuses what was asked.

    `message` is plain English and says what to do; `field` names the form field it belongs to,
    or is None where the whole request is refused.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
