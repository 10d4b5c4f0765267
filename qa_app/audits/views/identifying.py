"""What may identify a child or family in a draft: gone through before it is sent (A11)."""

from typing import NamedTuple
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.identifying import IdentifyingForm, identifying_form
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.identifying import Identifying, around
from qa_app.audits.models import Audit
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import writable
from qa_app.audits.views.way import href_of
from qa_app.database import now, saving
from qa_app.domain.completeness import Gap
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id


class Shown(NamedTuple):
    """One of the words as the page shows it: in its sentence, with the boxes that it stands in."""

    number: int
    kind: str
    words: str
    before: str
    after: str
    places: list[tuple[str, str]]


def _shown(draft: Draft, number: int, each: Identifying) -> Shown:
    before, after = around(draft.written[each.fields[0]], each.words)
    places = [
        (services.box_label(draft, name), href_of(draft.audit, Gap(*draft.place(name), "")))
        for name in each.fields
    ]
    kind = each.kind.words
    return Shown(number, kind[:1].upper() + kind[1:], each.words, before, after, places)


@blueprint.route("/<uuid:audit_id>/identifying", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def identifying(audit_id: UUID) -> ResponseReturnValue:
    """Each of the words in its sentence: remove it where it stands, or say why it may stay."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = Draft(audit).read_everything()
    form = identifying_form([each.words for each in draft.identifying])()
    if form.validate_on_submit():
        return _confirm(audit, form)
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/identifying.html",
        audit,
        status=400 if form.errors else 200,
        form=form,
        found=[_shown(draft, place, each) for place, each in enumerate(draft.identifying, 1)],
    )


def _confirm(audit: Audit, form: IdentifyingForm) -> ResponseReturnValue:
    reasons = {
        field.data: reason.strip()
        for name, field in form._fields.items()
        if name.startswith("words_")
        and (reason := form[f"reason_{name.removeprefix('words_')}"].data or "").strip()
    }
    with saving():
        services.confirm_identify_nobody(audit, reasons, by=signed_in_id(), at=now())
    if reasons:
        flash(f"{count_words(len(reasons), 'confirmation')} saved.", "success")
    return redirect(url_for("audits.review", audit_id=audit.id))
