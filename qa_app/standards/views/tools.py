"""Reading audit tools: the list, a tool's versions, one version, two side by side, its file."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.domain.permissions import Permission
from qa_app.domain.toolcompare import CHANGE_WORDS, differences
from qa_app.domain.tools import (
    KIND_WORDS,
    LIMITING_WORDS,
    condition_words,
    plans_words,
    says_of_itself,
)
from qa_app.security import permission_required
from qa_app.standards import queries
from qa_app.standards.models import ToolVersion, ToolVersionState
from qa_app.standards.queries.usage import audits_under_way
from qa_app.standards.toolfile import write_tool
from qa_app.standards.views.room import blueprint
from qa_app.standards.views.tool_places import may_see, version_at, versions_at

WORDS = {
    "kind": KIND_WORDS,
    "limiting": LIMITING_WORDS,
    "condition": condition_words,
    "plans": plans_words,
}
"""What a template needs to say a tool in words."""


class Listed(NamedTuple):
    """A tool in the list: the version that stands for it, its draft, and what it says of itself."""

    shown: ToolVersion
    draft: ToolVersion | None
    says: list[tuple[str, str]]


@blueprint.get("/tools")
@permission_required(Permission.TOOLS_READ)
def tools() -> ResponseReturnValue:
    """Every tool with what it says of itself (P7)."""
    found = [
        _listed(list(versions))
        for _, versions in groupby(queries.all_versions(), lambda each: each.code)
    ]
    listed = sorted((each for each in found if each), key=lambda each: each.shown.name.casefold())
    return render_template("tools/index.html", tools=listed, states=ToolVersionState)


def _listed(versions: Sequence[ToolVersion]) -> Listed | None:
    """The published version stands for its tool, else the newest that may be seen."""
    seen = [each for each in versions if may_see(each)]
    if not seen:
        return None
    by_state = {each.state: each for each in reversed(seen)}
    shown = by_state.get(ToolVersionState.PUBLISHED, seen[0])
    return Listed(shown, by_state.get(ToolVersionState.DRAFT), says_of_itself(shown))


@blueprint.get("/tools/<code>")
@permission_required(Permission.TOOLS_READ)
def tool(code: str) -> ResponseReturnValue:
    """A tool's versions, newest first, each with how many audits are under way with it."""
    versions = versions_at(code)
    return render_template(
        "tools/tool.html",
        tool=versions[0],
        versions=versions,
        draft=next((each for each in versions if each.state is ToolVersionState.DRAFT), None),
        under_way=audits_under_way([each.id for each in versions]),
    )


@blueprint.get("/tools/<code>/versions/<int:number>")
@permission_required(Permission.TOOLS_READ)
def tool_version(code: str, number: int) -> ResponseReturnValue:
    """One version as it is: its sections, questions, descriptors and standards."""
    version = version_at(code, number)
    events = history.timeline(subject_id=version.id)
    return render_template(
        "tools/version.html",
        version=version,
        content=queries.content_of(version),
        says=says_of_itself(version),
        words=WORDS,
        events=events,
        who=names({each.actor_id for each in events}),
        standards=queries.standard_titles(),
    )


@blueprint.get("/tools/<code>/versions/<int:number>/file")
@permission_required(Permission.TOOLS_READ)
def tool_file(code: str, number: int) -> ResponseReturnValue:
    """A version as its file (YAML)."""
    version = version_at(code, number)
    name = f"{version.code}-version-{version.number}.yaml"
    return Response(
        write_tool(queries.content_of(version)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/tools/<code>/compare")
@permission_required(Permission.TOOLS_READ)
def compare_tools(code: str) -> ResponseReturnValue:
    """Two versions side by side: what was added, taken out and changed."""
    versions = versions_at(code)
    new = _chosen(versions, "new", versions[0])
    old = _chosen(versions, "old", versions[min(1, len(versions) - 1)])
    found = differences(queries.content_of(old), queries.content_of(new))
    return render_template(
        "tools/compare.html",
        tool=versions[0],
        versions=versions,
        old=old,
        new=new,
        differences=found,
        change_words=CHANGE_WORDS,
    )


def _chosen(versions: list[ToolVersion], name: str, unless: ToolVersion) -> ToolVersion:
    """The version whose number the address holds under this name."""
    number = request.args.get(name)
    return next((each for each in versions if str(each.number) == number), unless)
