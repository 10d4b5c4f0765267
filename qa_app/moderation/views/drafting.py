"""Keeping what a moderator types: by itself while the page is open, and by a button (A8)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import clean_text
from forms.drafted import TICKED, draft_names, is_text, question, words
from forms.moderation import ModerationForm
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.errors import page
from qa_app.formatting import time_words
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation
from qa_app.moderation.services import Overtaken, Typed
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id

_NEEDS = Permission.MODERATE
_VERSION: Final = "version:"
_KEEP: Final = "keep:"
_OUT_OF_DATE: Final = "This page is out of date. Copy your text and reload it."


@blueprint.route("/moderation/<uuid:moderation_id>/draft", methods=["POST"])
@permission_required(_NEEDS)
def save_draft(moderation_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, with nothing of it checked: one box as JSON, or the whole form."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    if request.is_json:
        return _one_box(moderation)
    titles = queries.section_titles(moderation.audit)
    with saving():
        overtaken = keep_form(moderation, titles)
    if overtaken:
        return choose(moderation, overtaken, titles)
    reference = moderation.audit.reference
    if _was_chosen():
        flash("Your choice is saved. Look once more, then go on.", "success")
        return redirect(url_for("moderation.show", moderation_id=moderation.id))
    flash(
        f"What you have written about audit {reference} is saved. Only you can read it. Go on with "
        "it when you are ready, or give it back.",
        "success",
    )
    return redirect(url_for("moderation.queue"))


def _one_box(moderation: Moderation) -> ResponseReturnValue:
    """{"field", "text", "version"} → 200 with the new version, or 409 with both texts (CO-1)."""
    sent, at = _read(request.get_json(silent=True)), now()
    known = draft_names(queries.section_titles(moderation.audit))
    if sent is None or sent.name not in known:
        return page(400, _OUT_OF_DATE)
    if len(sent.value) > services.LONGEST:
        return page(413, f"A text can have up to {services.LONGEST:,} characters.")
    with saving():
        kept = services.keep(moderation, [sent], known=known, by=signed_in_id(), at=at)
    for each in kept.overtaken:
        both = {"theirs": each.theirs, "yours": request.get_json()["text"]}
        return jsonify({"version": each.version, **both}), 409
    return jsonify({"version": kept.versions[sent.name], "saved_at": time_words(at)})


def _read(content: Any) -> Typed | None:
    """What a page sends; None for anything else, and for anything beside it."""
    if not isinstance(content, dict) or content.keys() != {"field", "text", "version"}:
        return None
    name, text, version = (content[key] for key in ("field", "text", "version"))
    if not isinstance(name, str) or not isinstance(text, str) or type(version) is not int:
        return None
    return Typed(name, clean_text(text) or "", version)


def keep_form(
    moderation: Moderation, titles: Mapping[str, str], *, whole: bool = False
) -> list[Overtaken]:
    """Keep every box that the form was sent with; `whole` as for `services.keep`."""
    known = draft_names(titles)
    typed = [
        Typed(name, value, _version_sent(name))
        for name in sorted(known)
        if (value := _sent(moderation, name)) is not None
    ]
    kept = services.keep(moderation, typed, known=known, whole=whole, by=signed_in_id(), at=now())
    return kept.overtaken


def _sent(moderation: Moderation, name: str) -> str | None:
    """What the writer wants a box to hold; None where it was not on the page, or they chose to
    leave it as it is saved."""
    on_page = name in request.form or (name in TICKED and _VERSION + name in request.form)
    keep = request.form.get(_KEEP + name, "mine")
    if not on_page or keep == "theirs":
        return None
    values = request.form.getlist(name)
    mine = clean_text(",".join(values) if name in TICKED else values[0]) or ""
    theirs = moderation.draft.get(name, "")
    # What was saved after the choice was put to them is not what they chose to keep: ask again.
    if keep == "both" and theirs and services.version_of(theirs) == _version_sent(name):
        return f"{theirs}\n\n{mine}".strip()
    return mine


def versions_sent(form: ModerationForm) -> dict[str, int]:
    """The version of what each box showed, as the form was sent with it; 0 where it says none."""
    return {name: _version_sent(name) for name in form.boxes}


def _version_sent(name: str) -> int:
    sent = request.form.get(_VERSION + name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else 0


def _was_chosen() -> bool:
    return any(name.startswith(_KEEP) for name in request.form)


def choose(
    moderation: Moderation, overtaken: list[Overtaken], titles: Mapping[str, str]
) -> ResponseReturnValue:
    """Both versions of each box that was saved somewhere else meanwhile, to choose from (A8)."""
    shown = [
        {
            "box": each,
            "question": question(each.name, titles),
            "mine": words(each.name, each.mine, titles),
            "theirs": words(each.name, each.theirs, titles),
            "is_text": is_text(each.name),
        }
        for each in overtaken
    ]
    return render_template("moderation/choose.html", moderation=moderation, shown=shown), 409
