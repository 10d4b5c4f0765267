"""The rows of a data cut. All of them are plain values, so that a cut can be kept as JSON (R4).

They are read once, in one transaction; figures are worked out from them and from nothing else, so
that the same cut gives the same figures for ever and cells add up to their total. No row holds a
case reference, a child's anything, or what somebody wrote.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.domain.answers import FindingAbout, FindingKind, VoiceOf
from qa_app.domain.calendar import Month
from qa_app.domain.grades import ComplianceAnswer, Grade, PlanType, Selection
from qa_app.domain.learning import JudgedBy, ResponseKind

NOWHERE: Final = ""
"""The team or service of an audit that names none."""


@dataclass(frozen=True)
class Unit:
    """A team with its service, by name as they were at the cut."""

    id: UUID
    name: str
    service_id: UUID | None
    service: str


@dataclass(frozen=True)
class ThemeFact:
    """A theme; `stands_for` are the codes of the themes that were merged into it by the cut."""

    code: str
    name: str
    ended: bool = False
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class SectionFact:
    """The grade of one section that counts: the final one, or the auditor's where nobody moderated
    the section. `tool` and `code` name the section whatever its tool's version."""

    tool: str
    code: str
    title: str
    grade: Grade


@dataclass(frozen=True)
class StandardFact:
    """An answer about a practice standard: its number, the question, and whether it was met."""

    standard: str
    question: str
    answer: ComplianceAnswer


@dataclass(frozen=True)
class VoiceFact:
    """Whether somebody was heard (A5), None where that is not said. There is one for each of those
    whom the audit's tool asks for; an imported audit has none."""

    voice_of: VoiceOf
    obtained: bool | None


@dataclass(frozen=True)
class FindingFact:
    """A finding's kind and place: main theme (as merged by the cut) and others by their codes,
    section by its code. `theme` is "" where it was filed under none."""

    id: UUID
    kind: FindingKind
    about: FindingAbout | None
    theme: str
    others: tuple[str, ...]
    section: str
    section_title: str


@dataclass(frozen=True)
class ModerationFact:
    """Who has moderated an audit is nobody's business here: how, and when it was finished."""

    mode: str
    second: bool
    committed_on: date


@dataclass(frozen=True)
class AuditFact:
    """An audit completed in one of the cut's months and not withdrawn (measures.md).

    `counts` says that its tool counts in MTM (P7). `final` is the final grade and `final_on` its
    day as they stood at the cut, None while it waits for one; `graded` that it can have one.
    `sections`, `standards`, `findings` and `voices` are of audits that were final at the cut alone,
    since nothing of these changes any more: empty for the others. A plan type is as it stood at the
    cut, whatever was amended since (M8). `concern` is one that stood at the cut, or the workbook's.
    """

    id: UUID
    reference: str
    month: Month
    completed_on: date
    imported: bool
    counts: bool
    graded: bool
    tool: str
    selection: Selection
    plan_type: PlanType | None
    age_band: str
    team_id: UUID | None
    team: str
    service_id: UUID | None
    service: str
    auditor_post: PostKind
    auditor: Grade | None
    final: Grade | None
    final_on: date | None
    concern: bool
    re_audit: bool
    moderation: ModerationFact | None
    sections: tuple[SectionFact, ...] = ()
    standards: tuple[StandardFact, ...] = ()
    voices: tuple[VoiceFact, ...] = ()
    findings: tuple[FindingFact, ...] = ()

    @property
    def awaits(self) -> bool:
        """Completed, and still waiting for a final grade."""
        return self.graded and self.final is None


@dataclass(frozen=True)
class CycleFact:
    """What was due in one month's cycle from the posts of one kind in one unit, and what was done
    (P4): MTM-2 and MTM-3 are the sums over `counted` ones. `unit` and `service` are "" where audits
    were expected of a person and not of a post. `moderated` are those of `done` with a moderation
    that was finished by the cut."""

    month: Month
    post: PostKind
    counted: bool
    unit: str
    service: str
    expected: int
    exempted: int
    exempted_late: int
    due: int
    done: tuple[UUID, ...]
    late: int
    moderated: tuple[UUID, ...]


@dataclass(frozen=True)
class ActionFact:
    """An action as it stood at the cut; days in London.

    `first_due` is what was first set, whatever became of the date since (Q-5). `done_on` is the
    last time it was marked done, `verified_on` when that was accepted; `settled_on` when it stopped
    being outstanding, verified or withdrawn.
    """

    id: UUID
    reference: str
    audit_id: UUID | None
    priority: bool
    imported: bool
    status: str
    raised_on: date
    first_due: date | None
    due_on: date | None
    done_on: date | None
    verified_on: date | None
    settled_on: date | None
    withdrawn: bool
    impact: str
    theme: str
    team: str
    service: str


@dataclass(frozen=True)
class StockFact:
    """MTM-4 at the end of a month's last day, or at the cut where that is earlier: the actions, and
    how many of what stands beside it (queries.counts). Of tools that count alone (P7)."""

    month: Month
    outstanding: tuple[UUID, ...]
    other_concerns: int
    graded_upward: int
    closed_unverified: int


@dataclass(frozen=True)
class Moved:
    """A re-audit that got its final grade: the first audit's grade and its own (Q-6)."""

    first_id: UUID
    audit_id: UUID
    on: date
    before: Grade
    after: Grade


@dataclass(frozen=True)
class TimeFact:
    """A concern's hours: when it was raised, acknowledged and decided, in London days (E1)."""

    id: UUID
    audit_id: UUID
    raised_on: date
    acknowledged_on: date | None
    decided_on: date | None
    withdrawn_on: date | None
    service: str


@dataclass(frozen=True)
class AuditMark:
    """What tells whether a report counts an audit, for one that is in none of the cut's months and
    that an action or a concern is about."""

    id: UUID
    counts: bool
    tool: str
    selection: Selection
    plan_type: PlanType | None
    team: str
    service: str


@dataclass(frozen=True)
class WaiverFact:
    """An audit (S6), or a moderation (M2), that was allowed in spite of a conflict: given on which
    day, to whom by the kind of post, on a case of which service."""

    id: UUID
    on: date
    moderation: bool
    post: PostKind | None
    service: str


@dataclass(frozen=True)
class StandardName:
    """A practice standard's title at the cut, by its number."""

    number: str
    title: str


@dataclass(frozen=True)
class ResponseFact:
    """What is done about a theme and how it is judged (T3): the theme by its code as merged by the
    cut, the service by its name ("" for all of them). `done_on` is None until it was done."""

    id: UUID
    title: str
    kind: ResponseKind
    theme: str
    service: str
    due_on: date
    done_on: date | None
    judged_by: JudgedBy
    judged_code: str
    months_before: int
    months_after: int


@dataclass(frozen=True)
class Facts:
    """Everything of one data cut, each tuple in the order of its ids (months first where it has
    them), so that the same rows are the same bytes."""

    at: datetime
    first: Month
    last: Month
    audits: tuple[AuditFact, ...] = ()
    cycles: tuple[CycleFact, ...] = ()
    stocks: tuple[StockFact, ...] = ()
    actions: tuple[ActionFact, ...] = ()
    concerns: tuple[TimeFact, ...] = ()
    moved: tuple[Moved, ...] = ()
    units: tuple[Unit, ...] = ()
    themes: tuple[ThemeFact, ...] = ()
    marks: tuple[AuditMark, ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    standards: tuple[StandardName, ...] = ()
    responses: tuple[ResponseFact, ...] = ()

    @property
    def months(self) -> list[Month]:
        """The months, first to last."""
        return list(Month.range(self.first, self.last))
