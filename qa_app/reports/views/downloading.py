"""A version as a file: as it was drawn when it was published, in full or in public (R3, R5)."""

from typing import Final
from uuid import UUID

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import Standing
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries.versions import standing_of
from qa_app.reports.render import LAYOUTS
from qa_app.reports.render.turns import one_at_a_time
from qa_app.reports.services import files
from qa_app.reports.views.beside import shown_as
from qa_app.reports.views.drafts import version_at
from qa_app.reports.views.room import blueprint
from qa_app.reports.views.versions import in_public
from qa_app.security import note_access, permission_required

_KEPT: Final = "application/octet-stream"


@blueprint.get("/versions/<uuid:version_id>/download")
@permission_required(Permission.REPORT_READ)
def download_version(version_id: UUID) -> ResponseReturnValue:
    """The version in one layout; each download is put in the history."""
    version, public = version_at(version_id), in_public()
    layout = LAYOUTS.get(request.args.get("format", ""))
    if layout is None:
        abort(404)
    content = _content(version, layout.ending, public=public)
    which = "public" if public else "full"
    note_access(
        "report_exported", version, number=version.number, format=f"{layout.words} ({which})"
    )
    period = version.report.period.replace("/", "-")
    name = f"{version.report.kind}-{period}-v{version.number}-{which}.{layout.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # A page with styles of its own is for keeping: never drawn as one of ours.
    mimetype = _KEPT if layout.ending == "html" else layout.mimetype
    return Response(content, mimetype=mimetype, headers=headers)


def _content(version: ReportVersion, layout: str, *, public: bool) -> bytes:
    """As it was drawn at publication, unless its cover says by now what became of it."""
    stands = standing_of(version) is Standing.CURRENT
    kept = files.kept(version, layout, public=public) if stands else None
    if kept is not None:
        return kept
    with one_at_a_time():
        document, figures = shown_as(version, public=public)
        return files.draw(version, document, figures, layout)
