"""An audit of the small council, given, written and submitted through the services themselves."""

from datetime import UTC, date, datetime
from uuid import UUID

from qa_app.accounts.models import Person, PostKind
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.facts import checks_of
from qa_app.audits.services import Change
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.answers import FindingAbout, FindingKind, QuestionKind, VoiceOf
from qa_app.domain.grades import Selection
from qa_app.standards.models import Theme
from tests.council import Council, find

AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
MONTH, DUE = date(2026, 11, 1), date(2026, 11, 30)


def given(
    council: Council, *, case: str = "100001", auditor: str = "other_auditor", at: datetime = AT
) -> Audit:
    """An audit of this case, given by the QA lead to the manager of another service."""
    audit = services.give(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[auditor]),
        PostKind.TEAM_MANAGER,
        cycle_month=MONTH,
        due_on=DUE,
        selection=Selection.RANDOM,
        reason="",
        by=council.people["qa_lead"],
        at=at,
    )
    db.session.flush()
    return audit


class Writer:
    """Writes boxes by name, each with the version that stands."""

    def __init__(self, audit: Audit, by: UUID, at: datetime = AT) -> None:
        self.audit, self.by, self.at = audit, by, at

    def __call__(self, values: dict[str, str]) -> services.Saved:
        draft = Draft(self.audit)
        changes = [
            Change(name, value, services.box(draft, name).version) for name, value in values.items()
        ]
        return services.save_fields(self.audit, changes, self.by, self.at)


def whole_answers(audit: Audit, *, grade: str = "good", safe: str = "yes") -> dict[str, str]:
    """Every box of a complete draft, all sections with the same grade; also the answers to what
    only another answer would ask for."""
    draft = Draft(audit)
    values: dict[str, str] = {}
    for section in draft.possible:
        for question in draft.possible_questions(section):
            quality = question.kind is QuestionKind.QUALITY
            values[f"question.{question.code}"] = grade if quality else "yes"
        values[f"{section.code}.grade"] = grade
        values[f"{section.code}.evidence"] = f"Evidence about {section.code}"
        values[f"{section.code}.impact"] = f"Difference made by {section.code}"
    for voice in VoiceOf:
        values[f"voice.{voice.value}.obtained"] = "no"
        values[f"voice.{voice.value}.why_not"] = "On leave in the whole month"
    return values | {
        "safe.now": safe,
        "safe.how_known": "Seen at home on Monday",
        "overall.grade": grade,
        "overall.rationale": "What weighed most",
        "overall.why_not_above": "Not yet",
        "overall.why_not_below": "More than that",
    }


def written(
    council: Council,
    *,
    case: str = "100001",
    auditor: str = "other_auditor",
    grade: str = "good",
    safe: str = "yes",
) -> Audit:
    """An audit with nothing missing, ready to be submitted."""
    audit = given(council, case=case, auditor=auditor)
    by = council.people[auditor]
    Writer(audit, by)(whole_answers(audit, grade=grade, safe=safe))
    theme, section = db.session.query(Theme).first(), Draft(audit).sections[0]
    for kind in FindingKind:
        services.add_finding(
            audit,
            kind=kind,
            text=f"A {kind.value}",
            theme_id=theme.id,
            section_id=section.id,
            about=FindingAbout.PRACTICE,
            by=by,
            at=AT,
        )
    return audit


def submitted(
    council: Council, *, auditor: str = "other_auditor", checked: bool = True, **options: str
) -> Audit:
    """An audit that waits for moderation, with its facts checked by everybody asked."""
    audit = written(council, auditor=auditor, **options)
    audit = services.submit(audit, by=council.people[auditor], at=AT)
    if checked:
        nothing_to_correct(audit)
    return audit


def nothing_to_correct(audit: Audit, at: datetime = AT) -> None:
    """Everybody who was asked to check the facts finds them right (A12)."""
    for check in checks_of(audit):
        services.answer_check(audit, points=[], by=check.person_id, at=at)


def answer_comments(audit: Audit, by: UUID, at: datetime = AT) -> None:
    """Everything that the moderator asks of a returned audit is answered (M6)."""
    for comment in Draft(audit).open_comments:
        services.answer_comment(audit, comment.id, text="It says so now", by=by, at=at)


def the_audit() -> Audit:
    """The only audit there is, as it stands."""
    return find(Audit)
