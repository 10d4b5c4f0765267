"""The boxes of a draft by name: how each is read, which version it is, and how it is written.

Names, beside those of `AuditText`: `<section>.grade` (a grade, or "not_applicable"),
`question.<code>` (the answer to a text question is a text of that name), `overall.grade`,
`safe.now`, `override.<a to d>`, `voice.<who>.<obtained, on, said, why_not, safe_to_contact,
in_confidence>` and, in a re-audit, `since.<section>.<answer, note>`. All values are text, empty for
none; a date is 2026-11-22.

A box of a question or section whose condition does not hold now is written all the same: its answer
may have been typed before the other one changed (A8), and is not counted while it is not asked.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zlib import crc32

from qa_app.audits.draft import Draft
from qa_app.audits.labels import SECTION_TEXTS, WHOLE
from qa_app.audits.models import (
    AuditText,
    LimitOverride,
    QuestionAnswer,
    SectionAnswer,
    Voice,
)
from qa_app.audits.queries.held import Stored
from qa_app.audits.services.answering_since import SINCE_NAME, write_answer
from qa_app.audits.services.parsing import NO, YES, day, member, said, truth
from qa_app.database import db
from qa_app.domain.answers import QuestionKind, SafeNow, VoiceOf
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import ComplianceAnswer, Grade, LimitingRule
from qa_app.domain.versions import Written, likeness
from qa_app.standards.models import Question, Section

NOT_APPLICABLE: Final = "not_applicable"


class UnknownField(DomainError):
    """A box that this audit does not have."""


def fingerprint_version(value: str) -> int:
    """The version of a box that counts none: 0 while empty, else the CRC-32 of what it holds.

    It answers what a version is for: is this still what the writer was shown?
    """
    return crc32(value.encode()) if value else 0


@dataclass
class Box:
    """One box: `write` takes its new value; `version` says which value a writer was shown.

    `written` says of narrative alone, where there is any, when and by whom it was saved.
    """

    name: str
    label: str
    value: str
    version: int
    write: Callable[[str, UUID, datetime], Stored | None]
    written: Written | None = None


def _written(row: AuditText | LimitOverride | Voice | None) -> Written | None:
    if row is None:
        return None
    return Written(row.saved_at, row.saved_by if isinstance(row, AuditText) else None)


def _plain_box(
    name: str,
    label: str,
    value: str | None,
    write: Callable[[str, datetime], None],
    written: Written | None = None,
) -> Box:
    value = value or ""

    def put(new: str, _by: UUID, at: datetime) -> None:
        write(new, at)

    return Box(name, label, value, fingerprint_version(value), put, written)


def _text_box(draft: Draft, name: str, label: str) -> Box:
    row = draft.text_row(name)

    def write(value: str, by: UUID, at: datetime) -> Stored:
        kept = row
        if kept is None:
            kept = AuditText(
                audit_id=draft.audit.id, field=name, salt=secrets.token_hex(16), version=0
            )
            db.session.add(kept)
        kept.text, kept.saved_at, kept.saved_by = value, at, by
        kept.likeness = likeness(value)
        kept.version += 1
        return Stored(value, kept.version, kept.salt)

    shown = (row.text, row.version) if row else ("", 0)
    return Box(name, label, *shown, write, _written(row))


def _section_grade(draft: Draft, name: str, section: Section) -> Box:
    row = draft.section_answers.get(section.id)
    value = "" if row is None else NOT_APPLICABLE if row.not_applicable else row.grade or ""

    def write(new: str, at: datetime) -> None:
        kept = row or SectionAnswer(audit_id=draft.audit.id, section_id=section.id)
        kept.not_applicable = new == NOT_APPLICABLE
        kept.grade = None if kept.not_applicable else member(Grade, new)
        kept.saved_at = at
        db.session.add(kept)

    return _plain_box(name, f"{section.title}: grade", value, write)


def _answer(draft: Draft, name: str, question: Question) -> Box:
    if question.kind is QuestionKind.TEXT:
        return _text_box(draft, name, question.code)
    row = draft.question_answers.get(question.id)
    quality = question.kind is QuestionKind.QUALITY
    value = "" if row is None else (row.grade if quality else row.compliance) or ""

    def write(new: str, at: datetime) -> None:
        kept = row or QuestionAnswer(audit_id=draft.audit.id, question_id=question.id)
        if quality:
            kept.grade = member(Grade, new)
        else:
            kept.compliance = member(ComplianceAnswer, new)
        kept.saved_at = at
        db.session.add(kept)

    return _plain_box(name, question.code, value, write)


def _overall_grade(draft: Draft, name: str) -> Box:
    def write(new: str, _at: datetime) -> None:
        draft.audit.overall_grade = member(Grade, new)

    return _plain_box(name, "Overall grade", draft.audit.overall_grade, write)


def _safe_now(draft: Draft, name: str) -> Box:
    def write(new: str, _at: datetime) -> None:
        draft.audit.safe_now = member(SafeNow, new)

    return _plain_box(name, "Is this child safe now?", draft.audit.safe_now, write)


def _override(draft: Draft, name: str, rule: LimitingRule) -> Box:
    row = draft.overrides.get(rule)

    def write(new: str, at: datetime) -> None:
        kept = row or LimitOverride(audit_id=draft.audit.id, rule=rule)
        kept.reason, kept.saved_at = new, at
        db.session.add(kept)

    label = f"Why limiting rule {rule.value} was set aside"
    return _plain_box(name, label, row.reason if row else "", write, _written(row))


_VOICE_TEXTS: Final = frozenset({"said", "why_not"})
_VOICE_PARTS: Final[dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]]] = {
    "obtained": (said, truth),
    "safe_to_contact": (said, truth),
    "in_confidence": (lambda held: YES if held else NO, lambda text: bool(truth(text))),
    "on": (
        lambda on: on.isoformat() if on else "",
        day,
    ),
    "said": (lambda text: text or "", lambda text: text),
    "why_not": (lambda text: text or "", lambda text: text),
}


def _voice(draft: Draft, name: str, voice: VoiceOf, part: str) -> Box:
    row = draft.voices.get(voice)
    read, parse = _VOICE_PARTS[part]

    def write(new: str, at: datetime) -> None:
        kept = row or draft.voices.get(voice)
        if kept is None:
            kept = Voice(audit_id=draft.audit.id, voice_of=voice, said="", why_not="")
            # The next part of the same voice finds this row.
            draft.voices[voice] = kept
            db.session.add(kept)
        setattr(kept, part, parse(new))
        kept.saved_at = at

    label = f"Views of {voice.words}"
    written = _written(row) if part in _VOICE_TEXTS else None
    return _plain_box(name, label, read(getattr(row, part, None)), write, written)


def _since(draft: Draft, name: str, code: str, part: str) -> Box | None:
    section = draft.since.section(code) if draft.since is not None else None
    if draft.since is None or section is None:
        return None
    label = f"{section.title}: what became of it"
    if part == "note":
        return _text_box(draft, name, label)
    row, write = draft.since.answers.get(section.id), write_answer(draft.since, section)
    value = row.answer.value if row is not None else ""
    return Box(name, label, value, fingerprint_version(value), write)


_VOICE_NAME: Final = re.compile(
    f"voice\\.({'|'.join(VoiceOf)})\\.({'|'.join(_VOICE_PARTS)})", re.ASCII
)


def box(draft: Draft, name: str) -> Box:
    """The box of this name. Raises UnknownField where the audit does not have it."""
    found = _box_of_whole(draft, name) or _box_of_part(draft, name)
    if found is None or _is_left_out(draft, name):
        raise UnknownField("This box is not part of the audit. Reload the page", "field")
    return found


_GRADING: Final = re.compile(r"(overall|override)\..*|[^.]+\.(grade|impact|not_applicable)")
_JUDGING: Final = ("safe.", "none_found.")


def _is_left_out(draft: Draft, name: str) -> bool:
    """Whether the tool, which is not graded or has no gates, does without this box (P7)."""
    if draft.audit.graded or name.startswith("question."):
        return False
    judging = name.startswith(_JUDGING) and not draft.judges
    return judging or _GRADING.fullmatch(name) is not None


def _box_of_whole(draft: Draft, name: str) -> Box | None:
    if name in WHOLE:
        return _text_box(draft, name, WHOLE[name])
    if name == "overall.grade":
        return _overall_grade(draft, name)
    return _safe_now(draft, name) if name == "safe.now" else None


def _box_of_part(draft: Draft, name: str) -> Box | None:
    voice = _VOICE_NAME.fullmatch(name)
    if voice is not None:
        return _voice(draft, name, VoiceOf(voice[1]), voice[2])
    first, _, rest = name.partition(".")
    if first == "override" and rest in set(LimitingRule):
        return _override(draft, name, LimitingRule(rest))
    if first == "since" and (since := SINCE_NAME.fullmatch(name)) is not None:
        return _since(draft, name, since[1], since[2])
    if first == "question":
        question = draft.question(rest, unasked=True)
        return _answer(draft, name, question) if question is not None else None
    return _box_of_section(draft, name, first, rest)


def _box_of_section(draft: Draft, name: str, code: str, part: str) -> Box | None:
    if part != "grade" and part not in SECTION_TEXTS:
        return None
    section = draft.section(code, unasked=True)
    if section is None:
        return None
    if part == "grade":
        return _section_grade(draft, name, section)
    return _text_box(draft, name, f"{section.title}: {SECTION_TEXTS[part]}")
