"""Themes suggested from the words of a finding (T1): in a list without scripts, or while typing."""

from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from forms.audits import FindingForm
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.suggesting import themes_suggested
from qa_app.audits.views.blueprints import blueprint
from qa_app.domain.permissions import Permission
from qa_app.errors import page
from qa_app.security import fetch, permission_required
from qa_app.standards.queries import themes

LONGEST = 4_000


def offer_themes(form: FindingForm, words: str | None, standing: Finding | None = None) -> None:
    """Fill the lists of themes; those that the words suggest come first, and say so.

    A theme that was ended is offered where the finding that is changed stands under it alone.
    """
    suggested = themes_suggested(words) if words and not form.theme.data else []
    first = [(str(each.id), f"Suggested: {each.name}") for each in suggested]
    every = themes()
    rest = [(str(each.id), each.name) for each in every if each not in suggested]
    own = standing.theme if standing is not None else None
    if own is not None and own.ended_at is not None:
        rest.append((str(own.id), f"{own.name} (no longer in use)"))
    form.theme.choices = [*first, *rest]
    form.others.choices = [(str(each.id), each.name) for each in every]


@blueprint.route("/<uuid:audit_id>/theme-suggestions", methods=["POST"])
@permission_required(Permission.AUDIT_WRITE)
def theme_suggestions(audit_id: UUID) -> ResponseReturnValue:
    """{"text"} → {"themes": [{"id", "name"}]}, at most three. The words stay out of the address,
    and nothing is saved."""
    fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    sent = request.get_json(silent=True)
    text = sent.get("text") if isinstance(sent, dict) else None
    if not isinstance(text, str) or len(text) > LONGEST:
        return page(400, "Send the words of one finding.")
    found = [{"id": str(each.id), "name": each.name} for each in themes_suggested(text)]
    return jsonify({"themes": found})
