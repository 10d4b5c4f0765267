"""A version as a page, what it changed, and who has read it (R2, R3)."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportState, Standing
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries.readers import readers_of
from qa_app.reports.queries.versions import latest_published, standing_of, version_numbered
from qa_app.reports.render import LAYOUTS, picture_uri
from qa_app.reports.views.beside import document_as
from qa_app.reports.views.drafts import version_at
from qa_app.reports.views.opening import opener
from qa_app.reports.views.room import blueprint
from qa_app.security import can, note_access, permission_required


def in_public() -> bool:
    """Whether the public form is shown: to everybody who may not read in full, whatever the address
    asks, and to the others where they ask for it (I2, R5)."""
    return request.args.get("form") == "public" or not can(Permission.REPORT_READ_IN_FULL)


@blueprint.get("/versions/<uuid:version_id>")
@permission_required(Permission.REPORT_READ)
def version(version_id: UUID) -> ResponseReturnValue:
    """A version, in full or as its public form."""
    found, public = version_at(version_id), in_public()
    stands = standing_of(found)
    latest = latest_published(found.report_id)
    note_access("report_viewed", found, number=found.number)
    return render_template(
        "reports/version.html",
        version=found,
        document=document_as(found, public=public),
        opens=opener(found, public=public),
        picture_for=picture_uri,
        public=public,
        standing=stands,
        Standing=Standing,
        current=_current(found, latest) if stands is not Standing.IN_WORK else None,
        newest=found.number == latest,
        checked=found.state is ReportState.CHECKED,
        files=_files(found, public=public),
    )


def _files(found: ReportVersion, *, public: bool) -> list[tuple[str, str]]:
    form = "public" if public else None
    return [
        (each.words, url_for("reports.download_version", version_id=found.id, format=e, form=form))
        for e, each in LAYOUTS.items()
    ]


def _current(found: ReportVersion, latest: int | None) -> ReportVersion | None:
    """The version that stands in place of one that is superseded."""
    if latest is None or latest == found.number:
        return None
    return version_numbered(found.report_id, latest)


@blueprint.get("/versions/<uuid:version_id>/changes")
@permission_required(Permission.REPORT_READ)
def erratum(version_id: UUID) -> ResponseReturnValue:
    """Why there is this version and what it changed, old → new (R3)."""
    found, public = version_at(version_id), in_public()
    note_access("report_viewed", found, number=found.number)
    return render_template(
        "reports/erratum.html",
        version=found,
        changes=found.public_erratum if public else found.erratum,
        before=version_numbered(found.report_id, found.number - 1),
        public=public,
    )


@blueprint.get("/versions/<uuid:version_id>/readers")
@permission_required(Permission.REPORT_READ_IN_FULL)
def readers(version_id: UUID) -> ResponseReturnValue:
    """Who has read the version, and what has happened to it."""
    found = version_at(version_id)
    events = history.timeline(subject_id=found.id)
    return render_template(
        "reports/readers.html",
        version=found,
        readers=readers_of(found.id),
        events=events,
        who=names({each.actor_id for each in events}),
    )
