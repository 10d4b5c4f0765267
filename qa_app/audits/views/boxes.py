"""A page of a draft's boxes: filled from what is stored, saved box by box, conflicts shown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.audits import BoxSpec, DraftForm, Kind, draft_form
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.gentle import marks_of
from qa_app.audits.services.writing import Change, Conflict
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.versions import EarlierVersions
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.security import note_access, signed_in_id

_VERSION = "version:"
_SHOWN = "shown:"
_KEEP = "keep:"
_STALE = -1
"""A version that no box ever has: what a form without its versions is taken to have been shown."""


class Mark(NamedTuple):
    """What a page says of a box beside its value: the version that it shows, and a digest of both.

    A box that comes back with its digest was not touched: it is no change, whatever was saved in it
    meanwhile. Once a script has saved the box the version is another one, and the digest is void.
    """

    version: int
    digest: str

    @classmethod
    def of(cls, version: int, value: str) -> "Mark":
        """The mark of a box that shows this value."""
        digest = blake2b(f"{version} {value}".encode(), digest_size=8)
        return cls(version, digest.hexdigest())


@dataclass
class BoxesPage:
    """The form of a page; `specs` say how each box is asked.

    `versions` are those that the form was sent with, `shown` what to put into the page.
    """

    audit: Audit
    draft: Draft
    specs: Sequence[BoxSpec]
    form: DraftForm
    versions: dict[str, int]
    shown: dict[str, Mark]

    @property
    def sent(self) -> bool:
        """Whether the page was sent with nothing to correct. Gaps are not faults here."""
        return bool(self.form.validate_on_submit())

    @property
    def status(self) -> int:
        """400 where what was sent has to be corrected."""
        return 400 if self.form.errors else 200


def boxes_page(
    audit: Audit, draft: Draft, specs: Sequence[BoxSpec], also: Iterable[BoxSpec] = ()
) -> BoxesPage:
    """The page of these boxes: as stored or, where it was sent, as sent with the versions sent.

    `also` are boxes that the page does not ask for as the draft stands now, but may have when it
    was opened: where they were sent, what was typed in them is saved too (A8).
    """
    asked = {spec.name for spec in specs}
    specs = [*specs, *(each for each in also if each.name not in asked and _was_sent(each))]
    kept = {spec.name: services.box(draft, spec.name) for spec in specs}
    data: dict[str, Any] = {
        spec.name: _shown(spec, kept[spec.name].value) for spec in specs if kept[spec.name].value
    }
    form = draft_form(specs)(data=data)
    form.earlier = EarlierVersions(audit)
    sent = {name: _version_sent(name) for name in kept}
    shown = {
        name: Mark.of(each.version, each.value)
        if sent[name] == _STALE
        else Mark(sent[name], request.form.get(_SHOWN + name, ""))
        for name, each in kept.items()
    }
    page = BoxesPage(audit, draft, specs, form, sent, shown)
    if request.method == "GET":
        _note(page, {name: each.value for name, each in kept.items()})
    return page


def _note(page: BoxesPage, values: dict[str, str]) -> None:
    """Put what the writer may want to look at again below the boxes."""
    texts = {each.name: values[each.name] for each in page.specs if each.kind is Kind.TEXT}
    codes = {each.name.partition(".")[0] for each in page.specs}
    sections = [each for each in page.draft.sections if each.code in codes]
    for name, notes in marks_of(page.draft, texts, sections, london_date(now())).items():
        if name in page.form:
            page.form[name].notes = notes


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
    """What the writer wants the box to hold; None where they did not touch it, or chose to keep
    what is saved."""
    value = page.form[spec.name].data
    mine = "" if value is None else str(value)
    keep = request.form.get(_KEEP + spec.name, "mine")
    if keep == "theirs" or page.shown[spec.name] == Mark.of(page.versions[spec.name], mine):
        return None
    standing = services.box(page.draft, spec.name)
    # What was saved after the choice was put to them is not what they chose to keep: ask again.
    if keep == "both" and standing.value and standing.version == page.versions[spec.name]:
        return f"{standing.value}\n\n{mine}".strip()
    return mine


class Shown(NamedTuple):
    """A conflict as the page shows it: the words of a choice, the text of a text."""

    conflict: Conflict
    question: str
    mine: str
    theirs: str
    is_text: bool


def save_boxes(
    page: BoxesPage,
    onward: Callable[[], str],
    save: Callable[..., services.Saved] = services.save_fields,
) -> ResponseReturnValue:
    """Save the page, and go on: to the next page, or back to the task list; or show conflicts.

    `save` is a service that saves more than the boxes with them.
    """
    with saving():
        outcome = save(page.audit, _changes(page), by=signed_in_id(), at=now())
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
