"""Is the child safe now; then the overall grade, its reasons and its limits (A6, A7, A10)."""

from typing import NamedTuple
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from forms.audits import GRADE_CHOICES, BoxSpec, Kind
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import boxes_page, save_boxes
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import href_of, page_of, title_of
from qa_app.domain.answers import SafeNow
from qa_app.domain.grades import Grade, LimitBroken, limits_broken
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required

SAFE_CHOICES = [
    (SafeNow.YES.value, "Yes"),
    (SafeNow.NO.value, "No"),
    (SafeNow.CANNOT_TELL.value, "I cannot tell"),
]


class Limits(NamedTuple):
    """What the section grades allow, and which rules the chosen grade breaks."""

    allowed: list[LimitBroken]
    broken: list[LimitBroken]


def limits_of(draft: Draft) -> Limits:
    """The limiting rules as they stand for this draft (A7)."""
    overall = draft.audit.overall_grade
    allowed = limits_broken(Grade.OUTSTANDING, draft.section_grades)
    return Limits(
        allowed, limits_broken(overall, draft.section_grades) if overall is not None else []
    )


def overall_specs(draft: Draft, limits: Limits) -> list[BoxSpec]:
    """Safety first, then the grade where the tool is graded (P7)."""
    safety = [
        BoxSpec("safe.now", Kind.CHOICE, "Is this child safe now?", "", SAFE_CHOICES),
        BoxSpec("safe.how_known", Kind.TEXT, "How is that known?",
                "Who saw the child, when, and what else tells you.", rows=3),
    ]  # fmt: skip
    return [*safety, *grade_specs(limits)] if draft.audit.graded else safety


def grade_specs(limits: Limits) -> list[BoxSpec]:
    """The overall grade, its reasons, and why a limiting rule was set aside (A6, A7)."""
    return [
        BoxSpec("overall.grade", Kind.CHOICE, "Overall grade", "", GRADE_CHOICES),
        BoxSpec("overall.rationale", Kind.TEXT, "Why this grade?",
                "What weighed most, and what it meant for the child.", rows=8),
        BoxSpec("overall.why_not_above", Kind.TEXT, "Why not the grade above?",
                "Not needed for Outstanding.", rows=4),
        BoxSpec("overall.why_not_below", Kind.TEXT, "Why not the grade below?",
                "Not needed for Inadequate.", rows=4),
        *(
            BoxSpec(f"override.{limit.rule.value}", Kind.TEXT,
                    "Why does your overall grade stand all the same?",
                    "The moderator will see this reason.", rows=3)
            for limit in limits.broken
        ),
    ]  # fmt: skip


def after_overall(audit: Audit) -> str:
    """The page that follows: the concern that the answer asks for, the limit to explain, or the
    review."""
    for page in ("concern", "overall"):
        for gap in Draft(audit).gaps:
            if page_of(gap) == page and (page == "concern" or gap.field.startswith("override.")):
                return href_of(audit, gap)
    return url_for("audits.review", audit_id=audit.id)


@blueprint.route("/<uuid:audit_id>/overall", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def overall(audit_id: UUID) -> ResponseReturnValue:
    """The overall judgement. A limiting rule that it breaks is explained before the review."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "overall")
    limits = limits_of(draft)
    page = boxes_page(audit, draft, overall_specs(draft, limits))
    if page.sent:
        return save_boxes(page, lambda: after_overall(audit))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/overall.html",
        audit,
        status=page.status,
        form=page.form,
        versions=page.shown,
        limits=limits,
        title=title_of(draft, "overall"),
    )
