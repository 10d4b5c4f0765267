"""The checks of a draft before it is published, and what is said of what they find (R7, R8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import CheckAnswer, ReportVersion
from qa_app.reports.publishing.checks import data_checks
from qa_app.reports.publishing.contents import asked_of, texts_of
from qa_app.reports.publishing.finding import CheckFinding
from qa_app.reports.publishing.texts import placeholder_in, text_checks
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of, held_draft, touch


@dataclass(frozen=True)
class Found:
    """A finding with the explanation that was given for it, None where there is none."""

    finding: CheckFinding
    answer: CheckAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Whether it stands in the way: neither a warning nor explained."""
        return not self.finding.warns and self.answer is None


@dataclass(frozen=True)
class Checks:
    """What the checks found: in the data, each with what was said of it, and in the texts, where
    only writing helps."""

    data: Sequence[Found]
    texts: Sequence[CheckFinding]

    @property
    def open(self) -> int:
        """How many findings stand in the way of publishing."""
        return sum(each.is_open for each in self.data) + len(self.texts)


def checks_of(version: ReportVersion) -> Checks:
    """All findings of a version now: of the audits as they are, with its data cut."""
    asked = asked_of(version.report)
    answers = {(each.check_code, each.about): each for each in version.answers}
    found = data_checks(asked, facts_of(cut_of(version)))
    return Checks(
        [Found(each, answers.get((each.code, each.about))) for each in found],
        text_checks(RECIPES[asked.kind], texts_of(version)),
    )


def explain(
    version: ReportVersion,
    code: str,
    about: str | None,
    explanation: str,
    *,
    by: UUID,
    at: datetime,
) -> int:
    """Say why a finding is right as it stands; for all open ones of the check where `about` is
    None. Gives how many were explained. DomainError where there is no such finding, or no words."""
    version = held_draft(version)
    words = explanation.strip()
    if not words:
        raise DomainError("Say why it is right as it stands", "explanation")
    if placeholder := placeholder_in(words):
        raise DomainError(f"Put what belongs in place of “{placeholder}”", "explanation")
    found = [each for each in checks_of(version).data if _meant(each, code, about)]
    if not found:
        raise DomainError(
            "The check does not find this any more. Look at what it finds now", "explanation"
        )
    check = found[0].finding.check
    for each in found:
        _put(version, each, words, by, at)
    touch(version)
    db.session.flush()
    db.session.expire(version, ["answers"])
    history.record("report_explained", version, by=by, at=at, number=version.number, check=check)
    return len(found)


def _meant(found: Found, code: str, about: str | None) -> bool:
    if found.finding.code != code or found.finding.warns:
        return False
    return found.finding.about == about if about is not None else found.answer is None


def _put(version: ReportVersion, found: Found, words: str, by: UUID, at: datetime) -> None:
    answer = found.answer
    if answer is None:
        answer = CheckAnswer(
            version_id=version.id, check_code=found.finding.code, about=found.finding.about
        )
        db.session.add(answer)
    answer.explanation, answer.by, answer.at = words, by, at
