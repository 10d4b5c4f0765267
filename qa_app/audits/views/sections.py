"""One section a page: what it asks, saved as it is answered (A2, A3)."""

from uuid import UUID

from flask import abort, flash, request
from flask.typing import ResponseReturnValue

from forms.audits import GRADE_CHOICES, BoxSpec, Kind
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.comments import comments_on_page
from qa_app.audits.queries.earlier import earlier_of
from qa_app.audits.services.fields import NOT_APPLICABLE
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import BoxesPage, boxes_page, save_boxes
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import writable
from qa_app.audits.views.pickup import PickUp, pick_up
from qa_app.audits.views.questions import question_groups, question_spec
from qa_app.audits.views.way import after_section
from qa_app.audits.whole import AT_ONCE, WholeDraft
from qa_app.domain.grades import GRADES
from qa_app.domain.permissions import Permission
from qa_app.security import actor, fetch, note_access, permission_required
from qa_app.standards.models import Section


def section_specs(draft: Draft, section: Section) -> list[BoxSpec]:
    """The boxes of a section's page, in order."""
    questions = [question_spec(each) for each in draft.questions_on_page(section)]
    return [*questions, *(_judgement(section) if draft.audit.graded else _notes(section))]


def _notes(section: Section) -> list[BoxSpec]:
    """Where no grade is given (P7) there is nothing to give evidence for."""
    return [
        BoxSpec(
            f"{section.code}.evidence",
            Kind.TEXT,
            "Notes (optional)",
            "What a reader needs beside the answers. Initials or roles, no names of children or "
            "family.",
            rows=4,
        )
    ]


def _judgement(section: Section) -> list[BoxSpec]:
    code = section.code
    grades = [*GRADE_CHOICES, (NOT_APPLICABLE, "Not applicable to this child")]
    return [
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
    """A section: compliance questions, quality questions, evidence, impact, grade, findings."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE, options=AT_ONCE)
    draft = WholeDraft(audit)
    # A page that was opened while the section was asked may still be saved (A8).
    found = draft.section(code, unasked=request.method == "POST") or abort(404)
    if (closed := writable(audit)) is not None:
        return closed
    also = (question_spec(each) for each in draft.possible_questions(found))
    page = boxes_page(audit, draft.read_everything(), section_specs(draft, found), also)
    picked = pick_up(draft, found)
    if page.sent and picked.may_save():
        return save_boxes(page, lambda: _onward(picked), picked.save)
    if found not in draft.sections:
        abort(404)
    return _shown(page, picked)


def _onward(picked: PickUp) -> str:
    if picked.said:
        flash(picked.said, "success")
    # A draft of its own: what was just answered may ask for other sections.
    return picked.onward() or after_section(Draft(picked.draft.audit), picked.section)


def _shown(page: BoxesPage, picked: PickUp) -> ResponseReturnValue:
    audit, draft, found = page.audit, picked.draft, picked.section
    note_access("audit_viewed", audit, audit_id=audit.id)
    return writing_page(
        "audits/section.html",
        draft,
        f"section:{found.code}",
        status=400 if picked.form.errors else page.status,
        section=found,
        place=draft.sections.index(found) + 1,
        count=len(draft.sections),
        descriptors=[(grade.words, found.descriptor(grade)) for grade in GRADES],
        groups=question_groups(draft, found),
        form=page.form if page.form.errors else picked.form,
        boxes=page.form,
        versions=page.shown,
        picked=picked,
        earlier=earlier_of(audit, actor()),
        comments=comments_on_page(draft, found.code),
    )
