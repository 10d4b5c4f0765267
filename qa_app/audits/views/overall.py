"""Is the child safe now; then the overall grade, its reasons and its limits (A6, A7, A10)."""

from typing import NamedTuple
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from forms.audits import GRADE_CHOICES, BoxSpec, Kind
from qa_app.accounts import settings
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import boxes_page, save_boxes
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import href_of, page_of, title_of
from qa_app.audits.whole import AT_ONCE
from qa_app.domain.answers import SafeNow
from qa_app.domain.completeness import is_thin
from qa_app.domain.grades import (
    GRADES,
    Grade,
    LimitBroken,
    LimitingRule,
    is_better,
    limits_broken,
)
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required

_WAY = {-1: "above", 1: "below"}
SAFE_CHOICES = [
    (SafeNow.YES.value, "Yes"),
    (SafeNow.NO.value, "No"),
    (SafeNow.CANNOT_TELL.value, "I cannot tell"),
]


class Limits(NamedTuple):
    """The rules that an Outstanding would break, and those of them that the chosen grade does."""

    allowed: list[LimitBroken]
    broken: list[LimitBroken]

    def is_broken(self, limit: LimitBroken) -> bool:
        """Whether the chosen grade breaks this rule, as far as is saved."""
        return limit in self.broken

    def breaking(self, limit: LimitBroken) -> str:
        """The grades that would break it, for the page to follow the choice (spaces between)."""
        return " ".join(grade for grade in GRADES if is_better(grade, limit.cap))


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
    grades = grade_specs(limits, draft.audit.overall_grade)
    return [*safety, *grades] if draft.audit.graded else safety


def grade_specs(limits: Limits, chosen: Grade | None = None) -> list[BoxSpec]:
    """The overall grade, its reasons, and why a limiting rule is set aside (A6, A7).

    Each rule that some grade would break has its box: the page shows those that the choice breaks.
    """
    return [
        BoxSpec("overall.grade", Kind.CHOICE, "Overall grade", "", GRADE_CHOICES),
        BoxSpec("overall.rationale", Kind.TEXT, "Why this grade?",
                "What weighed most, and what it meant for the child.", rows=8),
        BoxSpec("overall.why_not_above", Kind.TEXT, _why_not(chosen, -1), rows=4),
        BoxSpec("overall.why_not_below", Kind.TEXT, _why_not(chosen, 1), rows=4),
        *(override_spec(limit.rule) for limit in limits.allowed),
    ]  # fmt: skip


def _why_not(chosen: Grade | None, step: int) -> str:
    """How it is asked why the grade is not the next one (-1: above, 1: below)."""
    other = neighbour(chosen, step)
    return f"Why not {other.words}?" if other else f"Why not the grade {_WAY[step]}?"


def neighbour(grade: Grade | None, step: int) -> Grade | None:
    """The grade above (-1) or below (1); None where there is none."""
    place = GRADES.index(grade) + step if grade is not None else -1
    return GRADES[place] if 0 <= place < len(GRADES) else None


def override_spec(rule: LimitingRule) -> BoxSpec:
    """The reason why a limiting rule was set aside (A7)."""
    return BoxSpec(f"override.{rule.value}", Kind.TEXT,
                   "Why does your overall grade stand all the same?",
                   "The moderator will see this reason.", rows=3)  # fmt: skip


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
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE, options=AT_ONCE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "overall")
    limits = limits_of(draft)
    also = map(override_spec, LimitingRule) if audit.graded else ()
    page = boxes_page(audit, draft, overall_specs(draft, limits), also)
    if page.sent:
        return save_boxes(page, lambda: after_overall(audit))
    note_access("audit_viewed", audit, audit_id=audit.id)
    below = settings.number("thin_rationale_below")
    rationale = draft.text("overall.rationale")
    return writing_page(
        "audits/overall.html",
        draft,
        "overall",
        status=page.status,
        form=page.form,
        versions=page.shown,
        limits=limits,
        title=title_of(draft, "overall"),
        thin_below=below,
        thin=bool(rationale) and is_thin(rationale, below),
    )
