"""A first audit that stands as Inadequate, and its re-audit."""

from datetime import UTC, date, datetime, timedelta

from qa_app.accounts.models import Person, PostKind
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.services import Change
from qa_app.audits.services.reaudits import give_again
from qa_app.database import db
from qa_app.domain.actions import Impact
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.grades import Grade
from qa_app.standards.models import Theme
from qa_app.tracker.models import Action
from qa_app.tracker.services import Pinned
from tests.audits.making import AT, Writer, nothing_to_correct, submitted, whole_answers
from tests.council import Council
from tests.tracker.factory import an_action

LATER = datetime(2027, 2, 3, 10, 15, tzinfo=UTC)
"""When the case is given again: eleven weeks after the first audit."""
DUE = date(2027, 2, 18)
"""Three months after the first audit was submitted as Inadequate (E2)."""


def first_audit(council: Council, *, final: bool = True, **options: str) -> Audit:
    """An audit that its auditor graded Inadequate in every section, and so did its moderator."""
    audit = submitted(council, grade=options.pop("grade", "inadequate"), **options)
    if final:
        grades = {section.id: audit.overall_grade for section in Draft(audit).sections}
        whole = grades | {None: audit.overall_grade}
        services.finalise(audit, whole, "as its auditor", council.people["review_head"], AT)
    return audit


def given_again(
    council: Council, first: Audit, auditor: str = "auditor", at: datetime = LATER
) -> Audit:
    """The re-audit, given to this auditor."""
    return give_again(
        first,
        db.session.get_one(Person, council.people[auditor]),
        PostKind.TEAM_MANAGER,
        due_on=DUE,
        cycle_month=date(2027, 2, 1),
        by=council.people["qa_lead"],
        at=at,
    )


def write(
    audit: Audit, by: str, council: Council, grade: str = "good", at: datetime = LATER
) -> Audit:
    """Everything that its tool asks, with one grade in every section."""
    me = council.people[by]
    Writer(audit, me, at)(whole_answers(audit, grade=grade))
    theme, section = db.session.query(Theme).first(), Draft(audit).sections[0]
    for kind in FindingKind:
        services.add_finding(
            audit, kind=kind, text=f"A {kind.value}", theme_id=theme.id, section_id=section.id,
            about=FindingAbout.PRACTICE, by=me, at=at,
        )  # fmt: skip
    return audit


def answer(audit: Audit, by: str, council: Council, value: str = "put_right") -> None:
    """The same answer for every section that is asked about."""
    draft = Draft(audit)
    assert draft.since is not None
    changes = []
    for section in draft.since.sections:
        name = section.box("answer")
        changes.append(Change(name, value, services.box(draft, name).version))
    services.save_fields(audit, changes, council.people[by], LATER)


def done_again(
    council: Council, first: Audit, grade: str = "good", auditor: str = "auditor"
) -> Audit:
    """A re-audit with its final grade, the same in every section."""
    audit = given_again(council, first, auditor)
    write(audit, auditor, council, grade)
    answer(audit, auditor, council)
    audit = services.submit(audit, by=council.people[auditor], at=LATER)
    nothing_to_correct(audit, LATER)
    whole = {section.id: Grade(grade) for section in Draft(audit).sections} | {None: Grade(grade)}
    when = LATER + timedelta(days=5)
    return services.finalise(audit, whole, "as its auditor", council.people["review_head"], when)


def an_action_of(council: Council, audit: Audit, impact: Impact | None = None) -> Action:
    """An action that came from this audit, its owner the manager of the child's team."""
    pinned = Pinned(
        audit.id, audit.reference, audit.case_reference, audit.team_id, audit.auditor_id
    )
    action = an_action(council, audit=pinned)
    action.impact = impact
    return action
