"""Who has what in a month or a batch, and reminding several by hand (P4, P6)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.following import ChaseForm, FollowForm, choices_of
from qa_app.accounts import settings
from qa_app.accounts.models import PostKind
from qa_app.database import now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.programme import services
from qa_app.programme.models import Batch
from qa_app.programme.queries import following, progress
from qa_app.programme.queries.buddies import buddies_of
from qa_app.programme.queries.progress import FollowState, Narrowed, Row
from qa_app.programme.views.reminders import chosen, months_to_choose
from qa_app.programme.views.room import blueprint
from qa_app.security import actor, permission_required, signed_in_id

MONTHS_BACK, MONTHS_AHEAD = 24, 6
FILTERS = ("month", "batch", "role", "service", "team", "state")


@dataclass(frozen=True)
class _Seen:
    """What the page shows for an address: its filters, the places they leave and their rows."""

    form: FollowForm
    month: Month
    batch: Batch | None
    due_on: date | None
    places: list[following.Place]
    rows: list[Row]
    today: date

    @property
    def what(self) -> str:
        """The month or the batch, in words."""
        return self.batch.name if self.batch is not None else self.month.words

    @property
    def unfinished(self) -> list[tuple[UUID, str, str]]:
        """(person, name, their unfinished audits) of everybody in the list who has some."""
        found: dict[UUID, tuple[str, list[str]]] = {}
        for row in self.rows:
            if row.unfinished and row.audit is not None and row.place.person_id is not None:
                person = found.setdefault(row.place.person_id, (row.place.auditor, []))
                person[1].append(f"{row.audit.reference}, {row.words.lower()}")
        return [(each, name, "; ".join(audits)) for each, (name, audits) in found.items()]


@blueprint.route("/following", endpoint="following")
@permission_required(Permission.PROGRAMME_READ)
def follow() -> ResponseReturnValue:
    """Who has what, narrowed as the address says, with totals by role, service and team."""
    return _page(seen_in(request.args), ChaseForm(formdata=None))


@blueprint.route("/following/chase", methods=["POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def chase() -> ResponseReturnValue:
    """Remind those ticked, or everybody in the list, once a day at most."""
    form = ChaseForm()
    seen = seen_in(form.data)
    people = {person_id for person_id, *_ in seen.unfinished}
    form.people.choices = [(str(each), name) for each, name, _ in seen.unfinished]
    if not form.validate():
        return _page(seen, form)
    ticked = people if form.everybody.data else {UUID(each) for each in form.people.data or ()}
    if not ticked:
        form.refuse("Tick the auditors who are to be reminded", "people")
        return _page(seen, form)
    audits = {row.audit.id for row in seen.rows if row.audit and row.place.person_id in ticked}
    with saving():
        told = services.chase(audits, by=signed_in_id(), at=now())
    flash(_what_happened(told, len(ticked)), "success" if told.people else "info")
    return redirect(_address(given_in(seen.form)))


def _what_happened(told: services.Told, asked: int) -> str:
    before = asked - told.people
    words = (
        f"{count_words(told.people, 'auditor')} reminded of {count_words(told.audits, 'audit')}."
        if told.people
        else "Nobody was reminded."
    )
    if before > 0:
        words += f" {before} had been reminded today already, and are not written to twice."
    return words


def seen_in(values: Any) -> _Seen:
    """What an address, or the hidden fields of a form, ask for: nothing is left out for length."""
    today = london_date(now())
    form = FollowForm(formdata=None, data={name: values.get(name) or None for name in FILTERS})
    form.month.choices = months_to_choose(today, MONTHS_BACK, MONTHS_AHEAD)
    batches = following.batches_to_choose()
    form.batch.choices = [(str(each.id), each.name) for each in batches]
    month = Month.parse(chosen(form.month) or str(Month.of(today)))
    form.month.data = str(month)
    batch = next((each for each in batches if str(each.id) == form.batch.data), None)
    found = (
        following.of_month(actor(), month.first, today)
        if batch is None
        else following.of_batch(actor(), batch, today)
    )
    _offer(form, found.places)
    narrowed = _narrowed(form)
    places = narrowed.places(found.places)
    ids = {place.person_id for place in places if place.person_id is not None}
    rows = progress.rows_of(places, buddies_of(ids, today), settings.calendar(), today)
    return _Seen(form, month, batch, found.due_on, places, narrowed.rows(rows), today)


def _offer(form: FollowForm, places: list[following.Place]) -> None:
    """The roles, services and teams that there are to choose."""
    roles = {place.kind for place in places}
    form.role.choices = sorted(((each.value, each.words) for each in roles), key=lambda c: c[1])
    for field, units in (
        (form.service, {place.service for place in places}),
        (form.team, {place.team for place in places}),
    ):
        named = sorted((unit for unit in units if unit is not None), key=lambda unit: unit.name)
        field.choices = [(str(unit.id), unit.name) for unit in named]
    form.state.choices = [(each.value, each.words) for each in FollowState]


def _narrowed(form: FollowForm) -> Narrowed:
    role, service, team, state = (
        chosen(form[name]) for name in ("role", "service", "team", "state")
    )
    return Narrowed(
        PostKind(role) if role else None,
        UUID(service) if service else None,
        UUID(team) if team else None,
        FollowState(state) if state else None,
    )


def _page(seen: _Seen, chasing: ChaseForm) -> ResponseReturnValue:
    for name in FILTERS:
        chasing[name].data = given_in(seen.form).get(name, "")
    chasing.people.choices = [tuple(map(str, each)) for each in seen.unfinished]
    parts = {
        "Role": lambda place: place.kind.words,
        "Service": lambda place: place.service.name if place.service else "No service",
        "Team": lambda place: place.team.name if place.team else "No team",
    }
    return render_template(
        "programme/following.html",
        seen=seen,
        form=chasing,
        chosen=tags_in(seen.form),
        export=given_in(seen.form),
        everything=_address({"month": str(seen.month)}),
        total=progress.total(seen.places, seen.today),
        counted=progress.total(filter(progress.is_counted, seen.places), seen.today),
        totals=[
            (name, progress.totals_by(seen.places, seen.today, part))
            for name, part in parts.items()
        ],
    )


def given_in(form: FollowForm) -> dict[str, str]:
    """The filters that are on; a batch runs outside the months."""
    given = {name: value for name in FILTERS if (value := chosen(form[name]))}
    if "batch" in given:
        given.pop("month", None)
    return given


def tags_in(form: FollowForm) -> list[dict[str, str]]:
    """Each filter but the month, in words, with the address of the page without it."""
    given = given_in(form)
    return [
        {
            "text": f"{form[name].label.text}: {choices_of(form[name])[value]}",
            "href": _address({key: each for key, each in given.items() if key != name}),
        }
        for name, value in given.items()
        if name != "month"
    ]


def _address(given: dict[str, str]) -> str:
    values: dict[str, Any] = dict(given)
    return url_for("programme.following", **values)
