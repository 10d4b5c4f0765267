"""Audits done with other tools than the core one, each of a case that fits it."""

from dataclasses import replace
from typing import Any

from qa_app.accounts.models import Person, PostKind
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.grades import Selection
from qa_app.domain.tools import Condition, QuestionContent, SectionContent
from qa_app.standards.models import ToolVersion
from qa_app.standards.queries import content_of, current_version
from tests.audits.making import AT, DUE, MONTH
from tests.council import Council
from tests.tools import publish_content

NO = Condition("plan.written", ("no", "approved_exception"))
YES = Condition("plan.written", ("yes",))
SMALL = (
    SectionContent(
        code="plan",
        title="Plan",
        limiting="none",
        guidance="Look for the plan.",
        questions=(
            QuestionContent("plan.written", "compliance", "Is there a plan?", standard="4.1"),
            QuestionContent("plan.missing", "text", "What is there instead?", only_if=NO),
            QuestionContent("plan.shared", "compliance", "Was it shared?", only_if=YES),
            QuestionContent(
                "plan.not-shared", "text", "With whom not?",
                only_if=Condition("plan.shared", ("no",)),
            ),
            QuestionContent("plan.else", "text", "What else?", standard="Good sense"),
        ),
    ),
    SectionContent(
        code="used",
        title="Use of the plan",
        limiting="none",
        guidance="Look for what was done.",
        only_if=YES,
        questions=(QuestionContent("used.daily", "compliance", "Is it used?"),),
    ),
)  # fmt: skip
"""Two sections: the second, and three questions of the first, hang on answers."""


def small_tool(**says: Any) -> ToolVersion:
    """A tool of these two sections that says this of itself; a bare check unless told otherwise."""
    bare = {"graded": False, "voices": False, "gates": False, "moderated": False}
    core = content_of(current_version("core"))
    facts = {"code": "small", "name": "Small check", "counts_in_mtm": False, "sections": SMALL}
    return publish_content(replace(core, **facts | bare | says))


def given_with(
    council: Council,
    tool: ToolVersion,
    *,
    case: str = "100001",
    auditor: str = "other_auditor",
    at: Any = AT,
) -> Audit:
    """An audit with this tool, given and not begun."""
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
        tool=tool,
    )
    db.session.flush()
    return audit


def gap_fields(audit: Audit) -> list[str]:
    """What the audit lacks, by field."""
    return [gap.field for gap in Draft(audit).gaps]
