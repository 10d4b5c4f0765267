"""What a draft audit still lacks before it can be submitted (A2 to A7, A9, A10).

A tool says for itself whether it has these gates and whether it is graded (P7). Without gates every
question asked is to be answered all the same (A2), and a graded audit needs its overall grade, or
it could never be final (M7).

Each gap is an instruction that names its noun, and a place to link to. Nothing here counts words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from qa_app.domain.answers import (
    FAMILY,
    VOICE_WORDS,
    FindingAbout,
    FindingKind,
    QuestionKind,
    SafeNow,
    VoiceOf,
)
from qa_app.domain.grades import Grade, Limiting, LimitingRule, limits_broken
from qa_app.domain.settings import default_number


@dataclass(frozen=True)
class Gap:
    """Something missing: the section's code (None: the audit as a whole), the field, what to do.

    A section's fields are ``grade``, ``evidence``, ``impact``, ``not_applicable`` and the codes of
    its questions. The audit's are ``overall.grade``, ``overall.rationale``,
    ``overall.why_not_above``, ``overall.why_not_below``, ``override.a`` to ``d``, ``safe.now``,
    ``safe.how_known``, ``concern``, ``none_found.strength``, ``none_found.development``,
    ``finding.1.theme`` (``section``, ``about``) and ``voice.child.obtained`` (``on``,
    ``safe_to_contact``, ``said``, ``why_not``).
    """

    section: str | None
    field: str
    message: str


@dataclass(frozen=True)
class UnansweredQuestion:
    """A question that still waits for its answer; ``words`` are how the page asks it."""

    code: str
    words: str
    kind: QuestionKind


@dataclass(frozen=True)
class SectionFacts:
    """One section of a draft. Text may be None, empty or blank: all three are missing."""

    code: str
    title: str
    limiting: Limiting = Limiting.PRACTICE
    grade: Grade | None = None
    evidence: str | None = None
    impact: str | None = None
    not_applicable: bool = False
    not_applicable_reason: str | None = None
    unanswered: tuple[UnansweredQuestion, ...] = ()


@dataclass(frozen=True)
class FindingFacts:
    """One finding: its theme and section are named by anything that says that they are there."""

    kind: FindingKind
    theme: str | None
    section: str | None
    about: FindingAbout | None


@dataclass(frozen=True)
class VoiceFacts:
    """Whether somebody was heard: then when and, for a family, what they said; else why not.

    ``safe_to_contact``: whether the worker confirmed that a family could be contacted safely.
    """

    obtained: bool | None = None
    on: date | None = None
    said: str | None = None
    why_not: str | None = None
    safe_to_contact: bool | None = None


@dataclass(frozen=True)
class DraftFacts:
    """A draft audit in plain values.

    ``none_found`` holds, for a kind of finding, why there is none; ``overrides`` the limiting
    rules that the auditor set aside with a reason; ``voices_asked`` those whom the tool asks for.
    ``concern_open`` says that a significant-harm concern stands on this audit. ``graded`` and
    ``gated`` are what the tool says of itself (P7).
    """

    sections: tuple[SectionFacts, ...]
    findings: tuple[FindingFacts, ...] = ()
    none_found: Mapping[FindingKind, str | None] = field(default_factory=dict)
    voices: Mapping[VoiceOf, VoiceFacts] = field(default_factory=dict)
    overall: Grade | None = None
    rationale: str | None = None
    why_not_above: str | None = None
    why_not_below: str | None = None
    safe_now: SafeNow | None = None
    safe_how_known: str | None = None
    concern_open: bool = False
    overrides: frozenset[LimitingRule] = frozenset()
    voices_asked: tuple[VoiceOf, ...] = tuple(VoiceOf)
    graded: bool = True
    gated: bool = True


def gaps(facts: DraftFacts) -> list[Gap]:
    """Everything that keeps a draft from being submitted, in the order of its pages."""
    return [gap for check in (_GATES if facts.gated else _NO_GATES) for gap in check(facts)]


def is_thin(
    rationale: str | None, different_words: int = default_number("thin_rationale_below")
) -> bool:
    """Whether to mark a rationale thin for the moderator (A6). It never stops a submission.

    Different words are counted, so that saying the same again does not make it thicker.
    """
    return len(set((rationale or "").casefold().split())) < different_words


def _missing(text: str | None) -> bool:
    return not (text or "").strip()


def _noun(title: str) -> str:
    """A title inside a sentence: the first letter is small, unless it begins an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _section_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A2 and A3."""
    for section in facts.sections:
        for name, message in _missing_in(section, facts.graded):
            if facts.gated or name not in _JUDGEMENT:
                yield Gap(section.code, name, message)


_JUDGEMENT: Final = frozenset({"not_applicable", "grade", "evidence", "impact"})


def _missing_in(section: SectionFacts, graded: bool) -> Iterator[tuple[str, str]]:
    noun = _noun(section.title)
    if section.not_applicable and graded:
        if _missing(section.not_applicable_reason):
            yield "not_applicable", f"Enter why {noun} is not applicable"
        return
    for question in section.unanswered:
        yield question.code, f"{_ANSWER[question.kind]}: {question.words}"
    if graded:
        yield from _missing_judgement(section, noun)


def _missing_judgement(section: SectionFacts, noun: str) -> Iterator[tuple[str, str]]:
    if section.grade is None:
        yield "grade", f"Select a grade for {noun}"
    if _missing(section.evidence):
        yield "evidence", f"Enter the evidence for {noun}"
    if _missing(section.impact):
        yield "impact", f"Enter the difference made for the child: {noun}"


_ANSWER: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.COMPLIANCE: "Select an answer",
    QuestionKind.QUALITY: "Select a grade",
    QuestionKind.TEXT: "Enter an answer",
}


_FINDING: Final[Mapping[FindingKind, str]] = {
    FindingKind.STRENGTH: "strength",
    FindingKind.DEVELOPMENT: "area for development",
}


def _finding_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A4. Findings are numbered from 1 within their kind, and in their field in the order given."""
    seen = dict.fromkeys(FindingKind, 0)
    for place, finding in enumerate(facts.findings, start=1):
        seen[finding.kind] += 1
        noun = f"{_FINDING[finding.kind]} {seen[finding.kind]}"
        if _missing(finding.theme):
            yield Gap(None, f"finding.{place}.theme", f"Select a theme for {noun}")
        if _missing(finding.section):
            yield Gap(None, f"finding.{place}.section", f"Select a section for {noun}")
        if finding.about is None:
            words = f"Select whether {noun} is about practice or recording only"
            yield Gap(None, f"finding.{place}.about", words)
    for kind, count in seen.items():
        if not count and _missing(facts.none_found.get(kind)):
            words = f"Add at least one {_FINDING[kind]}, or enter why none was found"
            yield Gap(None, f"none_found.{kind.value}", words)


