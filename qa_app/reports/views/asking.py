"""Reading a question to the figures from an address, and writing it back into links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import abort, url_for
from werkzeug.datastructures import MultiDict

from forms.reports import MeasuresForm
from qa_app.accounts.models import Team
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.reports.asked import Asked, GradeBasis, Part, PartKind, Selected
from qa_app.reports.queries import parts
from qa_app.security import actor

_DEFAULTS: Final = {"grades": GradeBasis.FINAL.value, "selection": Selected.ALL.value}
_PARTS: Final = (PartKind.SERVICE, PartKind.TEAM, PartKind.PLAN_TYPE)
_NAMES: Final = ("from", "to", "grades", "selection", *(kind.value for kind in _PARTS))
# "from" cannot name a field in Python.
_FIELDS: Final = {"from": "first", "to": "last"}
_MONTHS_SHOWN: Final = 6


@dataclass(frozen=True)
class Question:
    """What an address asks: the form as filled in, and what it means (None where refused)."""

    form: MeasuresForm
    asked: Asked | None
    given: Mapping[str, str]

    def address(self, endpoint: str, **more: str) -> str:
        """The address of another page about the same question."""
        values: dict[str, Any] = {**self.given, **more}
        return url_for(endpoint, **values)

    @property
    def chosen(self) -> list[dict[str, str]]:
        """Each choice that is not the usual one, with the address of the page without it."""
        tags = []
        for name in _NAMES[2:]:
            field = self.form[name]
            texts = [each.text for each in field.choices if field.is_chosen(each.value)]
            if texts and self.given.get(name) not in (None, _DEFAULTS.get(name)):
                kept: dict[str, Any] = {**self.given}
                del kept[name]
                href = url_for("reports.measures", **kept)
                tags.append({"text": f"{field.label.text}: {texts[0]}", "href": href})
        return tags


def question_in(values: Mapping[str, str], at: datetime) -> Question:
    """The question that an address asks, the last six months unless it says others."""
    given = {name: values[name] for name in _NAMES if values.get(name)}
    form = MeasuresForm(MultiDict(_months(at) | _DEFAULTS | given))
    teams = parts.units()
    _offer(form, teams)
    if not form.validate():
        return Question(form, None, given)
    try:
        return Question(form, _asked(form, teams, at), given)
    except DomainError as error:
        form.refuse(error.message, _FIELDS.get(error.field or "", error.field))
        return Question(form, None, given)


def asked_in(values: Mapping[str, str], at: datetime) -> tuple[Question, Asked]:
    """The same for a page that has no form of its own: 404 where it makes no sense."""
    question = question_in(values, at)
    if question.asked is None:
        abort(404)
    return question, question.asked


def month_in(values: Mapping[str, str], asked: Asked) -> Asked:
    """The question narrowed to the month of one figure: 404 where there is no such month."""
    try:
        month = Month.parse(values.get("month", ""))
        return replace(asked, first=month, last=month)
    except DomainError:
        abort(404)


def _months(at: datetime) -> dict[str, str]:
    last = london_date(at)
    first = add_months(last.replace(day=1), 1 - _MONTHS_SHOWN)
    return {"from": str(Month.of(first)), "to": str(Month.of(last))}


def _offer(form: MeasuresForm, teams: Sequence[Team]) -> None:
    form[PartKind.SERVICE].choices = _named(team for team in teams if team.service_id == team.id)
    form[PartKind.TEAM].choices = _named(team for team in teams if team.service_id != team.id)
    form[PartKind.PLAN_TYPE].choices = [(plan.value, plan.words) for plan in PlanType]


def _named(teams: Iterable[Team]) -> list[tuple[str, str]]:
    return [(str(team.id), team.name) for team in teams]


def _asked(form: MeasuresForm, teams: Sequence[Team], at: datetime) -> Asked:
    return Asked(
        _month(form.first),
        _month(form.last),
        at,
        GradeBasis(str(form.grades.data)),
        Selected(str(form.selection.data)),
        _part(form, {str(team.id): team for team in teams}),
        actor(),
    )


def _month(field: Any) -> Month:
    try:
        return Month.parse(field.data)
    except DomainError as error:
        raise DomainError(error.message, field.name) from error


def _part(form: MeasuresForm, teams: Mapping[str, Team]) -> Part | None:
    chosen = [kind for kind in _PARTS if form[kind].data]
    if len(chosen) > 1:
        raise DomainError("Choose a service, a team or a plan type, not several", chosen[1].value)
    if not chosen:
        return None
    kind, value = chosen[0], form[chosen[0]].data
    if kind is PartKind.PLAN_TYPE:
        return Part(kind, PlanType(value).words, plan_type=PlanType(value))
    return Part(kind, teams[value].name, team_id=UUID(value))
