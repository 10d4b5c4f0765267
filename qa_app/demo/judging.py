"""Grades as rows, by whom and when, and the moderation between the auditor's and the final ones."""

from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import AuditParty, GradeRow, GradeSource
from qa_app.demo.days import Days
from qa_app.demo.grading import Graded, Tool, moderated
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.words import Words, phrases
from qa_app.domain.finalgrade import MODERATOR
from qa_app.domain.grades import GRADES, Grade, is_better
from qa_app.domain.moderation import ReasonCode, must_open_record
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.services.deciding import outcome_words

_S = AuditState
_ONE_SECTION_SEEN_OTHERWISE: Final = 0.12
_LOWER: Final = (ReasonCode.EVIDENCE_MISSED, ReasonCode.THRESHOLD, ReasonCode.DESCRIPTOR_MISREAD)
_HIGHER: Final = (ReasonCode.NEW_INFORMATION, ReasonCode.DESCRIPTOR_MISREAD, ReasonCode.OTHER)


class Told:
    """What later rooms need of an audit that has been written."""

    def __init__(self, piece: Piece, words: Words, parties: list[tuple[Party, UUID]]) -> None:
        self.piece, self.words, self.parties = piece, words, parties
        self.started_at: datetime | None = None
        self.submitted_at: datetime | None = None
        self.moderated_at: datetime | None = None
        self.final_at: datetime | None = None


class Judge:
    """Writes grades and moderations into the ledger."""

    def __init__(self, rng: Random, days: Days, ledger: Ledger, tool: Tool) -> None:
        self.rng, self.days, self.ledger, self.tool = rng, days, ledger, tool

    def _note(self, verb: str, piece: Piece, by: UUID, at: datetime, **details: str) -> None:
        self.ledger.note(verb, "audit", piece.id, by=by, at=at, audit_id=piece.id, **details)

    def add_grades(
        self,
        piece: Piece,
        source: GradeSource,
        grades: Graded,
        overall: Grade,
        by: UUID,
        at: datetime,
        reasons: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        """Add grade rows; a section that does not apply has one without a grade."""
        of_sections: list[tuple[str, UUID | None, Grade | None]] = [("overall", None, overall)]
        of_sections += [(each.code, each.id, grades.get(each.code)) for each in self.tool.sections]
        for code, section_id, grade in of_sections:
            if grade is None and source is not GradeSource.AUDITOR:
                continue
            reason_code, reason = (reasons or {}).get(code, ("", ""))
            self.ledger.add(
                GradeRow,
                audit_id=piece.id,
                source=source,
                section_id=section_id,
                grade=grade,
                at=at,
                by=by,
                reason_code=reason_code,
                reason=reason,
            )

    def moderate(self, told: Told, row: Row, grades: Graded, submitted_at: datetime) -> None:
        """Take it, then return it, commit to a grade, or still be at it: as was planned."""
        piece, moderator = told.piece, known(told.piece.moderator)
        day = piece.moderated or self.days.on(2, known(piece.submitted))
        started_at = self.days.moment(self.rng, day, submitted_at)
        told.moderated_at = started_at
        values = self.ledger.add(
            Moderation,
            audit_id=piece.id,
            moderator_id=moderator.id,
            moderator_name=moderator.name,
            mode=ModerationMode.SIGHTED,
            state=ModerationState.OPEN,
            own_service=False,
            opened_record=None,
            started_at=started_at,
        )
        self.ledger.add(AuditParty, audit_id=piece.id, party=Party.MODERATOR,
                        person_id=moderator.id, name=moderator.name)  # fmt: skip
        self._note("moderation_started", piece, moderator.id, started_at)
        at = started_at + timedelta(minutes=self.rng.randint(20, 75))
        if piece.state is _S.RETURNED:
            values["state"] = ModerationState.RETURNED
            values["feedback"] = told.words.one(phrases("moderation")["feedback"]["returned"])
            self._note("moderation_returned", piece, moderator.id, at)
        elif piece.state is _S.FINAL:
            told.final_at = at
            self._commit(told, row, values, grades, at)

    def _commit(self, told: Told, row: Row, values: Row, grades: Graded, at: datetime) -> None:
        piece = told.piece
        before, after = known(piece.auditor_grade), known(piece.final_grade)
        by = values["moderator_id"]
        theirs = self._theirs(grades, before, after)
        reasons = self._reasons(
            told.words, grades | {"overall": before}, theirs | {"overall": after}
        )
        said = "agree" if before is after else "higher" if is_better(after, before) else "lower"
        feedback = phrases("moderation")["feedback"][said]
        values |= {
            "state": ModerationState.COMMITTED,
            "committed_at": at,
            "opened_record": must_open_record(before, after) or self.rng.random() < 0.5,
            "feedback": told.words.one(feedback),
        }
        self.add_grades(piece, GradeSource.MODERATOR, theirs, after, by, at, reasons)
        outcome = outcome_words(before, after)
        self._note("moderation_committed", piece, by, at, outcome=outcome)
        row |= {"final_grade": after, "final_at": at}
        reason = MODERATOR[0].upper() + MODERATOR[1:]
        self.add_grades(piece, GradeSource.FINAL, theirs, after, by, at, {"overall": ("", reason)})
        self._note("audit_final", piece, by, at, grade=after.words, reason=reason)

    def _theirs(self, grades: Graded, before: Grade, after: Grade) -> Graded:
        if before is not after:
            return moderated(self.rng, self.tool, grades, before, after)
        theirs = dict(grades)
        if self.rng.random() < _ONE_SECTION_SEEN_OTHERWISE:
            code = self.rng.choice(list(grades))
            place = GRADES.index(grades[code]) + self.rng.choice((-1, 1))
            theirs[code] = GRADES[min(max(place, 0), len(GRADES) - 1)]
            # An agreed grade must not begin to break a limit that it kept before.
            if set(self.tool.broken(after, theirs)) - set(self.tool.broken(after, grades)):
                theirs = dict(grades)
        return theirs

    def _reasons(self, words: Words, before: Graded, after: Graded) -> dict[str, tuple[str, str]]:
        reasons = {}
        said = phrases("moderation")["feedback"]
        for code, grade in after.items():
            if before[code] is grade:
                continue
            better = is_better(grade, before[code])
            reason = self.rng.choice(_HIGHER if better else _LOWER)
            text = words.one(said["reason_higher" if better else "reason_lower"])
            reasons[code] = (reason.value, text)
        return reasons
