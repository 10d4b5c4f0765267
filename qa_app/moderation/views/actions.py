"""Raising an action after an audit: by its auditor, its moderator or the QA lead (E3)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.tracker import RaiseForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import new_id, now
from qa_app.domain.actions import ActionKind
from qa_app.domain.permissions import Party, Permission
from qa_app.formatting import date_words
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import Pinned, raise_action
from qa_app.tracker.views.room import SAVED, owner_named, save

# Its blind moderator is pinned too, from whom an action raised meanwhile is kept (M3), and so is
# whoever a concern on it is about (E1).
CASE_PEOPLE = frozenset(
    {
        Party.SOCIAL_WORKER,
        Party.TEAM_MANAGER,
        Party.IRO,
        Party.CHAIR,
        Party.BLIND_MODERATOR,
        Party.IMPLICATED,
    }
)


@blueprint.route("/audits/<uuid:audit_id>/raise-action", methods=["GET", "POST"])
@permission_required(Permission.ACTION_RAISE)
def raise_after_audit(audit_id: UUID) -> ResponseReturnValue:
    """Raise one action; its owner is found by name."""
    audit = fetch(Audit, audit_id, needs=Permission.ACTION_RAISE)
    form, status = RaiseForm(key=str(new_id())), 200
    owner = owner_named(form)
    if owner is not None:
        raised: list[Action] = []
        change = partial(_raise, raised, form, audit, owner, signed_in_id(), now())
        status = save(form, None, change)
        if status == SAVED:
            due = date_words(raised[0].due_on)
            flash(
                f"Action {raised[0].reference} raised, due {due}. {owner.name} has been told.",
                "success",
            )
            return redirect(url_for("tracker.show", action_id=raised[0].id))
    return render_template("moderation/raise_after_audit.html", form=form, audit=audit), status


def _raise(
    raised: list[Action], form: RaiseForm, audit: Audit, owner: Person, by: UUID, at: datetime
) -> None:
    moderating = any(
        party.party is Party.MODERATOR and party.person_id == by for party in audit.parties
    )
    action = raise_action(
        kind=ActionKind(str(form.kind.data)),
        what=form.what.data,
        owner=owner,
        source=ActionSource.MODERATION if moderating else ActionSource.AUDIT,
        source_key=f"audit:{audit.id}:{str(form.key.data)[:40]}",
        by=by,
        at=at,
        audit=pinned(audit),
        due_on=form.due_on.data,
    )
    raised.append(action)


def pinned(audit: Audit) -> Pinned:
    """What an action keeps of this audit."""
    people = {
        (party.party, party.person_id)
        for party in audit.parties
        if party.party in CASE_PEOPLE and party.person_id is not None
    }
    return Pinned(
        audit_id=audit.id,
        audit_reference=audit.reference,
        case_reference=audit.case_reference,
        team_id=audit.team_id,
        auditor_id=audit.auditor_id,
        parties=tuple(sorted(people)),
    )
