"""How far auditors' and final grades agree, for who may see it, and the audits behind (M9)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms.agreement import AgreementForm, AgreementSplitForm
from qa_app.accounts import settings
from qa_app.database import now
from qa_app.domain.agreement import Agreement
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.moderation.models import ModerationMode
from qa_app.moderation.queries.agreement import (
    By,
    Counts,
    PairsAsked,
    agreement_from,
    pairs_counted_by,
)
from qa_app.moderation.queries.learning import before_seeing
from qa_app.moderation.queries.overtime import over_time, period_words
from qa_app.moderation.queries.pairs import audits_of_pairs, services_seen, splits_seen
from qa_app.moderation.views import agreement_words as words
from qa_app.moderation.views.room import blueprint
from qa_app.security import actor, note_access, permission_required, signed_in_id

_MONTHS_SHOWN: Final = 12
# "from" cannot name a field in Python.
_FIELDS: Final = {"from": "first", "to": "last"}
_CELL: Final = ("auditor_grade", "final_grade")
_NOTHING: Final[dict[str, Any]] = {"found": None}


@blueprint.route("/moderation/agreement")
@permission_required(Permission.MEASURES_READ)
def agreement() -> ResponseReturnValue:
    """Agreement in the services that the reader answers for, split as they choose."""
    at, services = now(), services_seen(actor())
    form = AgreementSplitForm(_given(at, "by"))
    form.by.choices = [(by.value, by.value.capitalize()) for by in splits_seen(actor())]
    asked = _asked(form, at, services=services) if form.validate() else None
    shown = _NOTHING
    if asked is not None:
        shown = _shown(asked, By(str(form.by.data)), "moderation.agreement_audits")
    return render_template(
        "moderation/agreement.html", form=form, all_services=services is None, **shown
    )


@blueprint.route("/moderation/agreement/mine")
@permission_required(Permission.AUDITS_LIST)
def my_agreement() -> ResponseReturnValue:
    """The same for the reader's own audits, by section."""
    at = now()
    form = AgreementForm(_given(at))
    asked = _asked(form, at, auditor_id=signed_in_id()) if form.validate() else None
    shown = _shown(asked, By.SECTION, "moderation.my_agreement_audits") if asked else _NOTHING
    return render_template("moderation/agreement_mine.html", form=form, **shown)


@blueprint.route("/moderation/agreement/audits")
@permission_required(Permission.MEASURES_READ)
def agreement_audits() -> ResponseReturnValue:
    """The audits behind one cell of the table of grades."""
    return _audits("moderation.agreement", services=services_seen(actor()))


@blueprint.route("/moderation/agreement/mine/audits")
@permission_required(Permission.AUDITS_LIST)
def my_agreement_audits() -> ResponseReturnValue:
    """The same of the reader's own audits."""
    return _audits("moderation.my_agreement", auditor_id=signed_in_id())


def _given(at: datetime, *more: str) -> MultiDict[str, str]:
    """What the address asks: the last twelve months that are over unless it says others."""
    last = Month.of(london_date(at)).previous()
    first = Month.of(add_months(last.first, 1 - _MONTHS_SHOWN))
    values = {"from": str(first), "to": str(last), "by": By.SERVICE.value}
    names = ("from", "to", *more)
    return MultiDict({name: request.args.get(name) or values[name] for name in names})


def _asked(form: AgreementForm, at: datetime, **whose: Any) -> PairsAsked | None:
    """What the form asks for; None where it makes no sense, which the form then says."""
    try:
        first, last = _month(form.first), _month(form.last)
        return PairsAsked(first, last, at, **whose)
    except DomainError as error:
        form.refuse(error.message, _FIELDS.get(error.field or "", error.field))
        return None


def _month(field: Any) -> Month:
    try:
        return Month.parse(field.data)
    except DomainError as error:
        raise DomainError(error.message, field.name) from error


def _shown(asked: PairsAsked, by: By, behind: str) -> dict[str, Any]:
    """What the page shows of the pairs asked for; notes that they were looked at."""
    modes = {group.key: group.counts for group in pairs_counted_by(asked, By.MODE)}
    counts = _total(modes.values())
    found = agreement_from(counts, asked.at)
    period = period_words(asked)
    note_access("figures_viewed", None, months=period)
    split = pairs_counted_by(asked, by)
    return {
        "found": found,
        "period": period,
        "as_at": date_words(london_date(asked.at)),
        "fewest": settings.number("agreement_shown_from", london_date(asked.at)),
        "too_few": words.too_few(found.n),
        "figures": words.figures(found) if found.exact is not None else [],
        "modes": words.group_rows(_apart(asked, modes)),
        "by": by.value,
        "split": words.group_rows((each.name, each.agreement(asked.at)) for each in split),
        "columns_of": words.group_columns,
        "confusion": words.confusion_rows(counts, partial(_cell_address, asked, behind)),
        "confusion_columns": words.confusion_columns(),
        "chart": url_for("reports.agreement_chart", **_months(asked)) if by is By.MONTH else None,
        "chart_words": over_time(asked).words if by is By.MONTH else "",
    }


def _apart(asked: PairsAsked, modes: Mapping[str, Counts]) -> list[tuple[str, Agreement]]:
    """Blind and sighted moderations apart, and what blind ones graded before they saw (M3)."""
    apart = [
        (mode.value.capitalize(), agreement_from(modes.get(mode.value, _total(())), asked.at))
        for mode in reversed(ModerationMode)
    ]
    first_grades = agreement_from(before_seeing(asked), asked.at)
    return [*apart, ("Blind, against the moderator’s first grade", first_grades)]


def _total(tables: Iterable[Counts]) -> Counts:
    """The sum of tables, all of it 0 for none."""
    size = range(len(Grade))
    every = list(tables)
    return [[sum(table[row][column] for table in every) for column in size] for row in size]


def _months(asked: PairsAsked) -> dict[str, Any]:
    return {"from": str(asked.first), "to": str(asked.last)}


def _cell_address(
    asked: PairsAsked, endpoint: str, auditor: Grade | None, final: Grade | None
) -> str:
    given = zip(_CELL, (auditor, final), strict=True)
    grades = {name: grade.value for name, grade in given if grade}
    return url_for(endpoint, **(_months(asked) | grades))


def _audits(back: str, **whose: Any) -> ResponseReturnValue:
    """The list behind a cell, for those whose pairs these are. 404 for an address of no cell."""
    at = now()
    form = AgreementForm(_given(at))
    asked = _asked(form, at, **whose) if form.validate() else None
    if asked is None:
        abort(404)
    auditor, final = (_grade(request.args, name) for name in _CELL)
    after = request.args.get("after", type=UUID)
    found = audits_of_pairs(asked, (auditor, final), actor(), after)
    note_access("audits_listed", None, count=found.visible, figure=f"M9 {period_words(asked)}")
    following = None
    if found.next_after is not None:
        address = _cell_address(asked, request.endpoint or "", auditor, final)
        following = f"{address}&after={found.next_after}"
    return render_template(
        "moderation/agreement_audits.html",
        found=found,
        auditor=auditor,
        final=final,
        period=period_words(asked),
        mine=back == "moderation.my_agreement",
        back=url_for(back, **_months(asked)),
        following=following,
    )


def _grade(values: Mapping[str, str], name: str) -> Grade | None:
    try:
        return Grade(values[name]) if values.get(name) else None
    except ValueError:
        abort(404)
