"""One section a page: what it asks, saved as it is answered (A2, A3)."""

from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from forms.audits import COMPLIANCE_CHOICES, GRADE_CHOICES, BoxSpec, Kind
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.services.fields import NOT_APPLICABLE
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import boxes_page, save_boxes
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import writable
from qa_app.audits.views.way import after_section
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import GRADES
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required
from qa_app.standards.models import Question, Section


def question_spec(question: Question) -> BoxSpec:
    """How a question is asked."""
    choices = GRADE_CHOICES if question.kind is QuestionKind.QUALITY else COMPLIANCE_CHOICES
    return BoxSpec(
        f"question.{question.code}",
        Kind.CHOICE,
        question.wording,
        question.guidance,
        choices,
    )


def section_specs(draft: Draft, section: Section) -> list[BoxSpec]:
    """The boxes of a section's page, in order."""
    code = section.code
    grades = [*GRADE_CHOICES, (NOT_APPLICABLE, "Not applicable to this child")]
    return [
        *(question_spec(each) for each in draft.questions_of(section)),
        BoxSpec(
            f"{code}.evidence",
            Kind.TEXT,
            "What is the evidence?",
            "What you read, with dates, so that another reader would find it. "
            "Initials or roles, no names of children or family.",
            rows=8,
        ),
        BoxSpec(
            f"{code}.impact",
            Kind.TEXT,
            "What difference did this make for the child?",
            "For better or worse, or that it cannot be seen.",
        ),
        BoxSpec(f"{code}.grade", Kind.CHOICE, "Grade for this section", "", grades),
        BoxSpec(
            f"{code}.not_applicable",
            Kind.TEXT,
            "Why does this section not apply to this child?",
            rows=3,
        ),
    ]


@blueprint.route("/<uuid:audit_id>/sections/<code>", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def section(audit_id: UUID, code: str) -> ResponseReturnValue:
    """A section: compliance questions, quality questions, evidence, impact, grade."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    draft = Draft(audit)
    found = next((each for each in draft.sections if each.code == code), None) or abort(404)
    if (closed := writable(audit)) is not None:
        return closed
    page = boxes_page(audit, draft, section_specs(draft, found))
    if page.sent:
        return save_boxes(page, lambda: after_section(draft, code))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/section.html",
        audit,
        status=page.status,
        section=found,
        place=draft.sections.index(found) + 1,
        count=len(draft.sections),
        descriptors=[(grade.words, found.descriptor(grade)) for grade in GRADES],
        questions=draft.questions_of(found),
        form=page.form,
        versions=page.shown,
    )
