"""Writing a draft in pages: what the tool says of itself, its sections, its questions."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.toolparts import QuestionForm, SectionForm
from forms.tools import RevisionForm, ToolFactsForm
from qa_app.database import now, saving
from qa_app.domain import tooledits
from qa_app.domain.answers import QuestionKind
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.tools import SectionContent, ToolContent
from qa_app.security import permission_required, signed_in_id
from qa_app.standards import queries, services
from qa_app.standards.models import ToolVersion
from qa_app.standards.views.room import blueprint
from qa_app.standards.views.tool_places import draft_at, question_at, section_at
from qa_app.standards.views.tools import WORDS

SAVED = "Saved in the draft. Nobody uses it before it is published."


@blueprint.route("/tools/<code>/draft/facts", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def tool_facts(code: str) -> ResponseReturnValue:
    """What the tool says of itself (P7)."""
    draft = draft_at(code)
    tool = queries.content_of(draft)
    form = ToolFactsForm(data=ToolFactsForm.shown(tool) | {"revision": draft.revision})
    if form.validate_on_submit() and _saved(form, draft, services.save_facts, form.content()):
        return _to_draft(code)
    return _page("tools/facts.html", form, draft, tool=tool)


@blueprint.route("/tools/<code>/draft/sections/new", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def add_tool_section(code: str) -> ResponseReturnValue:
    """Add a section at the end."""
    draft = draft_at(code)
    tool = queries.content_of(draft)
    form = _section_form(tool, {"revision": draft.revision}, None)
    if form.validate_on_submit() and _saved(
        form, draft, services.save_section, form.content(), old=None
    ):
        return _to_draft(code)
    return _page("tools/section.html", form, draft, tool=tool, section=None)


@blueprint.route("/tools/<code>/draft/sections/<section_code>", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def tool_section(code: str, section_code: str) -> ResponseReturnValue:
    """One section of a draft: its own texts, and its questions in order."""
    draft = draft_at(code)
    tool = queries.content_of(draft)
    section = section_at(tool, section_code)
    form = _section_form(tool, SectionForm.shown(section) | {"revision": draft.revision}, section)
    if form.validate_on_submit() and _saved(
        form, draft, services.save_section, form.content(), old=section_code
    ):
        return _to_draft(code)
    return _page("tools/section.html", form, draft, tool=tool, section=section)


@blueprint.route(
    "/tools/<code>/draft/sections/<section_code>/questions/new", methods=["GET", "POST"]
)
@permission_required(Permission.TOOLS_MANAGE)
def add_tool_question(code: str, section_code: str) -> ResponseReturnValue:
    """Add a question at the end of a section."""
    return _question(code, section_code, None)


@blueprint.route(
    "/tools/<code>/draft/sections/<section_code>/questions/<question_code>",
    methods=["GET", "POST"],
)
@permission_required(Permission.TOOLS_MANAGE)
def tool_question(code: str, section_code: str, question_code: str) -> ResponseReturnValue:
    """One question of a draft."""
    return _question(code, section_code, question_code)


def _question(code: str, section_code: str, question_code: str | None) -> ResponseReturnValue:
    draft = draft_at(code)
    tool = queries.content_of(draft)
    section = section_at(tool, section_code)
    question = question_at(section, question_code) if question_code else None
    shown = QuestionForm.shown(question) if question else {}
    form = _question_form(tool, section, question_code, shown | {"revision": draft.revision})
    if form.validate_on_submit():
        entered = form.content(section_code)
        if _saved(form, draft, services.save_question, section_code, entered, old=question_code):
            return redirect(url_for("standards.tool_section", code=code, section_code=section_code))
    return _page("tools/question.html", form, draft, tool=tool, section=section, question=question)


@blueprint.post("/tools/<code>/draft/sections/<section_code>/<any(up, down):way>")
@permission_required(Permission.TOOLS_MANAGE)
def move_tool_section(code: str, section_code: str, way: str) -> ResponseReturnValue:
    """Move a section one place."""
    _move(draft_at(code), section_code, None, way)
    return redirect(url_for("standards.tool_draft", code=code))


@blueprint.post(
    "/tools/<code>/draft/sections/<section_code>/questions/<question_code>/<any(up, down):way>"
)
@permission_required(Permission.TOOLS_MANAGE)
def move_tool_question(
    code: str, section_code: str, question_code: str, way: str
) -> ResponseReturnValue:
    """Move a question one place within its section."""
    _move(draft_at(code), section_code, question_code, way)
    return redirect(url_for("standards.tool_section", code=code, section_code=section_code))


def _move(draft: ToolVersion, section_code: str, question_code: str | None, way: str) -> None:
    revision = _revision_sent()
    place: dict[str, Any] = {"revision": revision, "by": signed_in_id(), "at": now()}
    with saving():
        services.move(draft, section_code, question_code, up=way == "up", **place)
    flash(f"Moved {way}: {question_code or section_code}.", "success")


def _revision_sent() -> int:
    """The revision of the draft that the page with the button showed."""
    form = RevisionForm()
    if not form.validate_on_submit():
        abort(400)
    return form.shown_revision


@blueprint.route("/tools/<code>/draft/sections/<section_code>/remove", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def remove_tool_section(code: str, section_code: str) -> ResponseReturnValue:
    """Take a section out with its questions."""
    return _remove(code, section_code, None)


@blueprint.route(
    "/tools/<code>/draft/sections/<section_code>/questions/<question_code>/remove",
    methods=["GET", "POST"],
)
@permission_required(Permission.TOOLS_MANAGE)
def remove_tool_question(code: str, section_code: str, question_code: str) -> ResponseReturnValue:
    """Take a question out."""
    return _remove(code, section_code, question_code)


def _remove(code: str, section_code: str, question_code: str | None) -> ResponseReturnValue:
    draft = draft_at(code)
    tool = queries.content_of(draft)
    section = section_at(tool, section_code)
    question = question_at(section, question_code) if question_code else None
    gone = [question] if question else list(section.questions)
    if request.method == "GET":
        return render_template(
            "tools/remove.html",
            version=draft,
            section=section,
            question=question,
            hanging=tooledits.hanging_on(tool, [each.code for each in gone]),
        )
    revision = _revision_sent()
    with saving():
        services.remove(
            draft, section_code, question_code, revision=revision, by=signed_in_id(), at=now()
        )
    flash(f"Taken out of the draft: {question_code or section.title}.", "success")
    if question is None:
        return _to_draft(code)
    return redirect(url_for("standards.tool_section", code=code, section_code=section_code))


def _saved(
    form: RevisionForm, draft: ToolVersion, save: Callable[..., None], *parts: Any, **place: Any
) -> bool:
    """Whether it was saved; else the form says why not, and keeps what was typed."""
    code = draft.code
    try:
        with saving():
            save(draft, *parts, revision=form.shown_revision, by=signed_in_id(), at=now(), **place)
    except services.ChangedMeanwhile as error:
        form.refuse(error.message)
        # Told once, saving again is meant.
        form.revision.data = str(draft_at(code).revision)
        return False
    except DomainError as error:
        form.refuse(error.message, error.field)
        return False
    flash(SAVED, "success")
    return True


def _to_draft(code: str) -> ResponseReturnValue:
    return redirect(url_for("standards.tool_draft", code=code))


def _page(
    template: str, form: RevisionForm, draft: ToolVersion, **more: Any
) -> ResponseReturnValue:
    page = render_template(template, form=form, version=draft, words=WORDS, **more)
    return page, 422 if form.errors else 200


def _section_form(
    tool: ToolContent, shown: dict[str, Any], section: SectionContent | None
) -> SectionForm:
    form = SectionForm(data=shown)
    form.only_if_question.choices = _earlier(tool, section, None)
    if not tool.graded:
        form.for_ungraded()
    return form


def _question_form(
    tool: ToolContent, section: SectionContent, question_code: str | None, shown: dict[str, Any]
) -> QuestionForm:
    form = QuestionForm(data=shown)
    form.code.description = f"Small letters and hyphens. It follows the section’s: {section.code}."
    form.only_if_question.choices = _earlier(tool, section, question_code or "")
    form.standard.choices = [
        (number, f"{number} {title}") for number, title in _standards(shown.get("standard", ""))
    ]
    if not tool.graded:
        form.kind.choices = [each for each in form.kind.choices if each[0] != QuestionKind.QUALITY]
    return form


def _standards(kept: str) -> list[tuple[str, str]]:
    """The library in its order; a number that it does not hold stays until it is changed."""
    titles = queries.standard_titles()
    if kept:
        titles.setdefault(kept, "(not in the library)")
    return sorted(titles.items(), key=lambda each: _sort_key(each[0]))


def _sort_key(number: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in number.split("."))


def _earlier(
    tool: ToolContent, section: SectionContent | None, question_code: str | None
) -> list[tuple[str, str]]:
    """The compliance questions asked before a section (None: a new one, at the end), or before a
    question of it (empty: a new one, at its end)."""
    place = len(tool.sections) if section is None else tool.sections.index(section)
    before = [question for each in tool.sections[:place] for question in each.questions]
    if section is not None and question_code is not None:
        codes = [each.code for each in section.questions]
        before += section.questions[: codes.index(question_code) if question_code else None]
    return [
        (each.code, f"{each.code}: {each.wording}")
        for each in before
        if each.kind == QuestionKind.COMPLIANCE
    ]
