"""What a check found before a report is published (R7, R8)."""

from dataclasses import dataclass
from typing import Final

PROVISIONAL: Final = "provisional"
WARNINGS: Final = frozenset({PROVISIONAL})
"""What is said, and stops nothing."""

CHECKS: Final = {
    "inadequate-without-action": "Inadequate without an open or verified action",
    "inadequate-imported": "Imported Inadequate audits without an action",
    "good-with-inadequate-section": "Good overall with an Inadequate section",
    "rationale-copied": "Rationale copied from another audit",
    "moderator-conflicted": "Moderator with a part in the audit",
    "outside-period": "Completed outside its period",
    "grade-changed": "Grade changed after the last version",
    PROVISIONAL: "Figures are provisional",
    "text-missing": "A part that is not written",
    "placeholder": "A placeholder in the text",
}
"""Every check by its code, as a heading of the page of checks."""


@dataclass(frozen=True)
class CheckFinding:
    """One thing that a check found. `code` is the check's; `about` the id of the audit, the code of
    the text, or "" for the report as a whole; `words` name it by its reference and say what to do.
    """

    code: str
    about: str
    words: str

    @property
    def check(self) -> str:
        """The check, as a heading."""
        return CHECKS[self.code]

    @property
    def warns(self) -> bool:
        """Whether it only says something: it needs no answer."""
        return self.code in WARNINGS
