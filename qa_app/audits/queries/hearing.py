"""Who was heard, and what the social worker and the team manager say in their own words, as a
reader of the audit sees it (A5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Voice
from qa_app.audits.queries.contributions import signed_contributions
from qa_app.database import db
from qa_app.domain.answers import FAMILY, ContributionKind, VoiceOf
from qa_app.domain.permissions import Party
from qa_app.domain.quotes import shows_who_said_it
from qa_app.domain.workflow import OPEN_FOR_WRITING

MAY_SHOW: Final = "These words may show who said them."
MEND: Final = "Consider saying it in your own words, or keep it in confidence."


@dataclass(frozen=True)
class VoiceReading:
    """Whether somebody was heard, in words.

    What was said in confidence is empty for a reader outside: it is nowhere in what they get.
    `hints` say, while the audit is written, what in the words may show who said them.
    """

    who: str
    obtained: bool | None
    on: date | None
    said: str
    why_not: str
    safe_to_contact: bool | None
    in_confidence: bool = False
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class ViewReading:
    """Somebody's own, signed words, with how they are pinned to the audit."""

    name: str
    party: Party
    signed_at: datetime
    text: str

    @property
    def role(self) -> str:
        """How they are pinned, in words."""
        return self.party.value.replace("_", " ")


def voices_of(draft: Draft, *, inside: bool) -> Iterator[VoiceReading]:
    """Each of the four of whom something was answered, in their order."""
    for voice in VoiceOf:
        row = draft.voices.get(voice)
        if row is not None:
            yield _reading(draft, voice, row, inside)


def _reading(draft: Draft, voice: VoiceOf, row: Voice, inside: bool) -> VoiceReading:
    confided = row.in_confidence and voice in FAMILY
    writing = inside and draft.audit.state in OPEN_FOR_WRITING
    return VoiceReading(
        who=voice.words,
        obtained=row.obtained,
        on=row.on,
        said=row.said if inside or not confided else "",
        why_not=row.why_not,
        safe_to_contact=row.safe_to_contact if voice in FAMILY else None,
        in_confidence=confided,
        hints=_hints(voice, row.said, row) if writing else (),
    )


def _hints(voice: VoiceOf, said: str, row: Voice | None) -> tuple[str, ...]:
    """What may show who said a family's words, as far as everybody is to read them."""
    if voice not in FAMILY or (row is not None and row.in_confidence):
        return ()
    return tuple(shows_who_said_it(said))


def quote_marks(draft: Draft, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """A quiet note for each of these boxes whose words may show who said them (A5)."""
    marks: dict[str, list[str]] = {}
    for voice in VoiceOf:
        name = f"voice.{voice.value}.said"
        hints = _hints(voice, texts[name], draft.voices.get(voice)) if texts.get(name) else ()
        if hints:
            marks[name] = [f"{MAY_SHOW} {MEND}", *hints]
    return marks


def quote_marks_of(audit_id: UUID, name: str, said: str) -> list[str]:
    """The same for one box by its name: one query, and that for a family's own words alone."""
    voice = next((each for each in FAMILY if name == f"voice.{each.value}.said"), None)
    hints = shows_who_said_it(said) if voice is not None else []
    if not hints:
        return []
    query = select(Voice).where(Voice.audit_id == audit_id, Voice.voice_of == voice)
    row = db.session.scalars(query).one_or_none()
    return [] if row is not None and row.in_confidence else [f"{MAY_SHOW} {MEND}", *hints]


def views_of(audit: Audit) -> list[ViewReading]:
    """The views that were signed while the audit was done, the first first (one query)."""
    return [
        ViewReading(
            each.person.name,
            each.party,
            each.signed_at,
            each.text,
        )
        for each in signed_contributions(audit)
        if each.kind is ContributionKind.VIEW and each.signed_at is not None
    ]
