"""Making the file of a session: from a final audit without what identifies anybody, or typed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete

from qa_app import history
from qa_app.audits.asking import text_field
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import PlanType
from qa_app.domain.workflow import AuditState
from qa_app.moderation.calibration.queries.files import ABOUT, SOURCE, all_parts
from qa_app.moderation.calibration.services.state import CalibrationRefused, hold
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.standards.models import Question, Section, ToolVersion

_PIECES: Final = ("evidence", "impact", "answers")


def make_from_audit(audit: Audit, title: str, *, by: UUID, at: datetime) -> CalibrationSession:
    """Begin a session with what a final audit says of each section, for somebody to go through.

    Its case, its people, its team, its dates, its grades and whatever gives reasons for them are
    not copied (M10). Raises CalibrationRefused for an audit that is not final, or not graded.
    """
    tool = audit.tool_version
    if audit.state is not AuditState.FINAL or tool is None or audit.plan_type is None:
        raise CalibrationRefused("Choose an audit that was done here and is final", "audit")
    if not audit.graded:
        raise CalibrationRefused("Choose an audit of a kind that is graded", "audit")
    introduction = {"about": "", "age_band": audit.age_band, SOURCE: str(audit.id)}
    session = _make(title, tool, audit.plan_type, introduction, by, at, made_from="audit")
    session.file = {**session.file, **_copied(Draft(audit).read_everything())}
    db.session.flush()
    # Copying is reading (I1). The event of the session does not say from which audit it comes.
    history.record("audit_viewed", audit, by=by, at=at, audit_id=audit.id)
    return session


def make_typed(
    tool: ToolVersion, plan_type: PlanType, title: str, *, by: UUID, at: datetime
) -> CalibrationSession:
    """Begin a session whose file is made for the purpose. CalibrationRefused for a tool that has no
    grades, or not this plan."""
    if not tool.graded:
        raise CalibrationRefused("Choose a tool that is graded", "tool")
    if not tool.is_for(plan_type):
        raise CalibrationRefused("Choose a plan that this tool is for", "plan_type")
    introduction = {"about": "", "age_band": ""}
    return _make(title, tool, plan_type, introduction, by, at, made_from="nothing")


def describe(
    session: CalibrationSession,
    *,
    title: str,
    about: str,
    age_band: str,
    by: UUID,
    at: datetime,
) -> None:
    """Change the title and the introduction while it is a draft."""
    hold(session, CalibrationState.DRAFT)
    session.title = title
    introduction = session.file.get(ABOUT, {}) | {"about": about, "age_band": age_band}
    _write(session, ABOUT, introduction, ["about"], by, at)


def write_section(
    session: CalibrationSession,
    code: str,
    *,
    evidence: str,
    impact: str,
    answers: str,
    by: UUID,
    at: datetime,
) -> None:
    """Change what the file says of one section while it is a draft; empty leaves the section out.

    Raises CalibrationRefused for a section that its tool does not have for this plan.
    """
    hold(session, CalibrationState.DRAFT)
    if code not in {each.code for each in all_parts(session)}:
        raise CalibrationRefused("There is no such section in this file. Nothing has been changed.")
    texts = dict(zip(_PIECES, (evidence, impact, answers), strict=True))
    _write(session, code, texts, [code], by, at)


def discard(session: CalibrationSession, *, by: UUID, at: datetime) -> None:
    """Throw a draft away. Nobody has been told of it."""
    hold(session, CalibrationState.DRAFT)
    history.record("calibration_discarded", session, by=by, at=at)
    db.session.execute(delete(CalibrationInvite).where(CalibrationInvite.session_id == session.id))
    db.session.expire(session, ["invites"])
    db.session.delete(session)
    db.session.flush()


def _make(
    title: str,
    tool: ToolVersion,
    plan_type: PlanType,
    introduction: dict[str, str],
    by: UUID,
    at: datetime,
    *,
    made_from: str,
) -> CalibrationSession:
    session = CalibrationSession(
        title=title,
        state=CalibrationState.DRAFT,
        tool_version_id=tool.id,
        plan_type=plan_type,
        file={ABOUT: introduction},
        made_by=by,
        made_at=at,
    )
    db.session.add(session)
    db.session.flush()
    history.record("calibration_made", session, by=by, at=at, made_from=made_from)
    return session


def _write(
    session: CalibrationSession,
    code: str,
    texts: dict[str, str],
    changed: list[str],
    by: UUID,
    at: datetime,
) -> None:
    # A new dict: a change inside the old one would not be seen.
    session.file = {**session.file, code: texts}
    db.session.flush()
    history.record("calibration_changed", session, by=by, at=at, fields=changed)


def _copied(draft: Draft) -> dict[str, dict[str, str]]:
    return {
        section.code: {
            "evidence": draft.text(f"{section.code}.evidence"),
            "impact": draft.text(f"{section.code}.impact"),
            "answers": _answers_in_words(draft, section),
        }
        for section in draft.sections
        if not draft.is_not_applicable(section)
    }


def _answers_in_words(draft: Draft, section: Section) -> str:
    """A line for each answer. A grade of a quality question is a judgement, and stays behind."""
    lines = ((each.wording, _answer(draft, each)) for each in draft.questions_of(section))
    return "\n".join(
        f"{wording}{'' if wording.endswith('?') else ':'} {answer}"
        for wording, answer in lines
        if answer
    )


def _answer(draft: Draft, question: Question) -> str:
    if question.kind is QuestionKind.TEXT:
        return draft.text(text_field(question)).strip()
    found = draft.question_answers.get(question.id)
    return found.compliance.words if found is not None and found.compliance is not None else ""