def _voice_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A5."""
    for voice in facts.voices_asked:
        for name, message in _missing_of(voice, facts.voices.get(voice, VoiceFacts())):
            yield Gap(None, f"voice.{voice.value}.{name}", message)


def _missing_of(voice: VoiceOf, heard: VoiceFacts) -> Iterator[tuple[str, str]]:
    who = VOICE_WORDS[voice]
    asked = f"{who} gave a view" if voice in FAMILY else f"the audit was talked through with {who}"
    if heard.obtained is None:
        yield "obtained", f"Select whether {asked}"
        return
    if not heard.obtained:
        if _missing(heard.why_not):
            yield "why_not", f"Enter why there is no view from {who}"
        return
    if heard.on is None:
        yield "on", f"Enter the date when {asked}"
    if voice in FAMILY:
        yield from _missing_of_family(who, heard)


def _missing_of_family(who: str, heard: VoiceFacts) -> Iterator[tuple[str, str]]:
    if heard.safe_to_contact is None:
        words = f"Select whether the social worker confirmed that it was safe to contact {who}"
        yield "safe_to_contact", words
    if _missing(heard.said):
        yield "said", f"Enter what {who} said"


def _grade_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A6: the grade itself, which M7 needs before there can be a final one."""
    if facts.graded and facts.overall is None:
        yield Gap(None, "overall.grade", "Select an overall grade")


def _reason_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A6: why this grade, and neither the one above nor the one below."""
    if not facts.graded:
        return
    if _missing(facts.rationale):
        yield Gap(None, "overall.rationale", "Enter the reasons for the overall grade")
    if facts.overall not in (None, Grade.OUTSTANDING) and _missing(facts.why_not_above):
        yield Gap(None, "overall.why_not_above", "Enter why the overall grade is not the one above")
    if facts.overall not in (None, Grade.INADEQUATE) and _missing(facts.why_not_below):
        yield Gap(None, "overall.why_not_below", "Enter why the overall grade is not the one below")


def _limit_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A7."""
    if facts.overall is None or not facts.graded:
        return
    graded = {
        section.title: (section.limiting, None if section.not_applicable else section.grade)
        for section in facts.sections
    }
    for limit in limits_broken(facts.overall, graded):
        if limit.rule not in facts.overrides:
            words = f"Change the overall grade or enter why it stands: {_noun(limit.sentence)}"
            yield Gap(None, f"override.{limit.rule.value}", words)


def _safety_gaps(facts: DraftFacts) -> Iterator[Gap]:
    """A9 and A10."""
    if facts.safe_now is None:
        yield Gap(None, "safe.now", "Select whether this child is safe now")
    elif facts.safe_now == SafeNow.YES:
        if _missing(facts.safe_how_known):
            yield Gap(None, "safe.how_known", "Enter how you know that this child is safe now")
    elif not facts.concern_open:
        yield Gap(None, "concern", _RAISE[facts.safe_now])


_RAISE: Final[Mapping[SafeNow, str]] = {
    SafeNow.NO: "Raise a significant-harm concern now: you answered that this child is not safe",
    SafeNow.CANNOT_TELL: "Raise a significant-harm concern now: you answered that you cannot tell "
    "whether this child is safe",
}

_Checks = tuple[Callable[[DraftFacts], Iterable[Gap]], ...]
_GATES: Final[_Checks] = (
    _section_gaps,
    _finding_gaps,
    _voice_gaps,
    _safety_gaps,
    _grade_gaps,
    _reason_gaps,
    _limit_gaps,
)
_NO_GATES: Final[_Checks] = (_section_gaps, _grade_gaps)
