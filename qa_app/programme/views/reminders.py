"""Who was reminded, when, of what, and whether the mail server took the message (P6)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.following import RemindersForm, choices_of
from qa_app.database import now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.permissions import Permission
from qa_app.programme.queries import reminders as queries
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required

MONTHS_BACK = 24


@blueprint.route("/reminders")
@permission_required(Permission.PROGRAMME_MANAGE)
def reminders() -> ResponseReturnValue:
    """The reminders, newest first, fifty a page."""
    form = RemindersForm(request.args)
    form.month.choices = months_to_choose(london_date(now()), MONTHS_BACK, 0)
    people = queries.people_reminded()
    form.person.choices = [(str(person_id), name) for person_id, name in people]
    month, person = (chosen(field) for field in (form.month, form.person))
    page = queries.page_of(
        month=Month.parse(month).first if month else None,
        person_id=UUID(person) if person else None,
        older_than=request.args.get("older", type=UUID),
        newer_than=request.args.get("newer", type=UUID),
    )
    kept = {"month": month, "person": person}
    tags = [
        {"text": choices_of(form[name])[value], "href": _address(kept | {name: None})}
        for name, value in kept.items()
        if value
    ]
    return render_template(
        "programme/reminders.html", form=form, page=page, chosen=tags,
        newer=_address(kept, newer=page.newer) if page.newer else None,
        older=_address(kept, older=page.older) if page.older else None,
    )  # fmt: skip


def months_to_choose(today: date, back: int, ahead: int) -> list[tuple[str, str]]:
    """(2026-11, November 2026) of the months around this one, the newest first."""
    first = last = Month.of(today)
    for _ in range(back):
        first = first.previous()
    for _ in range(ahead):
        last = last.next()
    return [(str(month), month.words) for month in reversed(Month.range(first, last))]


def chosen(field: Any) -> str | None:
    """What was chosen of a list, None for what nobody offered."""
    return field.data if field.data in choices_of(field) else None


def _address(kept: dict[str, str | None], **more: Any) -> str:
    values = {name: value for name, value in (kept | more).items() if value}
    return url_for("programme.reminders", **values)
