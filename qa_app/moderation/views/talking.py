"""Talking about a moderation: the messages, the meeting, and that they talked (M4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urljoin
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.talking import MeetingForm, MessageForm, TalkedForm
from qa_app.audits.models import Audit
from qa_app.audits.services import MayIdentify
from qa_app.audits.views.frame import audit_page
from qa_app.calendar_file import MIME_TYPE, calendar_file, file_name
from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON, date_words, london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import datetime_words
from qa_app.moderation.models import ModerationMeeting
from qa_app.moderation.queries import meeting as meetings
from qa_app.moderation.queries import talking as reading
from qa_app.moderation.services import meeting as arranging
from qa_app.moderation.services.talking import send_message
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATION_TALK
_USUAL_MINUTES = 30


@blueprint.route("/moderation/audits/<uuid:audit_id>/talk", methods=["GET", "POST"])
@permission_required(_NEEDS)
def talk(audit_id: UUID) -> ResponseReturnValue:
    """What was said, a box to add to it, when they meet, and until when the auditor answers."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    form = MessageForm()
    if form.validate_on_submit() and _sent(audit, form):
        others = _names(each for each in reading.talkers(audit) if each.person_id != signed_in_id())
        flash(_sent_words(others), "success")
        return redirect(url_for("moderation.talk", audit_id=audit_id))
    note_access(reading.VIEWED, audit, audit_id=audit.id)
    standing, at = meetings.standing_meeting(audit), now()
    return _page(
        "moderation/talk.html",
        audit,
        form,
        thread=reading.thread_of(audit),
        me=signed_in_id(),
        clock=meetings.answer_clock(audit),
        meeting=standing,
        is_over=standing is not None and _end_of(standing) <= at,
        newest=meetings.latest_meeting(audit),
        talks=meetings.talks_of(audit),
        until=reading.last_day_to_talk(audit),
    )


def _sent(audit: Audit, form: MessageForm) -> bool:
    """Save it; False where what was typed has to be looked at again."""
    try:
        with saving():
            send_message(
                audit,
                form.text.data,
                harmless=form.harmless.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except MayIdentify as error:
        form.refuse_words((error.sentence(each), each.fields[0]) for each in error.found)
        return False
    return True


def _names(people: Iterable[reading.Talker]) -> str:
    names = [each.name for each in people]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _sent_words(others: str) -> str:
    if not others:
        return "Your message is kept here. Nobody else who could read it is part of this yet."
    return (
        f"Your message is here for {others}. Whoever has read the messages before it is told that "
        "there is a new one."
    )


def _end_of(meeting: ModerationMeeting) -> datetime:
    return meeting.starts_at + timedelta(minutes=meeting.minutes)


def _page(template: str, audit: Audit, form: Any, **context: Any) -> ResponseReturnValue:
    """A page of the talk; without its form where nothing can be added any more, or yet."""
    closed = reading.why_not_talk(audit, london_date(now()))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        template,
        audit,
        # What is sent to a page without a form has no control to be mended at.
        status=(409 if closed else 400) if form.errors else 200,
        form=None if closed else form,
        closed=closed,
        **context,
    )


