"""Check, approve, publish, take back, withdraw: what a version goes through (R3, R7, R8)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.domain.publishing import ReportMove, ReportState, advance, refuse_own_approval
from qa_app.formatting import count_words, date_words
from qa_app.notify.services import Message, queue_many
from qa_app.reports.document.storing import from_json, to_json
from qa_app.reports.figures import Figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import (
    Contents,
    bytes_of,
    contents_of,
    figures_in,
    hash_of,
    make_document,
    public_contents_of,
    rows_of,
    texts_of,
)
from qa_app.reports.publishing.erratum import (
    Change,
    figures_changed,
    public_changed,
    texts_changed,
)
from qa_app.reports.services.checking import checks_of
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of, held

_TOLD: Final = (Role.QA_LEAD, Role.MODERATOR)
VERSION: Final = "Version"
"""What a cover calls the version (reports.building)."""

Made = tuple[Contents, Contents]
"""A version's figures in full, and what its public form prints."""


class WorkedOut(NamedTuple):
    """What a version prints, worked out before anybody has to wait for it to be saved: of which
    revision, beside how many published versions, the figures in full, and those of its public form
    where they are needed."""

    revision: int
    beside: int
    full: Contents
    public: Contents | None


class NotReady(DomainError):
    """Something is still to be resolved, explained or written (R7, R8)."""


class NotTheSame(DomainError):
    """What would be published is not what was checked (R3, R4)."""


def work_out(version: ReportVersion) -> WorkedOut:
    """What a version prints in full and in public, which can take a minute: read before the change
    begins, so that no writer waits for it. NotReady for a draft that cannot be checked anyway."""
    if version.state is ReportState.DRAFT:
        refuse_unready(version)
    beside = _how_many_published()
    full = contents_of(version, facts_of(cut_of(version)))
    needed = version.state is ReportState.DRAFT or _published_since(version)
    public = public_contents_of(version, full) if needed else None
    return WorkedOut(version.revision, beside, full, public)


def check(
    version: ReportVersion,
    revision: int,
    worked_out: WorkedOut | None = None,
    *,
    by: UUID,
    at: datetime,
) -> None:
    """Store the figures and documents of a draft with nothing left to resolve, explain or write
    (R7, R8). NotReady where something is. `worked_out` is used where it is of this revision."""
    version = held(version, revision)
    state = advance(version.state, ReportMove.CHECK)
    cut_of(version)
    refuse_unready(version)
    words = f"Version {version.number}, checked {date_words(at)}"
    _store(version, _made(version, worked_out), words)
    version.state, version.checked_by, version.checked_at = state, by, at
    db.session.flush()
    history.record("report_checked", version, by=by, at=at, number=version.number)


def refuse_unready(version: ReportVersion) -> None:
    """NotReady where something is left to put right, explain or write (R7, R8)."""
    left = checks_of(version).open
    if left:
        raise NotReady(
            f"{count_words(left, 'thing')} must be put right or explained first. Each is on the "
            "page of checks"
        )


def _made(version: ReportVersion, worked_out: WorkedOut | None) -> Made:
    full = _full(version, worked_out)
    now = (version.revision, _how_many_published())
    if worked_out is not None and worked_out.public and worked_out[:2] == now:
        return full, worked_out.public
    return full, public_contents_of(version, full)


def _full(version: ReportVersion, worked_out: WorkedOut | None) -> Contents:
    if worked_out is not None and worked_out.revision == version.revision:
        return worked_out.full
    return contents_of(version, facts_of(cut_of(version)))


def _store(version: ReportVersion, made: Made, words: str) -> None:
    errata = _errata(version, made)
    full, public = (
        to_json(make_document(version, each, changes, words=words, draft=True))
        for each, changes in zip(made, errata, strict=True)
    )
    version.document, version.public_document = full, public
    version.figures, version.public_figures = (rows_of(each.figures) for each in made)
    version.public_hidden = [each.to_row() for each in made[1].hidden]
    version.erratum, version.public_erratum = ([each._asdict() for each in e] for e in errata)
    version.hash = hash_of(version, version.figures)


def _errata(version: ReportVersion, made: Made) -> tuple[list[Change], list[Change]]:
    """What changed since the last published version: in full, and as its public form says it."""
    before = last_published(version)
    if before is None:
        return [], []
    full, public = made
    names = {theme.code: theme.name for theme in full.facts.themes}
    headings = {each.code: each.heading for each in RECIPES[version.report.kind].slots}
    texts = texts_changed(texts_of(before), texts_of(version), headings)
    changed = figures_changed(figures_in(before.figures), full.figures, names)
    public_ones = public_changed(figures_in(before.public_figures), public.figures, names)
    return [*changed, *texts], [*public_ones, *texts]


