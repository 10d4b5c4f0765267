"""Raising an action after an audit: by its auditor, its moderator or the QA lead (E3)."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.raising import RaiseForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.origins import Part, parts_of
from qa_app.database import new_id, now
from qa_app.domain.actions import About, ActionKind
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party, Permission
from qa_app.moderation.views.room import blueprint
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import Pinned, raise_action
from qa_app.tracker.views.raising import (
    offer_themes,
    prompts_before,
    source_key,
    theme_chosen,
    told,
)
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

_SHOWN: Final = 100


@blueprint.route("/audits/<uuid:audit_id>/raise-action", methods=["GET", "POST"])
@permission_required(Permission.ACTION_RAISE)
def raise_after_audit(audit_id: UUID) -> ResponseReturnValue:
    """Raise one action; its owner is found by name. The address may say what it is about."""
    audit = fetch(Audit, audit_id, needs=Permission.ACTION_RAISE)
    # What it can be about are findings too, in their words (I1).
    note_access("audit_viewed", audit, audit_id=audit.id)
    parts = _parts(audit)
    form, status = RaiseForm(key=str(new_id()), **_about_first(parts)), 200
    form.about.choices = [(part.value, _short(part.words)) for part in parts]
    offer_themes(form)
    owner, prompts = owner_named(form), []
    if owner is not None:
        prompts = prompts_before(form)
    if owner is not None and not prompts:
        raised: list[Action] = []
        about = next((part.about for part in parts if part.value == form.about.data), About())
        change = partial(_raise, raised, form, about, audit, owner, signed_in_id(), now())
        status = save(form, None, change)
        if status == SAVED:
            flash(told(raised[0], owner), "success")
            return redirect(url_for("tracker.show", action_id=raised[0].id))
    return render_template(
        "moderation/raise_after_audit.html", form=form, audit=audit, prompts=prompts
    ), status


def _parts(audit: Audit) -> list[Part]:
    """What the action can be about; a finding, which is the auditor's judgement, only for somebody
    who reads the audit (M3)."""
    given = request.args
    finding = _id(given.get("finding")) if can(Permission.AUDIT_READ, audit) else None
    return parts_of(
        audit, section=given.get("section", ""), question=given.get("question", ""), finding=finding
    )


def _about_first(parts: list[Part]) -> dict[str, str]:
    """What the address says that it is about, chosen before anything is typed."""
    known = {part.value: part.about for part in parts}
    wanted = (
        f"finding:{_id(request.args.get('finding'))}",
        f"question:{request.args.get('question', '')}",
        f"section:{request.args.get('section', '')}",
    )
    about = next((value for value in wanted if value in known), None)
    theme = _id(request.args.get("theme")) or (known[about].theme_id if about else None)
    chosen = {"about": about, "theme": str(theme) if theme else None}
    return {name: value for name, value in chosen.items() if value}


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _short(words: str) -> str:
    """As much as a list shows of a question or a finding."""
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _raise(
    raised: list[Action],
    form: RaiseForm,
    about: About,
    audit: Audit,
    owner: Person,
    by: UUID,
    at: datetime,
) -> None:
    moderating = any(
        party.party is Party.MODERATOR and party.person_id == by for party in audit.parties
    )
    action = raise_action(
        kind=ActionKind(str(form.kind.data)),
        what=form.what.data,
        owner=owner,
        source=ActionSource.MODERATION if moderating else ActionSource.AUDIT,
        source_key=source_key(form, "audit", audit.id),
        by=by,
        at=at,
        audit=pinned(audit),
        due_on=form.due_on.data,
        about=replace(about, theme_id=theme_chosen(form)),
        partner_agency=form.partner_agency.data or "",
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
        grade=_standing_grade(audit),
    )


def _standing_grade(audit: Audit) -> Grade | None:
    """The grade as it stands now. No clock runs on an imported audit: it is history (E2)."""
    if audit.source is not AuditSource.MADE:
        return None
    return audit.final_grade or audit.auditor_grade
