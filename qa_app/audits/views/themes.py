"""Themes suggested from the words of a finding (T1): in a list without scripts, or while typing."""

from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.audits.queries.suggesting import themes_suggested
from qa_app.audits.views.blueprints import blueprint
from qa_app.domain.permissions import Permission
from qa_app.errors import page
from qa_app.security import fetch, permission_required
from qa_app.standards.queries import themes

LONGEST = 4_000


def offer_themes(field: Any, words: str | None) -> None:
    """Fill the list of themes; those that the words suggest come first, and say so."""
    suggested = themes_suggested(words) if words and not field.data else []
    first = [(str(each.id), f"Suggested: {each.name}") for each in suggested]
    others = [each for each in themes() if each not in suggested]
    field.choices = [*first, *((str(each.id), each.name) for each in others)]


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
