"""The demonstration's re-audits: some done, one or two under way, others called off; what is owed
and late is left over (E2, E8).

Each takes the place of an audit that was planned for another case, so that no month has more of
them. What is chosen has random numbers of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import (
    Audit,
    AuditText,
    GradeRow,
    GradeSource,
    PutRight,
    ReAudit,
    ReAuditAnswer,
)
from qa_app.database import new_id
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.grading import Tool
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.planning import Pieces
from qa_app.domain.calendar import Month, add_months, date_words
from qa_app.domain.grades import GRADES, Grade, Selection
from qa_app.domain.reaudits import asks_what_became
from qa_app.domain.settings import default_number
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import Section

_S = AuditState
_MOST: Final = 30
_UNDER_WAY: Final = 2
_UNFINISHED: Final = (_S.GIVEN, _S.IN_PROGRESS)
_SOONEST: Final = timedelta(days=40)
_LATEST: Final = timedelta(days=25)
_OPEN_UNTIL: Final = timedelta(days=70)
_LEFT_LATE: Final = timedelta(days=32)
_CANNOT_BE: Final = 0.2
_OFF: Final = (
    "The case was closed before the re-audit was due.",
    "The child has moved to another authority, which was told what was found.",
    "The plan has changed, and the audit tool is not for the new one.",
    "The head of service looked at the case again in supervision, with the same questions.",
)
_NOTES: Final = {
    PutRight.PUT_RIGHT: "Done within weeks of the first audit, and kept up since.",
    PutRight.PARTLY: "Begun after the first audit; the record does not yet show that it lasts.",
    PutRight.NOT_PUT_RIGHT: "Nothing on the record since the first audit shows a change.",
    PutRight.CANNOT_BE: "The time in which it could have been done is over.",
}


@dataclass(frozen=True)
class _Pair:
    first: Piece
    second: Piece


class ReAudits:
    """Plans pairs before anything is written, and writes their rows after everything else."""

    def __init__(
        self, seed: int, days: Days, council: Council, made: Pieces, ledger: Ledger
    ) -> None:
        self.seed, self.days, self.council = seed, days, council
        self.made, self.ledger = made, ledger
        self.pairs: list[_Pair] = []

    def plan(self, pieces: Sequence[Piece]) -> None:
        """Let some audits be of a case that was Inadequate about three months before: two that are
        not finished, and of those that are, as many from any time."""
        families = {(each.month, each.case.family[0].id) for each in pieces}
        firsts = [each for each in pieces if self._asks(each)]
        for first in reversed(firsts):
            if len(self.pairs) < _UNDER_WAY:
                self._pair(first, pieces, families, _UNFINISHED)
        for first in firsts[:: max(1, len(firsts) // _MOST)]:
            if len(self.pairs) < _MOST and first.id not in {each.first.id for each in self.pairs}:
                self._pair(first, pieces, families, (_S.FINAL,))

    def _pair(
        self,
        first: Piece,
        pieces: Sequence[Piece],
        families: set[tuple[Month, UUID]],
        states: Sequence[AuditState],
    ) -> None:
        second = next(self._seconds(first, pieces, families, states), None)
        if second is not None:
            families.add((second.month, first.case.family[0].id))
            second.case = first.case
            second.selection = Selection.RE_AUDIT
            second.selection_reason = f"Re-audit of {first.reference}"
            self.pairs.append(_Pair(first, second))

    def _asks(self, piece: Piece) -> bool:
        plain = piece.special is None and piece.state is _S.FINAL
        grades = {piece.auditor_grade, piece.final_grade}
        # Every other one, so that some are left to be owed.
        return plain and grades == {Grade.INADEQUATE} and not int(piece.reference[-1]) % 2

    def _seconds(
        self,
        first: Piece,
        pieces: Sequence[Piece],
        families: set[tuple[Month, UUID]],
        states: Sequence[AuditState],
    ) -> Iterator[Piece]:
        case, submitted = first.case, known(first.submitted)
        due = add_months(submitted, default_number("re_audit_within"))
        for each in pieces:
            # What was chosen already is not chosen at random any more.
            plain = each.special is None and each.concern is None and each.state in states
            if each is first or not plain or each.selection is not Selection.RANDOM:
                continue
            in_time = submitted + _SOONEST <= each.given <= due + _LATEST
            is_open = case.closed is None or case.closed > each.given + _OPEN_UNTIL
            alone = (each.month, case.family[0].id) not in families
            if in_time and is_open and alone and self._is_independent(each, first):
                yield each

    def _is_independent(self, piece: Piece, first: Piece) -> bool:
        ties, case = self.made.independence, first.case
        if piece.auditor is first.auditor or not ties.may_audit(piece.auditor, case, piece.period):
            return False
        who = piece.moderator
        return who is None or ties.may_moderate(who, piece.auditor, case, piece.period)

    def write(self, written: Sequence[Told], tool: Tool) -> None:
        """Add what was decided about each Inadequate audit, and what became of what it found."""
        rows = {row["id"]: row for row in self.ledger.rows[Audit.__table__]}  # type: ignore[index]
        grades = self._grades()
        of_second = {each.piece.id: each for each in written}
        for pair in self.pairs:
            first = rows[pair.first.id]
            row = self._given(pair, first, rows[pair.second.id])
            told = of_second[pair.second.id]
            if told.submitted_at is not None:
                self._answer(pair, row, told, tool, grades)
        done = {pair.first.id for pair in self.pairs}
        for each in written:
            if each.piece.id not in done:
                self._call_off(each, rows[each.piece.id])

    def _grades(self) -> dict[tuple[UUID, UUID], Grade | None]:
        """(audit, section) → the grade that stands."""
        found: dict[tuple[UUID, UUID], Grade | None] = {}
        rows = self.ledger.rows[GradeRow.__table__]  # type: ignore[index]
        for source in (GradeSource.AUDITOR, GradeSource.FINAL):
            for row in rows:
                if row["source"] is source and row["section_id"] is not None:
                    found[row["audit_id"], row["section_id"]] = row["grade"]
        return found

    def _given(self, pair: _Pair, first: Row, second: Row) -> Row:
        begins = known(pair.first.submitted) + timedelta(days=1)
        second |= {"period_from": begins, "judged_from": begins}
        at, lead = second["given_at"], self.council.qa_lead.id
        self.ledger.note(
            "re_audit_given", "audit", first["id"], by=lead, at=at, audit_id=first["id"],
            due=date_words(pair.second.due), re_audit=second["id"],
        )  # fmt: skip
        return self._row(pair.first, at, audit_id=second["id"])

    def _row(self, first: Piece, at: datetime, **more: object) -> Row:
        within = default_number("re_audit_within")
        return self.ledger.add(
            ReAudit,
            id=new_id(),
            first_audit_id=first.id,
            due_on=add_months(known(first.submitted), within),
            decided_at=at,
            decided_by=self.council.qa_lead.id,
            **more,
        )

    def _answer(
        self,
        pair: _Pair,
        row: Row,
        told: Told,
        tool: Tool,
        grades: dict[tuple[UUID, UUID], Grade | None],
    ) -> None:
        rng = self._rng("answers", pair.second)
        at, auditor = known(told.started_at), pair.second.auditor.id
        for section in tool.sections:
            before = grades.get((pair.first.id, section.id))
            if before is None or not asks_what_became(before):
                continue
            answer = _became(rng, before, grades.get((pair.second.id, section.id)))
            self.ledger.add(
                ReAuditAnswer,
                re_audit_id=row["id"], section_id=section.id, answer=answer, by=auditor, at=at,
            )  # fmt: skip
            self._note_text(rng, pair.second, section, answer, at)
            self.ledger.note(
                "re_audit_answered", "audit", pair.second.id, by=auditor, at=at,
                audit_id=pair.second.id, section=section.title, answer=answer.words.lower(),
            )  # fmt: skip

    def _note_text(
        self, rng: Random, piece: Piece, section: Section, answer: PutRight, at: datetime
    ) -> None:
        self.ledger.add(
            AuditText,
            audit_id=piece.id,
            field=f"since.{section.code}.note",
            text=_NOTES[answer],
            salt=f"{rng.getrandbits(128):032x}",
            saved_at=at,
            saved_by=piece.auditor.id,
        )

    def _call_off(self, told: Told, row: Row) -> None:
        """All that would be late but for the latest, which the QA lead has still to look at."""
        piece = told.piece
        stands = row.get("final_grade") or row.get("auditor_grade")
        if stands is not Grade.INADEQUATE or piece.submitted is None:
            return
        due = add_months(piece.submitted, default_number("re_audit_within"))
        if due >= self.days.today - _LEFT_LATE or piece.state is not _S.FINAL:
            return
        rng = self._rng("off", piece)
        at = self.days.moment(rng, self.days.back(rng.randint(1, 6), due), told.final_at)
        reason = rng.choice(_OFF)
        self._row(piece, at, reason=reason)
        self.ledger.note(
            "re_audit_called_off", "audit", piece.id, by=self.council.qa_lead.id, at=at,
            audit_id=piece.id, reason=reason,
        )  # fmt: skip

    def _rng(self, about: str, piece: Piece) -> Random:
        return Random(f"{about} {self.seed} {piece.reference}")  # noqa: S311  # only looked at


def _became(rng: Random, before: Grade, after: Grade | None) -> PutRight:
    if after is not None and not asks_what_became(after):
        return PutRight.PUT_RIGHT
    if after is None or rng.random() < _CANNOT_BE:
        return PutRight.CANNOT_BE
    return PutRight.PARTLY if GRADES.index(after) < GRADES.index(before) else PutRight.NOT_PUT_RIGHT
