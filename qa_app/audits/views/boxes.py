"""A page of a draft's boxes: filled from what is stored, saved box by box, conflicts shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.audits import BoxSpec, DraftForm, Kind, draft_form
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.services.writing import Change, Conflict
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.security import note_access, signed_in_id

_VERSION = "version:"
_KEEP = "keep:"
_STALE = -1
"""A version that no box ever has: what a form without its versions is taken to have been shown."""


@dataclass
class BoxesPage:
    """The form of a page; `specs` say how each box is asked.

    `versions` are those that the form was sent with, `shown` those to put into the page.
    """

    audit: Audit
    draft: Draft
    specs: Sequence[BoxSpec]
    form: DraftForm
    versions: dict[str, int]
    shown: dict[str, int]

    @property
    def sent(self) -> bool:
        """Whether the page was sent with nothing to correct. Gaps are not faults here."""
        return bool(self.form.validate_on_submit())

    @property
    def status(self) -> int:
        """400 where what was sent has to be corrected."""
        return 400 if self.form.errors else 200


def boxes_page(audit: Audit, draft: Draft, specs: Sequence[BoxSpec]) -> BoxesPage:
    """The page of these boxes: as stored or, where it was sent, as sent with the versions sent."""
    kept = {spec.name: services.box(draft, spec.name) for spec in specs}
    data: dict[str, Any] = {
        spec.name: _shown(spec, kept[spec.name].value) for spec in specs if kept[spec.name].value
    }
    standing = {name: each.version for name, each in kept.items()}
    sent = {name: _version_sent(name) for name in standing}
    shown = {name: standing[name] if sent[name] == _STALE else sent[name] for name in standing}
    return BoxesPage(audit, draft, specs, draft_form(specs)(data=data), sent, shown)


def _shown(spec: BoxSpec, value: str) -> Any:
    return date.fromisoformat(value) if spec.kind is Kind.DATE else value


def _version_sent(name: str) -> int:
    sent = request.form.get(_VERSION + name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else _STALE


def _changes(page: BoxesPage) -> list[Change]:
    """The boxes that were in the form. Radios without an answer are not: they change nothing."""
    return [
        Change(spec.name, value, page.versions[spec.name])
        for spec in page.specs
        if _was_sent(spec) and (value := _resolved(page, spec)) is not None
    ]


def _was_sent(spec: BoxSpec) -> bool:
    name = f"{spec.name}-day" if spec.kind is Kind.DATE else spec.name
    return name in request.form


def _resolved(page: BoxesPage, spec: BoxSpec) -> str | None:
    """What the writer wants the box to hold; None where they chose to keep what is saved."""
    value = page.form[spec.name].data
    mine = "" if value is None else str(value)
    keep = request.form.get(_KEEP + spec.name, "mine")
    if keep == "theirs":
        return None
    if keep == "both":
        theirs = services.box(page.draft, spec.name).value
        return f"{theirs}\n\n{mine}" if theirs else mine
    return mine


class Shown(NamedTuple):
    """A conflict as the page shows it: the words of a choice, the text of a text."""

    conflict: Conflict
    question: str
    mine: str
    theirs: str
    is_text: bool


def save_boxes(page: BoxesPage, onward: Callable[[], str]) -> ResponseReturnValue:
    """Save the page, and go on: to the next page, or back to the task list; or show conflicts."""
    with saving():
        outcome = services.save_fields(page.audit, _changes(page), by=signed_in_id(), at=now())
    if outcome.conflicts:
        return conflict_page(page.audit, page.specs, outcome.conflicts)
    if page.form.later.data:
        return redirect(url_for("audits.show", audit_id=page.audit.id))
    return redirect(onward())


def conflict_page(
    audit: Audit, specs: Sequence[BoxSpec], conflicts: Sequence[Conflict]
) -> ResponseReturnValue:
    """Both versions of each box that somebody else saved meanwhile, to choose from (A8)."""
    asked = {spec.name: spec for spec in specs}
    shown = [
        Shown(
            each,
            asked[each.field].label,
            _words(asked[each.field], each.mine),
            _words(asked[each.field], each.theirs),
            asked[each.field].kind is Kind.TEXT,
        )
        for each in conflicts
    ]
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page("audits/conflict.html", audit, status=409, shown=shown, action=request.path)


def _words(spec: BoxSpec, value: str) -> str:
    return next((text for choice, text, *_ in spec.choices if choice == value), value)
