"""What the tracker's views share: the blueprint, asking who may, and saving or saying why not."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from forms.tracker import OwnerFields, VersionedForm
from qa_app.accounts.models import Person
from qa_app.database import now, saving
from qa_app.domain.actions import ActionParties
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.independence import Bar
from qa_app.domain.permissions import Permission
from qa_app.security import SAFE_METHODS, can, fetch, note_access, signed_in_id
from qa_app.tracker import queries, services
from qa_app.tracker.models import Action

blueprint = Blueprint("tracker", __name__, url_prefix="/tracker")

SAVED: Final = 302
BarsOf = Callable[[ActionParties], Sequence[Bar]]


def fetch_to_decide(action_id: UUID, needs: Permission, bars_of: BarsOf, what: str) -> Action:
    """The action for somebody whom no rule bars from deciding about it.

    404 and 403 as `fetch` answers. Whoever sees the action and is barred is told why; that they
    tried to change it is put in the history, which is saved although the change is not.
    """
    action = fetch(Action, action_id, needs=Permission.ACTION_READ)
    person, at = signed_in_id(), now()
    bars = bars_of(queries.parties_to(action, person, london_date(at)))
    if bars and request.method not in SAFE_METHODS:
        with saving():
            services.note_refused(action, what, bars, by=person, at=at)
    if bars:
        sentence = services.barred_sentence(action, bars, what, person)
        raise services.NotAllowed(f"{sentence} Nothing has been changed.")
    action = fetch(Action, action_id, needs=needs)
    note_access("action_viewed", action, audit_id=action.audit_id)
    return action


def save(
    form: VersionedForm | OwnerFields, action: Action | None, change: Callable[[], object]
) -> int:
    """Make one change and save it; SAVED, or the status with which to show the form again.

    A rule that names a field speaks beside it; one that names none becomes the page of its error,
    save where the action was changed meanwhile: then nothing that was typed is lost (409).
    """
    try:
        with saving():
            change()
    except services.ChangedMeanwhile as error:
        form.refuse(error.message)
        if isinstance(form, VersionedForm) and action is not None:
            form.version.data = str(action.version)
        return 409
    except DomainError as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return 400
    return SAVED


def shown_again(action: Action) -> Response:
    """To the action's page; to the list, where what was done hides it from whoever did it."""
    if can(Permission.ACTION_READ, action):
        return redirect(url_for("tracker.show", action_id=action.id))
    return redirect(url_for("tracker.index"))


def owner_named(form: OwnerFields) -> Person | None:
    """Validate a form that was sent, and give the one person that it names.

    None where the form is shown for the first time, or says what to put right: nobody of that name
    has an account, or several have and one is to be chosen.
    """
    if not form.is_submitted():
        return None
    today = london_date(now())
    typed = form.owner.data or ""
    # Looked for only where it can be a name: SQLite refuses a pattern of a megabyte (IN-5).
    named = 0 < len(typed) <= form.owner.max_length
    matches = queries.people_matching(typed, today) if named else []
    form.which.choices = [
        (str(person.id), person.name, f"{post.title}, {post.team.name}") for person, post in matches
    ]
    valid = form.validate()
    if named and not matches:
        form.refuse(
            f"Nobody with an account matches “{typed}”. Check the spelling, or ask your "
            "administrator to invite them",
            "owner",
        )
    elif len(matches) > 1 and form.which.data is None:
        form.refuse("Select which person you mean", "which")
    elif valid:
        return queries.person_to_own(UUID(form.which.data or str(matches[0][0].id)))
    return None
