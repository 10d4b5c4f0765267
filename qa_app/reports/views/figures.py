"""The measures as a page, a chart and downloads."""

from collections.abc import Callable
from typing import Final

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.measures import MEASURES
from qa_app.domain.permissions import Permission
from qa_app.reports import charts, exports, services
from qa_app.reports.measureset import MeasureSet
from qa_app.reports.views import tables
from qa_app.reports.views.asking import asked_in, question_in
from qa_app.reports.views.room import blueprint
from qa_app.security import note_access, permission_required


def _csv_file(found: MeasureSet) -> bytes:
    # With its mark a spreadsheet reads the file as UTF-8, and a dash stays a dash.
    return exports.csv_text(found.figures).encode("utf-8-sig")


_FILES: Final[dict[str, tuple[str, Callable[[MeasureSet], bytes]]]] = {
    "csv": ("text/csv", _csv_file),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        exports.xlsx_bytes,
    ),
}


@blueprint.route("/measures")
@permission_required(Permission.MEASURES_READ)
def measures() -> ResponseReturnValue:
    """MTM-1 to MTM-4 for a range of months."""
    question = question_in(request.args, now())
    if question.asked is None:
        return render_template("reports/refused.html", form=question.form, question=question)
    found = services.answer(question.asked)
    note_access("figures_viewed", None, months=found.months_words)
    return render_template(
        "reports/measures.html",
        form=question.form,
        question=question,
        found=found,
        columns=tables.columns(found),
        tables=[(measure, tables.rows(found, measure, question)) for measure in MEASURES],
        beside={measure: tables.beside(found, measure, question) for measure in MEASURES},
        chart_words=charts.grades_description(found),
    )


@blueprint.route("/measures/grades.svg")
@permission_required(Permission.MEASURES_READ)
def chart() -> ResponseReturnValue:
    """The stacked bars of grades by month."""
    _, asked = asked_in(request.args, now())
    svg = charts.grades_svg(services.answer(asked))
    return Response(svg, mimetype="image/svg+xml")


@blueprint.route("/measures/download")
@permission_required(Permission.MEASURES_READ)
def download() -> ResponseReturnValue:
    """The same figures as a file; each download is put in the history."""
    layout = request.args.get("format", "")
    if layout not in _FILES:
        abort(404)
    _, asked = asked_in(request.args, now())
    found = services.answer(asked)
    mimetype, make = _FILES[layout]
    note_access("figures_exported", None, months=found.months_words, format=layout.upper())
    name = f"measures-{asked.first}-to-{asked.last}.{layout}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(make(found), mimetype=mimetype, headers=headers)
