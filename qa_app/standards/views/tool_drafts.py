"""The life of a draft: begun, read from a file, looked over, published, thrown away; retiring."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.tools import NewToolForm, ToolFileForm
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.tools import ToolContent
from qa_app.formatting import count_words
from qa_app.security import permission_required, signed_in_id
from qa_app.standards import queries, services
from qa_app.standards.models import ToolVersion, ToolVersionState
from qa_app.standards.queries.usage import audits_under_way
from qa_app.standards.toolfile import LineFault
from qa_app.standards.toolfile.yamlnodes import LARGEST
from qa_app.standards.views.room import blueprint
from qa_app.standards.views.tool_places import draft_at, place_of, version_at
from qa_app.standards.views.tools import WORDS


@blueprint.route("/tools/new", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def new_tool() -> ResponseReturnValue:
    """Begin a tool that there is none like yet."""
    form = NewToolForm()
    if form.validate_on_submit():
        content = ToolContent(form.code.data, form.name.data, 1, "")
        try:
            with saving():
                services.begin_new(content, by=signed_in_id(), at=now())
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            flash(
                "Draft begun. Say what it is for and what it asks; nobody uses it yet.", "success"
            )
            return redirect(url_for("standards.tool_facts", code=content.code))
    return render_template("tools/new.html", form=form), 422 if form.errors else 200


@blueprint.route("/tools/import", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def import_tool() -> ResponseReturnValue:
    """Read a tool's file into a draft, or say what is wrong with it, line by line."""
    form, faults = ToolFileForm(), list[LineFault]()
    if form.validate_on_submit():
        # One byte more than any tool has: that it is too large is then seen.
        data = form.file.data.read(LARGEST + 1)
        try:
            with saving():
                draft = services.import_file(data, by=signed_in_id(), at=now())
                code = draft.code
        except DomainError as error:
            faults = list(getattr(error, "faults", ()))
            form.refuse(error.message, "file")
        else:
            flash("The file is read into a draft. Look at it, and publish it.", "success")
            return redirect(url_for("standards.tool_draft", code=code))
    page = render_template("tools/import.html", form=form, faults=faults)
    return page, 422 if form.errors else 200


@blueprint.post("/tools/<code>/versions/<int:number>/draft")
@permission_required(Permission.TOOLS_MANAGE)
def begin_tool_draft(code: str, number: int) -> ResponseReturnValue:
    """Begin the next version with what this one says."""
    version = version_at(code, number)
    if not GovForm().validate_on_submit():
        abort(400)
    with saving():
        services.begin_draft(version, by=signed_in_id(), at=now())
    flash(f"Draft begun from version {number}, which stays as it is.", "success")
    return redirect(url_for("standards.tool_draft", code=code))


@blueprint.get("/tools/<code>/draft")
@permission_required(Permission.TOOLS_MANAGE)
def tool_draft(code: str) -> ResponseReturnValue:
    """A draft with its parts, and what is to be done before it can be published."""
    draft = draft_at(code)
    content = queries.content_of(draft)
    return render_template(
        "tools/draft.html",
        version=draft,
        content=content,
        words=WORDS,
        faults=_todo(content),
        published=_published(code),
    )


@blueprint.route("/tools/<code>/draft/publish", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def publish_tool(code: str) -> ResponseReturnValue:
    """Publish the draft, once the page has said what follows from it."""
    draft, form = draft_at(code), GovForm()
    content, published = queries.content_of(draft), _published(code)
    todo = _todo(content)
    if form.validate_on_submit() and not todo:
        number = draft.number
        with saving():
            services.publish(draft, by=signed_in_id(), at=now())
        flash(_published_words(content, published), "success")
        return redirect(url_for("standards.tool_version", code=code, number=number))
    return render_template(
        "tools/publish.html",
        version=draft,
        content=content,
        faults=todo,
        published=published,
        under_way=_under_way(published),
    ), 409 if form.is_submitted() else 200


@blueprint.route("/tools/<code>/draft/discard", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def discard_tool_draft(code: str) -> ResponseReturnValue:
    """Throw the draft away."""
    draft = draft_at(code)
    if GovForm().validate_on_submit():
        with saving():
            services.discard(draft, by=signed_in_id(), at=now())
        flash("The draft is thrown away. Published versions are as they were.", "success")
        return redirect(url_for("standards.tools"))
    return render_template("tools/discard.html", version=draft)


@blueprint.route("/tools/<code>/versions/<int:number>/retire", methods=["GET", "POST"])
@permission_required(Permission.TOOLS_MANAGE)
def retire_tool(code: str, number: int) -> ResponseReturnValue:
    """Retire a published version, so that no more audits are given with it."""
    version = version_at(code, number)
    if version.state is not ToolVersionState.PUBLISHED:
        abort(404)
    if GovForm().validate_on_submit():
        with saving():
            services.retire(version, by=signed_in_id(), at=now())
        flash("Retired. No new audit is given with it; those under way keep it.", "success")
        return redirect(url_for("standards.tool", code=code))
    return render_template("tools/retire.html", version=version, under_way=_under_way(version))


def _todo(content: ToolContent) -> list[tuple[str, str, str]]:
    """What is to be put right before publishing: (place, its address, what to do)."""
    return [(*place_of(content, each), each.message) for each in services.faults_of(content)]


def _published(code: str) -> ToolVersion | None:
    versions = queries.versions_of(code)
    return next((each for each in versions if each.state is ToolVersionState.PUBLISHED), None)


def _under_way(version: ToolVersion | None) -> int:
    return audits_under_way([version.id]).get(version.id, 0) if version else 0


def _published_words(content: ToolContent, older: ToolVersion | None) -> str:
    words = f"{content.name}, version {content.version}, is published. New audits are made with it"
    if older is None:
        return f"{words}."
    under_way = count_words(_under_way(older), "audit")
    return f"{words}; {under_way} under way with version {older.number} go on with that one."