def last_published(version: ReportVersion) -> ReportVersion | None:
    """The version of the same report that was published last before this one."""
    query = (
        select(ReportVersion)
        .where(
            ReportVersion.report_id == version.report_id,
            ReportVersion.number < version.number,
            ReportVersion.published_at.is_not(None),
        )
        .order_by(ReportVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()


def take_back(version: ReportVersion, revision: int, *, by: UUID, at: datetime) -> None:
    """Make a checked or approved version a draft again; what was stored at its check goes."""
    version = held(version, revision)
    version.state = advance(version.state, ReportMove.TAKE_BACK)
    version.checked_by = version.checked_at = version.approved_by = version.approved_at = None
    version.figures = version.public_figures = version.public_hidden = None
    version.document = version.public_document = None
    version.erratum, version.public_erratum, version.hash = [], [], ""
    db.session.flush()
    history.record("report_taken_back", version, by=by, at=at, number=version.number)


def approve(version: ReportVersion, revision: int, *, by: UUID, at: datetime) -> None:
    """Approve a checked version: by a head of service or above (the view asks for the permission)
    who neither checked it nor wrote in it (R3)."""
    version = held(version, revision)
    state = advance(version.state, ReportMove.APPROVE)
    wrote = {each.written_by for each in version.texts} | {each.added_by for each in version.others}
    refuse_own_approval(by, version.checked_by, wrote)
    version.state, version.approved_by, version.approved_at = state, by, at
    db.session.flush()
    history.record("report_approved", version, by=by, at=at, number=version.number)
    checker = db.session.get(Person, version.checked_by) if version.checked_by else None
    _tell(version, [checker] if checker else [], "is approved and can be published", at)


def publish(
    version: ReportVersion,
    revision: int,
    worked_out: WorkedOut | None = None,
    *,
    by: UUID,
    at: datetime,
) -> None:
    """Publish an approved version and lock it (R3). NotTheSame where the figures worked out again
    from its data cut are not the same bytes as those stored (R4), where a text is not the one that
    was checked, or where another report was published since that changes what must be hidden (R5).
    """
    version = held(version, revision)
    state = advance(version.state, ReportMove.PUBLISH)
    _refuse_another(version, worked_out)
    version.document = as_published(version.document, version.number, at)
    version.public_document = as_published(version.public_document, version.number, at)
    # Last of all: from then on the database refuses every change.
    db.session.flush()
    version.state, version.published_by, version.published_at = state, by, at
    db.session.flush()
    history.record("report_published", version, by=by, at=at, number=version.number)
    today = london_date(at)
    people = {each.id: each for role in _TOLD for each in people_with(role, today)}
    _tell(version, [each for each in people.values() if each.id != by], "is published", at)


def as_published(stored: dict[str, Any] | None, number: int, at: datetime) -> dict[str, Any]:
    """The document that was approved, with its cover saying that it is published."""
    words = f"Version {number}, published {date_words(at)}"
    document = from_json(stored or {})
    about = tuple((key, words if key == VERSION else said) for key, said in document.about)
    return to_json(replace(document, about=about, draft=False))


def _refuse_another(version: ReportVersion, worked_out: WorkedOut | None) -> None:
    full = _full(version, worked_out)
    rows = rows_of(full.figures)
    if bytes_of(rows) != bytes_of(version.figures) or hash_of(version, rows) != version.hash:
        raise NotTheSame(
            "This version is not what was checked. Take it back, look at it and check it again"
        )
    # What has to be hidden depends on what others can subtract, and takes long to find out.
    if _published_since(version):
        public = rows_of(_made(version, worked_out)[1].figures)
        if bytes_of(public) != bytes_of(version.public_figures):
            raise NotTheSame(
                "Another report was published since the check, so other figures must be hidden in "
                "public. Take it back and check it again"
            )


def _how_many_published() -> int:
    """Versions that were ever published: what must be hidden depends on them."""
    published = ReportVersion.published_at.is_not(None)
    return db.session.scalar(select(func.count()).where(published)) or 0


def _published_since(version: ReportVersion) -> bool:
    """Whether any report was published since this version was checked."""
    query = select(ReportVersion.id).where(ReportVersion.published_at >= version.checked_at)
    return db.session.scalars(query.limit(1)).first() is not None


def withdraw(version: ReportVersion, revision: int, why: str, *, by: UUID, at: datetime) -> None:
    """Withdraw a published version, with the reason that its readers are given (R3)."""
    version = held(version, revision)
    state = advance(version.state, ReportMove.WITHDRAW)
    if not why.strip():
        raise DomainError("Say why the version is withdrawn", "why")
    version.state, version.withdrawn_by, version.withdrawn_at = state, by, at
    version.withdrawn_why = why.strip()
    db.session.flush()
    history.record("report_withdrawn", version, by=by, at=at, number=version.number)


def recomputed(version: ReportVersion) -> Figures:
    """The figures of a version worked out again from its data cut (R4)."""
    return contents_of(version, facts_of(cut_of(version))).figures


def _tell(version: ReportVersion, people: Sequence[Person], what: str, at: datetime) -> None:
    subject = f"{version.report.title}, version {version.number}, {what}"
    path = f"/reports/versions/{version.id}"
    state = version.state.value
    queue_many(
        [
            Message(
                each.id,
                each.email,
                subject,
                f"{subject}. Open it in the library of reports.",
                path,
                f"report:{version.id}:{state}:{version.revision}:{each.id}",
            )
            for each in people
        ],
        at,
    )
