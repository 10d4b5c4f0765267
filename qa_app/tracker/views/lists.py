"""The list of actions, and one action."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, fetch, note_access, permission_required, signed_in_id
from qa_app.tracker import queries
from qa_app.tracker.models import Action
from qa_app.tracker.queries.helping import helpers_of
from qa_app.tracker.queries.otherladders import noted_on
from qa_app.tracker.queries.story import evidence, story
from qa_app.tracker.queries.told import steps_of
from qa_app.tracker.views.choices import choices_for, what_next
from qa_app.tracker.views.filters import chosen_tags, form_of, given, wanted_from
from qa_app.tracker.views.room import blueprint


@blueprint.route("/")
@permission_required(Permission.ACTIONS_LIST)
def index() -> ResponseReturnValue:
    """The actions that this person sees, with filters in the address."""
    today, values = london_date(now()), given()
    wanted = wanted_from(values)
    listing = queries.listing(actor(), wanted, today)
    filters = form_of(values, listing.offered)
    return render_template(
        "tracker/index.html",
        listing=listing,
        filters=filters,
        chosen=chosen_tags(filters, values, "tracker.index"),
        narrowed=bool(values),
        export=values,
        wanted=wanted,
        today=today,
        board=url_for("tracker.show_board", **values),
        newer=page_address(wanted.page - 1) if wanted.page > 1 else None,
        older=page_address(wanted.page + 1) if listing.more else None,
    )


def page_address(page: int) -> str:
    """The address of another page of the same list."""
    return url_for("tracker.index", **given(), page=page)


@blueprint.route("/<uuid:action_id>")
@permission_required(Permission.ACTION_READ)
def show(action_id: UUID) -> ResponseReturnValue:
    """One action: what, who, by when, what has happened and what happens next."""
    action = fetch(Action, action_id, needs=Permission.ACTION_READ)
    note_access("action_viewed", action, audit_id=action.audit_id)
    today, verify_by = london_date(now()), queries.verification_due(action)
    return render_template(
        "tracker/show.html",
        action=action,
        today=today,
        word=queries.brag_of(action, today),
        evidence=evidence(action),
        helpers=helpers_of(action),
        ladders=noted_on(action.id),
        happenings=story(action),
        told=steps_of(action.id),
        choices=choices_for(action, signed_in_id(), today),
        verify_by=verify_by,
        next_words=what_next(action, verify_by, today),
    )
