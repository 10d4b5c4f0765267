"""A version as a file, drawn from the stored document: in full, or its public form (R3, R5)."""

from typing import Final
from uuid import UUID

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from qa_app.domain.permissions import Permission
from qa_app.reports.figures import Figures
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import contents_of, figures_in, public_contents_of
from qa_app.reports.render import LAYOUTS, write
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of
from qa_app.reports.views.beside import document_as
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
    document = document_as(version, public=public)
    more = {"period": version.report.period, "hash": version.hash, "version": version.number}
    content = write(document, _figures(version, public=public), layout.ending, more=more)
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


def _figures(version: ReportVersion, *, public: bool) -> Figures:
    """The figures that were stored; of a draft, as they are now."""
    stored = version.public_figures if public else version.figures
    if stored is not None:
        return figures_in(stored)
    full = contents_of(version, facts_of(cut_of(version)))
    return public_contents_of(version, full).figures if public else full.figures
