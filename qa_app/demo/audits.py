"""An audit's own rows: what it pins, its state, its grades, and its life in the history."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import Audit, AuditParty, AuditSource, GradeSource
from qa_app.demo.content import Content, ContentWriter
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.disputes import Disputes
from qa_app.demo.drawing import Drawing
from qa_app.demo.facts import FactsWriter
from qa_app.demo.grading import Graded, Tool, section_grades
from qa_app.demo.judging import OVERALL, First, Judge, Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.planning import Pieces
from qa_app.demo.specials import Concerned
from qa_app.demo.underway import UnderWay
from qa_app.demo.words import Words, phrases
from qa_app.domain.answers import SafeNow
from qa_app.domain.calendar import add_months, date_words
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.independence import TieRole
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState

_S = AuditState
_PARTIES: Final = {
    TieRole.SOCIAL_WORKER: Party.SOCIAL_WORKER,
    TieRole.TEAM_MANAGER: Party.TEAM_MANAGER,
    TieRole.IRO: Party.IRO,
    TieRole.CHAIR: Party.CHAIR,
    TieRole.DECISION_MAKER: Party.DECISION_MAKER,
}


class AuditWriter:
    """Writes one planned audit after the other into the ledger."""

    def __init__(
        self,
        rng: Random,
        days: Days,
        council: Council,
        ledger: Ledger,
        made: Pieces,
        tool: Tool,
        content: ContentWriter,
        drawing: Drawing,
    ) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger
        self.independence, self.tool, self.content = made.independence, tool, content
        self.judge = Judge(rng, days, ledger, tool)
        self.facts = FactsWriter(days, council, ledger, made.independence)
        self.drawing = drawing
        self.disputes = Disputes(days, council, made, self.judge)
        self.under_way = UnderWay(days, council, ledger, tool)
        self.seen: set[str] = set()

    def write(self, piece: Piece) -> Told:
        """Add the audit with everything that belongs to how far it has come."""
        case = piece.case
        words = Words(self.rng, case.plan, case.age_band, piece.given, case.unit.name, self.seen)
        row = self._pinned(piece)
        told = Told(piece, words, list(self._people(piece)))
        if piece.started is None:
            self._withdraw(piece, row, words)
            return told
        told.started_at = self.days.moment(self.rng, piece.started, row["given_at"])
        row["started_at"] = told.started_at
        self._note("audit_started", piece, piece.auditor.id, told.started_at)
        if piece.submitted is None or piece.auditor_grade is None:
            self._half_written(told, row)
            return told
        self._submitted(told, row)
        return told

    def _note(self, verb: str, piece: Piece, by: UUID, at: datetime, **details: str) -> None:
        self.ledger.note(verb, "audit", piece.id, by=by, at=at, audit_id=piece.id, **details)

    def _pinned(self, piece: Piece) -> Row:
        case, lead = piece.case, self.council.qa_lead
        given_at = self.days.clock(piece.given, 9) + timedelta(minutes=self.rng.randint(0, 90))
        first, last = piece.period
        row = self.ledger.add(
            Audit,
            id=piece.id,
            reference=piece.reference,
            state=piece.state,
            source=AuditSource.MADE,
            selection=piece.selection,
            selection_reason=piece.selection_reason,
            tool_version_id=self.tool.version_id,
            case_id=case.id,
            case_reference=case.reference,
            plan_type=case.plan,
            age_band=case.age_band,
            team_id=case.unit.id,
            team_name=case.unit.name,
            service_id=case.unit.service.id if case.unit.service else None,
            period_from=first,
            period_to=last,
            judged_from=add_months(piece.given, -6),
            auditor_id=piece.auditor.id,
            auditor_name=piece.auditor.name,
            auditor_post=piece.auditor.kind,
            cycle_month=piece.month.first,
            due_on=piece.due,
            given_at=given_at,
            given_by=lead.id,
        )
        self._note("audit_given", piece, lead.id, given_at, due=date_words(piece.due))
        return row

    def _people(self, piece: Piece) -> Iterator[tuple[Party, UUID]]:
        """Pin the auditor and everybody of the case, as they stood when it was given (A1)."""
        auditor = piece.auditor
        add = self.ledger.add
        add(AuditParty, audit_id=piece.id, party=Party.AUDITOR, person_id=auditor.id,
            name=auditor.name)  # fmt: skip
        for tie in self.independence.ties(piece.case, piece.period):
            if tie.sibling:
                continue
            ended = tie.ended_on if tie.ended_on and tie.ended_on <= piece.given else None
            add(
                AuditParty,
                audit_id=piece.id,
                party=_PARTIES[tie.role],
                person_id=tie.person_id,
                name=tie.name,
                started_on=tie.started_on,
                ended_on=ended,
            )
            yield _PARTIES[tie.role], tie.person_id

    def _withdraw(self, piece: Piece, row: Row, words: Words) -> None:
        if piece.state is _S.WITHDRAWN:
            lead = self.council.qa_lead.id
            row["withdrawn_reason"] = words.one(phrases("whole")["withdrawn"]["all"])
            at = self.days.moment(self.rng, self.days.on(6, piece.due))
            self._note("audit_withdrawn", piece, lead, at, reason=row["withdrawn_reason"])

    def _half_written(self, told: Told, row: Row) -> None:
        piece = told.piece
        likely = Grade.INADEQUATE if piece.concern else self.rng.choice(GRADES[1:])
        grades, _ = section_grades(self.rng, self.tool, likely)
        started = told.started_at or self.days.at
        # Nobody types after yesterday, but on the audit with the concern of an hour ago.
        until = max(started, self.days.clock(self.days.yesterday, 16, 40))
        content = Content(piece.id, piece.auditor.id, piece.case.plan, told.words, started, until)
        sections = list(self.tool.sections[: self.rng.randint(3, 9)])
        self.content.sections(content, sections, grades)
        if piece.concern is Concerned.FRESH:
            row["safe_now"] = SafeNow.CANNOT_TELL

    def _submitted(self, told: Told, row: Row) -> None:
        piece, words = told.piece, told.words
        begun, submitted, overall = (
            known(told.started_at),
            known(piece.submitted),
            known(piece.auditor_grade),
        )
        at = self.days.moment(self.rng, submitted, begun + timedelta(minutes=55))
        told.submitted_at = at
        grades, aside = section_grades(self.rng, self.tool, overall)
        words.topics(strong=_best(self.rng, grades), weak=_worst(self.rng, grades))
        content = Content(piece.id, piece.auditor.id, piece.case.plan, words, begun, at)
        left_out = self.content.sections(content, list(self.tool.sections), grades)
        for code in left_out:
            del grades[code]
        self.content.whole(content, piece, grades, aside, row)
        row |= {
            "submitted_at": at,
            "completed_on": submitted,
            "completed_month": submitted.replace(day=1),
            "overall_grade": overall,
            "auditor_grade": overall,
        }
        auditors = {OVERALL: overall, **grades}
        self.judge.add_grades(piece, GradeSource.AUDITOR, auditors, piece.auditor.id, at)
        self._note("audit_submitted", piece, piece.auditor.id, at)
        moderation: Row | None = None
        first: First | None = None
        if piece.moderator is not None:
            self.disputes.plan(piece)
            moderation, first = self.judge.moderate(told, grades, at)
            if first is not None:
                self.disputes.settle(told, row, first)
        self.under_way.write(told, moderation, first, grades)
        self.drawing.write(told)
        self.facts.write(told, row)


def _best(rng: Random, grades: Graded) -> str:
    best = min(grades.values(), key=GRADES.index)
    return rng.choice([code for code, grade in grades.items() if grade is best])


def _worst(rng: Random, grades: Graded) -> str:
    worst = max(grades.values(), key=GRADES.index)
    return rng.choice([code for code, grade in grades.items() if grade is worst])
