"""Q-6 by quarter, and the pairs behind each figure (R2)."""

from datetime import timedelta
from typing import Final

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms.quarters import QuartersForm
from qa_app.accounts import settings
from qa_app.database import now
from qa_app.domain.calendar import Quarter, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.reaudits import REGRESSION_TO_THE_MEAN, Movement
from qa_app.reports.queries.reaudits import LONGEST, moved_by_quarter, pairs_behind, quarters
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, note_access, permission_required

_SHOWN: Final = 4


def _offered(last: Quarter) -> list[Quarter]:
    """The newest quarters, the newest first."""
    found = [last]
    while len(found) < LONGEST:
        found.append(Quarter.of(found[-1].first - timedelta(days=1)))
    return found


def _form(offered: list[Quarter]) -> QuartersForm:
    usual = {"from": str(offered[_SHOWN - 1]), "to": str(offered[0])}
    given = {name: request.args[name] for name in usual if request.args.get(name)}
    form = QuartersForm(MultiDict(usual | given))
    form.first.choices = form.last.choices = [
        (str(each), f"{each} ({each.words})") for each in offered
    ]
    return form


@blueprint.route("/measures/re-audits")
@permission_required(Permission.MEASURES_READ)
def re_audits() -> ResponseReturnValue:
    """How many pairs moved up, stayed the same or moved down, of re-audits finalised in each
    quarter."""
    at = now()
    form = _form(_offered(Quarter.of(london_date(at))))
    rows = None
    if form.validate():
        try:
            first, last = (Quarter.parse(str(each.data)) for each in (form.first, form.last))
            rows = moved_by_quarter(quarters(first, last, at))
        except DomainError as error:
            form.refuse(error.message, "first")
    note_access("figures_viewed", None, months=f"{form.first.data} to {form.last.data}")
    page = render_template(
        "reports/re_audits.html",
        form=form,
        rows=rows,
        movements=list(Movement),
        fewest=settings.number("too_few_to_say_below"),
        regression=REGRESSION_TO_THE_MEAN,
        at=at,
    )
    return page, 200 if rows is not None else 400


@blueprint.route("/measures/re-audits/pairs")
@permission_required(Permission.MEASURES_READ)
def pairs() -> ResponseReturnValue:
    """The pairs of one figure, as far as this person may read both audits."""
    try:
        quarter = Quarter.parse(request.args.get("quarter", ""))
    except DomainError:
        abort(404)
    asked = request.args.get("moved", "")
    if asked and asked not in set(Movement):
        abort(404)
    movement = Movement(asked) if asked else None
    found = pairs_behind(quarter, movement, actor())
    note_access("audits_listed", None, count=len(found.rows), figure=f"Q-6 {quarter}")
    return render_template(
        "reports/re_audit_pairs.html", found=found, quarter=quarter, movement=movement
    )
