"""A version as the auditor will see it: one section a page, for a plan, with nothing saved."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from forms.audits import COMPLIANCE_CHOICES, GRADE_CHOICES, BoxSpec, Kind, draft_form
from qa_app.domain.answers import QuestionKind
from qa_app.domain.asking import when_words
from qa_app.domain.grades import GRADES, PlanType
from qa_app.domain.permissions import Permission
from qa_app.domain.tools import QuestionContent, SectionContent, ToolContent
from qa_app.security import permission_required
from qa_app.standards import queries
from qa_app.standards.views.room import blueprint
from qa_app.standards.views.tool_places import section_at, version_at

HEADINGS = ("Was it done?", "How well was it done?", "In your own words")


@blueprint.get("/tools/<code>/versions/<int:number>/preview")
@permission_required(Permission.TOOLS_READ)
def tool_preview(code: str, number: int) -> ResponseReturnValue:
    """The first section that is asked for a plan."""
    return _preview(code, number, None)


@blueprint.get("/tools/<code>/versions/<int:number>/preview/<section_code>")
@permission_required(Permission.TOOLS_READ)
def tool_section_preview(code: str, number: int, section_code: str) -> ResponseReturnValue:
    """One section as the auditor will see it."""
    return _preview(code, number, section_code)


def _preview(code: str, number: int, section_code: str | None) -> ResponseReturnValue:
    version = version_at(code, number)
    tool = queries.content_of(version)
    plan = _plan(tool)
    if not tool.sections:
        abort(404)
    sections = [each for each in tool.sections if _is_for(each, plan)]
    first = (sections or tool.sections)[0]
    section = first if section_code is None else section_at(tool, section_code)
    questions = [each for each in section.questions if _is_for(each, plan)]
    form = draft_form([_spec(each) for each in questions] + _judgement(tool, section))()
    return render_template(
        "tools/preview.html",
        version=version,
        tool=tool,
        plan=plan,
        plans=_plans(tool),
        sections=sections,
        section=section,
        groups=_groups(questions),
        when=_when(tool, section, questions),
        boxes=form,
        descriptors=[(grade.words, section.descriptors.get(grade, "")) for grade in GRADES],
    )


def _plans(tool: ToolContent) -> list[PlanType]:
    return [PlanType(each) for each in tool.plan_types] or list(PlanType)


def _plan(tool: ToolContent) -> PlanType:
    """The plan that the address names, else the first that the tool is for."""
    plans = _plans(tool)
    return next((each for each in plans if each.value == request.args.get("plan")), plans[0])


def _is_for(part: SectionContent | QuestionContent, plan: PlanType) -> bool:
    return not part.plan_types or plan.value in part.plan_types


def _spec(question: QuestionContent) -> BoxSpec:
    if question.kind == QuestionKind.TEXT:
        return BoxSpec(question.code, Kind.TEXT, question.wording, question.guidance, rows=3)
    is_quality = question.kind == QuestionKind.QUALITY
    choices = GRADE_CHOICES if is_quality else COMPLIANCE_CHOICES
    return BoxSpec(question.code, Kind.CHOICE, question.wording, question.guidance, choices)


def _judgement(tool: ToolContent, section: SectionContent) -> list[BoxSpec]:
    if not tool.graded:
        return [BoxSpec("evidence", Kind.TEXT, "Notes (optional)", rows=4)]
    grades = [*GRADE_CHOICES, ("not_applicable", "Not applicable to this child")]
    return [
        BoxSpec("evidence", Kind.TEXT, "What is the evidence?", rows=8),
        BoxSpec("impact", Kind.TEXT, "What difference did this make for the child?"),
        BoxSpec("grade", Kind.CHOICE, "Grade for this section", "", grades),
    ]


def _groups(questions: list[QuestionContent]) -> list[tuple[str, list[QuestionContent]]]:
    """Under the headings of the audit's own page: a text that follows an answer stands with it."""
    done = {each.code for each in questions if each.kind == QuestionKind.COMPLIANCE}

    def place(question: QuestionContent) -> int:
        if question.kind == QuestionKind.QUALITY:
            return 1
        follows = question.only_if is not None and question.only_if.question in done
        return 0 if follows or question.code in done else 2

    groups = [
        (heading, [each for each in questions if place(each) == n])
        for n, heading in enumerate(HEADINGS)
    ]
    return [group for group in groups if group[1]]


def _when(
    tool: ToolContent, section: SectionContent, questions: list[QuestionContent]
) -> dict[str, str]:
    """When a part that hangs on an answer is asked, by its code."""
    wordings = {question.code: question.wording for _, _, question in tool.questions()}
    parts: list[SectionContent | QuestionContent] = [section, *questions]
    return {
        part.code: when_words(part.only_if, wordings.get(part.only_if.question, "…"))
        for part in parts
        if part.only_if is not None
    }
