"""Inviting people to talk the audit through, calling it off, and the calendar file (A5)."""

from collections.abc import Callable
from datetime import datetime
from typing import cast
from urllib.parse import urljoin
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.together import InvitationForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Conversation
from qa_app.audits.queries import conversations as reading
from qa_app.audits.queries.facts import people_to_ask
from qa_app.audits.services import conversations as services
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.calendar_file import MIME_TYPE, calendar_file, file_name
from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.permissions import Party, Permission
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.formatting import datetime_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.AUDIT_INVITE
_USUAL_MINUTES = 45


@blueprint.route("/<uuid:audit_id>/conversation", methods=["GET", "POST"])
@permission_required(_NEEDS)
def conversation(audit_id: UUID) -> ResponseReturnValue:
    """The conversation that stands, and the invitation to another one while the audit is done."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    people = people_to_ask(audit, london_date(now()))
    standing = reading.standing_conversation(audit)
    writes = audit.state in OPEN_FOR_WRITING
    form = _form(people, standing)
    if form.validate_on_submit():
        try:
            with saving():
                made = services.invite(audit, _invitation(form), by=signed_in_id(), at=now())
        except (services.HasPassed, services.NobodyInvited) as error:
            form.refuse(error.message, error.field)
        else:
            flash(_what_follows(made), "success")
            return redirect(url_for("audits.conversation", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/conversation.html",
        audit,
        status=400 if form.errors else 200,
        form=form if writes and people else None,
        standing=standing,
        writes=writes,
        is_over=standing is not None and standing.starts_at <= now(),
    )


def _form(people: list[tuple[Person, Party]], standing: Conversation | None) -> InvitationForm:
    if standing is None:
        form = InvitationForm(guests=[person.id for person, _ in people], minutes=_USUAL_MINUTES)
    else:
        begins = standing.starts_at.astimezone(LONDON)
        form = InvitationForm(
            guests=[guest.person_id for guest in standing.guests],
            day=begins.date(),
            start=begins.time(),
            minutes=standing.minutes,
            place=standing.place,
        )
    form.guests.choices = [
        (str(person.id), f"{person.name}, {party.value.replace('_', ' ')}")
        for person, party in people
    ]
    return form


def _invitation(form: InvitationForm) -> services.Invitation:
    return services.Invitation(
        datetime.combine(form.day.data, form.start.data, LONDON),
        cast(int, form.minutes.data),
        form.place.data,
        frozenset(cast(list[UUID], form.guests.data)),
    )


def _what_follows(made: Conversation) -> str:
    names = " and ".join(sorted(guest.person.name for guest in made.guests))
    verb = "is" if len(made.guests) == 1 else "are"
    return (
        f"{names} {verb} invited for {datetime_words(made.starts_at)} and told by e-mail, without "
        "a word about the case. Take the appointment into your own calendar below."
    )


@blueprint.route("/<uuid:audit_id>/conversation/call-off", methods=["POST"])
@permission_required(_NEEDS)
def call_off_conversation(audit_id: UUID) -> ResponseReturnValue:
    """Call the conversation off."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    with saving():
        services.call_off(audit, by=signed_in_id(), at=now())
    flash("The conversation is called off. Everybody who was invited has been told.", "success")
    return redirect(url_for("audits.conversation", audit_id=audit_id))


@blueprint.route("/<uuid:audit_id>/conversation.ics")
@permission_required(_NEEDS)
def conversation_file(audit_id: UUID) -> ResponseReturnValue:
    """The newest invitation for the auditor's calendar; one called off takes the entry away."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    return _file(audit, reading.latest_conversation, "audits.conversation")


@blueprint.route("/<uuid:audit_id>/contribution/conversation.ics")
@permission_required(Permission.AUDIT_CONTRIBUTE)
def guests_file(audit_id: UUID) -> ResponseReturnValue:
    """The same for a guest, as far as they were invited."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_CONTRIBUTE)
    mine = signed_in_id()
    return _file(audit, lambda of: reading.invitation_to(of, mine), "audits.contribution")


def _file(
    audit: Audit, find: Callable[[Audit], Conversation | None], endpoint: str
) -> ResponseReturnValue:
    found = find(audit)
    if found is None:
        abort(404)
    # Built on the configured address, as in e-mails: it is opened outside of this browser.
    link = urljoin(current_app.config["BASE_URL"], url_for(endpoint, audit_id=audit.id))
    entry = reading.appointment_of(found, audit.reference, link, now())
    name = file_name("audit-conversation", audit.reference)
    return Response(
        calendar_file(entry),
        mimetype=MIME_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
