"""What the writer of a draft may want to look at again: gentle checks, and identifying words (A11).

Nothing here keeps an audit from being sent; what does is a gap (`Draft.gaps`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.audits.draft import Draft
from qa_app.audits.identifying import identifying_words, mark, not_confirmed
from qa_app.audits.models import Audit, AuditText, IdentifierCleared
from qa_app.audits.queries.hearing import quote_marks, quote_marks_of
from qa_app.audits.queries.held import HeldAudit
from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.gentle import Answered, Look, look_again
from qa_app.domain.grades import ComplianceAnswer, Grade
from qa_app.standards.models import Section


def looks_of(draft: Draft, sections: Iterable[Section], today: date) -> list[Look]:
    """What to look at again in these sections, as they stand (one query for copied texts)."""
    if not draft.audit.graded:
        return []
    wanted = [each for each in sections if not draft.is_not_applicable(each)]
    copied = _copied(draft, wanted)
    short_below = settings.number("short_evidence_below", today)
    return [
        look
        for each in wanted
        for look in look_again(_answered(draft, each, copied.get(each.code, "")), short_below)
    ]


def marks_of(
    draft: Draft, texts: Mapping[str, str], sections: Iterable[Section], today: date
) -> Mapping[str, list[str]]:
    """The quiet notes under the boxes of a page, by box: what may identify somebody in the texts of
    these boxes or show who said it, and what to look at again in these sections (three queries at
    most)."""
    marks: dict[str, list[str]] = defaultdict(list)
    for each in draft.unconfirmed(texts):
        for name in each.fields:
            marks[name].append(mark(each.kind, each.words))
    for name, hints in quote_marks(draft, texts).items():
        marks[name] += hints
    for look in looks_of(draft, sections, today):
        marks[f"{look.section}.{look.part}"].append(look.message)
    return marks


def marks_while_typing(audit: HeldAudit, name: str, text: str) -> list[str]:
    """The notes of one box whose text was just saved: what may identify somebody, or show who said
    it. No query where there is neither; what to look at again is worked out for a whole page."""
    found = identifying_words({name: text}, [each.name for each in audit.parties])
    query = select(IdentifierCleared).where(IdentifierCleared.audit_id == audit.id)
    cleared = list(db.session.scalars(query)) if found else []
    marks = [mark(each.kind, each.words) for each in not_confirmed(found, cleared)]
    return [*marks, *quote_marks_of(audit.id, name, text)]


def _answered(draft: Draft, section: Section, copied_from: str) -> Answered:
    compliance: list[ComplianceAnswer] = []
    quality: list[Grade] = []
    for question in draft.questions_of(section):
        row = draft.question_answers.get(question.id)
        if row is None:
            continue
        if question.kind is QuestionKind.COMPLIANCE and row.compliance is not None:
            compliance.append(row.compliance)
        if question.kind is QuestionKind.QUALITY and row.grade is not None:
            quality.append(row.grade)
    return Answered(
        section.code,
        section.title,
        draft.grade_of(section),
        draft.text(f"{section.code}.evidence"),
        compliance,
        quality,
        copied_from,
    )


def _copied(draft: Draft, sections: list[Section]) -> dict[str, str]:
    """Where else each section's evidence stands word for word, in words."""
    rows = {each.code: draft.text_row(f"{each.code}.evidence") for each in sections}
    likeness = {code: row.likeness for code, row in rows.items() if row and row.likeness}
    if not likeness:
        return {}
    elsewhere = _places(draft, set(likeness.values()))
    return {
        code: next(iter(places), "")
        for code, value in likeness.items()
        if (places := [words for name, words in elsewhere[value] if name != f"{code}.evidence"])
    }


def _places(draft: Draft, likeness: set[str]) -> dict[str, list[tuple[str, str]]]:
    """By likeness: the box in this audit, or "" in another, and where that is in words.

    Another audit is named to whoever wrote both texts alone: others may not know of it (I2).
    """
    query = (
        select(AuditText.likeness, AuditText.audit_id, AuditText.field, AuditText.saved_by,
               Audit.reference)
        .join(Audit, Audit.id == AuditText.audit_id)
        .where(AuditText.likeness.in_(likeness))
        .order_by(AuditText.audit_id != draft.audit.id, AuditText.saved_at, AuditText.id)
        .limit(200)
    )  # fmt: skip
    titles = {f"{each.code}.evidence": each.title for each in draft.possible}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for likely, audit_id, field, writer, reference in db.session.execute(query):
        value = likely or ""
        if audit_id == draft.audit.id:
            found[value].append((field, f"“{titles.get(field, 'another part')}”"))
        elif writer == draft.audit.auditor_id:
            found[value].append(("", f"your audit {reference}"))
        else:
            found[value].append(("", "another audit"))
    return found
