"""The filters of the list and of the board, as they stand in an address."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from forms.base import clean_line
from forms.tracker import EVERY_STATUS, FilterForm
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.tracker.queries import Due, Offered, Wanted

NAMES: Final = ("mine", "failed", "team", "kind", "owner", "status", "due", "partner")
_CHECKS: Final = {"mine": "Yours", "failed": "Needs somebody"}


def given() -> dict[str, Any]:
    """The filters of this address, by name; “overdue” stands in links of before."""
    found = {name: request.args[name] for name in NAMES if request.args.get(name)}
    if request.args.get("overdue"):
        found["due"] = Due.OVERDUE.value
    return found


def wanted_from(values: Mapping[str, Any]) -> Wanted:
    """What the filters ask for; what cannot be read asks for nothing."""
    status = values.get("status")
    return Wanted(
        team_id=_read(UUID, values.get("team")),
        kind=_read(ActionKind, values.get("kind")),
        owner_id=_read(UUID, values.get("owner")),
        status=EVERY_STATUS if status == EVERY_STATUS else _read(ActionStatus, status),
        due=_read(Due, values.get("due")),
        partner=clean_line(values.get("partner")) or "",
        mine=bool(values.get("mine")),
        failed=bool(values.get("failed")),
        page=min(max(request.args.get("page", 1, type=int), 1), 1_000_000),
    )


def _read(kind: Any, text: str | None) -> Any:
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def form_of(values: Mapping[str, Any], offered: Offered) -> FilterForm:
    """The form with what is chosen, and what there is to choose."""
    form = FilterForm(MultiDict(values))
    form.team.choices = [(str(team_id), name) for team_id, name in offered.teams]
    form.owner.choices = [(str(owner_id), name) for owner_id, name in offered.owners]
    form.partner.choices = [(name, name) for name in offered.partners]
    return form


def chosen_tags(form: FilterForm, values: Mapping[str, Any], endpoint: str) -> list[dict[str, str]]:
    """Each filter that is on, with the address of the page without it."""
    tags = []
    for name in NAMES:
        field = form[name]
        for text in _texts(name, field):
            kept = {key: value for key, value in values.items() if key != name}
            tags.append({"text": text, "href": url_for(endpoint, **kept)})
    return tags


def _texts(name: str, field: Any) -> list[str]:
    if name in _CHECKS:
        return [_CHECKS[name]] if field.data else []
    if name == "due" and field.is_chosen(Due.OVERDUE.value):
        return ["Overdue"]
    return [
        f"{field.label.text}: {choice.text}"
        for choice in field.choices
        if field.is_chosen(choice.value)
    ]
