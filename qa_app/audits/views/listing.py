"""Audits in lists: those that wait for me, and those that I may read."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.audits import AuditFilterForm
from qa_app.accounts.models import Team
from qa_app.audits import queries
from qa_app.audits.queries.lists import Filters
from qa_app.audits.views.blueprints import blueprint
from qa_app.database import now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Permission, Role
from qa_app.domain.workflow import AuditState
from qa_app.security import actor, permission_required


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _month(text: str | None) -> date | None:
    try:
        return Month.parse(text).first if text else None
    except DomainError:
        return None


def _filters(form: AuditFilterForm) -> Filters:
    """What the address narrows the list to. A value that makes no sense narrows nothing."""
    states = {state.value: state for state in AuditState}
    grades = {grade.value: grade for grade in Grade}
    return Filters(
        state=states.get(form.state.data or ""),
        month=_month(form.month.data),
        grade=grades.get(form.grade.data or ""),
        team_id=_uuid(form.team.data),
        search=form.q.data or "",
    )


def asked_for() -> tuple[AuditFilterForm, list[Team], Filters]:
    """The form as this address fills it in, the teams to choose from, and what it narrows to."""
    form = AuditFilterForm(request.args)
    teams = queries.teams_to_choose(actor())
    form.team.choices = [(str(team.id), team.name) for team in teams]
    return form, teams, _filters(form)


def kept_in(form: AuditFilterForm) -> dict[str, str]:
    """What narrows the list, as it stands in the address."""
    return {key: value for key, value in request.args.items() if key in form._fields and value}


def chosen_in(filters: Filters, teams: list[Team]) -> list[dict[str, str]]:
    """Each choice as a tag, whose link is the list without it."""
    names = {team.id: team.name for team in teams}
    words: Mapping[str, str | None] = {
        "q": filters.search or None,
        "state": filters.state.words if filters.state else None,
        "month": Month.of(filters.month).words if filters.month else None,
        "grade": filters.grade.words if filters.grade else None,
        "team": names.get(filters.team_id, "One team") if filters.team_id else None,
    }
    kept = {name: request.args.get(name, "") for name, text in words.items() if text}
    return [
        {
            "text": text,
            "href": _address({key: kept[key] for key in kept if key != name}),
        }
        for name, text in words.items()
        if text
    ]


def _address(narrowed: dict[str, str]) -> str:
    values: dict[str, Any] = dict(narrowed)
    return url_for("audits.index", **values)


@blueprint.route("")
@permission_required(Permission.AUDITS_LIST)
def index() -> ResponseReturnValue:
    """My audits to do, and all that I may read, narrowed as the address says."""
    form, teams, filters = asked_for()
    page = queries.page_of(
        actor(),
        filters,
        older_than=_uuid(request.args.get("older")),
        newer_than=_uuid(request.args.get("newer")),
    )
    chosen = chosen_in(filters, teams)
    is_auditor = actor().holds(Role.AUDITOR)
    kept = kept_in(form)
    return render_template(
        "audits/index.html",
        filter_form=form,
        chosen=chosen,
        is_auditor=is_auditor,
        me=actor().person_id,
        to_do=queries.to_do(actor().person_id) if is_auditor else [],
        audits=page.audits,
        export=kept,
        newer=_address(kept | {"newer": str(page.newer)}) if page.newer else None,
        older=_address(kept | {"older": str(page.older)}) if page.older else None,
        has_teams=bool(teams),
        today=london_date(now()),
    )