@blueprint.route("/moderation/audits/<uuid:audit_id>/talk/meeting", methods=["GET", "POST"])
@permission_required(_NEEDS)
def meeting(audit_id: UUID) -> ResponseReturnValue:
    """Arrange to talk, or move the meeting that stands."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    standing = meetings.standing_meeting(audit)
    form = _meeting_form(standing)
    if form.validate_on_submit():
        made = _arranged(audit, form)
        if made is not None:
            flash(_arranged_words(made), "success")
            return redirect(url_for("moderation.talk", audit_id=audit_id))
        standing = meetings.standing_meeting(audit)
    form.shown.data = "" if standing is None else str(standing.id)
    return _page("moderation/talk_meeting.html", audit, form, meeting=standing)


def _meeting_form(standing: ModerationMeeting | None) -> MeetingForm:
    if standing is None:
        return MeetingForm(minutes=_USUAL_MINUTES)
    begins = standing.starts_at.astimezone(LONDON)
    return MeetingForm(
        day=begins.date(), start=begins.time(), minutes=standing.minutes, place=standing.place
    )


def _arranged(audit: Audit, form: MeetingForm) -> ModerationMeeting | None:
    """The meeting; None with the error in the form where a rule refuses it."""
    wanted = arranging.Arranged(
        datetime.combine(form.day.data, form.start.data, LONDON),
        cast(int, form.minutes.data),
        form.place.data,
    )
    try:
        with saving():
            return arranging.arrange(
                audit, wanted, instead_of=_shown(form), by=signed_in_id(), at=now()
            )
    except (arranging.MeetingRefused, arranging.MeetingChanged) as error:
        form.refuse(error.message, error.field)
        return None


def _shown(form: MeetingForm) -> UUID | None:
    try:
        return UUID(form.shown.data or "")
    except ValueError:
        return None


def _arranged_words(made: ModerationMeeting) -> str:
    return (
        f"You talk on {datetime_words(made.starts_at)}. The others are told by e-mail, without a "
        "word about the case. Take the appointment into your own calendar below."
    )


@blueprint.route("/moderation/audits/<uuid:audit_id>/talk/meeting/call-off", methods=["POST"])
@permission_required(_NEEDS)
def call_off_meeting(audit_id: UUID) -> ResponseReturnValue:
    """Call the meeting off."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    with saving():
        arranging.call_off(audit, by=signed_in_id(), at=now())
    flash("The meeting is called off, and the others have been told.", "success")
    return redirect(url_for("moderation.talk", audit_id=audit_id))


@blueprint.route("/moderation/audits/<uuid:audit_id>/talk/meeting.ics")
@permission_required(_NEEDS)
def meeting_file(audit_id: UUID) -> ResponseReturnValue:
    """The newest meeting for one's calendar; one that was called off takes the entry away."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    found = meetings.latest_meeting(audit)
    if found is None:
        abort(404)
    # Built on the configured address, as in e-mails: it is opened outside of this browser.
    page = url_for("moderation.talk", audit_id=audit.id)
    link = urljoin(current_app.config["BASE_URL"], page)
    entry = meetings.appointment_of(found, audit.reference, link, now())
    name = file_name("moderation-talk", audit.reference)
    return Response(
        calendar_file(entry),
        mimetype=MIME_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.route("/moderation/audits/<uuid:audit_id>/talk/talked", methods=["GET", "POST"])
@permission_required(_NEEDS)
def talked(audit_id: UUID) -> ResponseReturnValue:
    """Note on which day they talked, and who took part."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    form = _talked_form(audit)
    if form.validate_on_submit() and _noted(audit, form):
        words = date_words(form.on.data)
        flash(f"It is noted that you talked on {words}. The others see it here.", "success")
        return redirect(url_for("moderation.talk", audit_id=audit_id))
    return _page("moderation/talk_talked.html", audit, form)


def _talked_form(audit: Audit) -> TalkedForm:
    """Offers everybody, and the day of the meeting once it is over."""
    standing, people = meetings.standing_meeting(audit), reading.talkers(audit)
    over = standing is not None and _end_of(standing) <= now()
    on = london_date(standing.starts_at) if standing is not None and over else None
    form = TalkedForm(on=on, who=[each.person_id for each in people])
    form.who.choices = [(str(each.person_id), f"{each.name}, {each.role}") for each in people]
    return form


def _noted(audit: Audit, form: TalkedForm) -> bool:
    try:
        with saving():
            arranging.note_talked(
                audit, form.on.data, form.who.data or (), by=signed_in_id(), at=now()
            )
    except arranging.TalkRefused as error:
        form.refuse(error.message, error.field)
        return False
    return True
