"""Writing the parts of a draft (R7), so that nothing that was typed is lost (A8)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.reports.building import figures_of
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import ReportText, ReportVersion
from qa_app.reports.publishing.contents import asked_of
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of, held_draft, touch


class WrittenMeanwhile(DomainError):
    """Somebody else saved the same part first. `theirs` is what stands, under `revision`."""

    def __init__(self, theirs: ReportText) -> None:
        super().__init__(
            "Somebody else saved this part while you wrote. Theirs is shown below yours: take what "
            "you need from it, then save",
            "text",
        )
        self.theirs, self.revision, self.by = theirs.text, theirs.revision, theirs.written_by


def write(
    version: ReportVersion, slot: str, text: str, seen: int, *, by: UUID, at: datetime
) -> ReportText:
    """Save one part of a draft. `seen` is the revision of the text that the page showed, 0 where it
    was empty. WrittenMeanwhile where another text has been saved since then."""
    version = held_draft(version)
    headings = {each.code: each.heading for each in RECIPES[version.report.kind].slots}
    if slot not in headings:
        raise DomainError("The report has no such part")
    kept = next((each for each in version.texts if each.slot == slot), None)
    if kept is not None and kept.text == text:
        return kept
    if kept is not None and kept.revision != seen:
        raise WrittenMeanwhile(kept)
    if kept is None:
        kept = ReportText(version_id=version.id, slot=slot)
        db.session.add(kept)
    kept.text, kept.written_by, kept.written_at = text, by, at
    touch(version)
    db.session.flush()
    db.session.expire(version, ["texts"])
    history.record(
        "report_written", version, by=by, at=at, number=version.number, slot=headings[slot]
    )
    return kept


def suggestions(version: ReportVersion, slot: str) -> list[str]:
    """The sentences that a part can begin from: they state only what the figures say (R6)."""
    asked = asked_of(version.report)
    figures = figures_of(asked, facts_of(cut_of(version)))
    return list(RECIPES[asked.kind].suggestions(figures, asked).get(slot, ()))


def take_over(
    version: ReportVersion,
    slot: str,
    typed: str,
    sentence: str,
    seen: int,
    *,
    by: UUID,
    at: datetime,
) -> ReportText:
    """Save a part with a suggested sentence after what was typed. DomainError where the figures do
    not say it any more."""
    if sentence not in suggestions(version, slot):
        raise DomainError("The data changed: choose from the sentences as they are now", "text")
    text = f"{typed.rstrip()}\n\n{sentence}" if typed.strip() else sentence
    return write(version, slot, text, seen, by=by, at=at)
