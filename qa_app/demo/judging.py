"""Grades as rows, by whom and when, and the first moderation, sighted or blind (M3, M4, M7)."""

from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import AuditParty, GradeRow, GradeSource
from qa_app.database import new_id
from qa_app.demo.days import Days
from qa_app.demo.grading import Graded, Tool, moderated
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.words import Words, phrases
from qa_app.domain.blind import first_sections
from qa_app.domain.grades import GRADES, Grade, is_better
from qa_app.domain.moderation import ReasonCode, must_open_record
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationStage, ModerationState
from qa_app.moderation.services.deciding import outcome_words

_S = AuditState
_ONE_SECTION_SEEN_OTHERWISE: Final = 0.12
_FIRST_SEEN_OTHERWISE: Final = 0.12
_OPENED: Final = 0.5
_LOWER: Final = (ReasonCode.EVIDENCE_MISSED, ReasonCode.THRESHOLD, ReasonCode.DESCRIPTOR_MISREAD)
_HIGHER: Final = (ReasonCode.NEW_INFORMATION, ReasonCode.DESCRIPTOR_MISREAD, ReasonCode.OTHER)
OVERALL: Final = "overall"


class Told:
    """What later rooms need of an audit that has been written."""

    def __init__(self, piece: Piece, words: Words, parties: list[tuple[Party, UUID]]) -> None:
        self.piece, self.words, self.parties = piece, words, parties
        self.started_at: datetime | None = None
        self.submitted_at: datetime | None = None
        self.moderated_at: datetime | None = None
        self.committed_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.second_at: datetime | None = None
        self.final_at: datetime | None = None


class First:
    """A first moderation that was committed: its row, the auditor's grades and the moderator's."""

    def __init__(self, row: Row, auditors: Graded, theirs: Graded, at: datetime) -> None:
        self.row, self.auditors, self.theirs, self.at = row, auditors, theirs, at

    @property
    def differing(self) -> list[str]:
        """What the auditor is asked about: overall first, then the sections."""
        codes = [code for code, grade in self.theirs.items() if self.auditors[code] is not grade]
        return sorted(codes, key=lambda code: code != OVERALL)


class Judge:
    """Writes grades and first moderations into the ledger."""

    def __init__(self, rng: Random, days: Days, ledger: Ledger, tool: Tool) -> None:
        self.rng, self.days, self.ledger, self.tool = rng, days, ledger, tool
        self.ids: dict[str, UUID | None] = {OVERALL: None}
        self.ids |= {each.code: each.id for each in tool.sections}

    def note(self, verb: str, piece: Piece, by: UUID | None, at: datetime, **details: str) -> None:
        """Note an event of an audit."""
        self.ledger.note(verb, "audit", piece.id, by=by, at=at, audit_id=piece.id, **details)

    def add_grades(
        self,
        piece: Piece,
        source: GradeSource,
        grades: Graded,
        by: UUID | None,
        at: datetime,
        reasons: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        """Add grade rows, overall among them; an auditor's section that does not apply has one
        without a grade."""
        for code, section_id in self.ids.items():
            if code not in grades and source is not GradeSource.AUDITOR:
                continue
            reason_code, reason = (reasons or {}).get(code, ("", ""))
            self.ledger.add(
                GradeRow,
                audit_id=piece.id,
                source=source,
                section_id=section_id,
                grade=grades.get(code),
                at=at,
                by=by,
                reason_code=reason_code,
                reason=reason,
            )

    def moderate(
        self, told: Told, grades: Graded, submitted_at: datetime
    ) -> tuple[Row, First | None]:
        """Take it, then return it, commit to a grade, or still be at it: as was planned.

        Gives the moderation's row, and what came of it where it was committed.
        """
        piece, moderator = told.piece, known(told.piece.moderator)
        day = piece.moderated or self.days.on(2, known(piece.submitted))
        started_at = self.days.moment(self.rng, day, submitted_at)
        told.moderated_at = started_at
        row = self.add_moderation(told, moderator.id, moderator.name, started_at)
        self.note("moderation_started", piece, moderator.id, started_at)
        at = started_at + timedelta(minutes=self.rng.randint(20, 75))
        if piece.state is _S.RETURNED:
            row["state"] = ModerationState.RETURNED
            row["feedback"] = told.words.one(phrases("moderation")["feedback"]["returned"])
            self.note("moderation_returned", piece, moderator.id, at)
        if piece.state in (_S.RETURNED, _S.IN_MODERATION):
            self._blind(told, row, grades | {OVERALL: known(piece.auditor_grade)}, {})
            told.committed_at = at if piece.state is _S.RETURNED else None
            return row, None
        return row, self._commit(told, row, grades, at)

    def add_moderation(
        self,
        told: Told,
        moderator_id: UUID,
        name: str,
        at: datetime,
        stage: ModerationStage = ModerationStage.FIRST,
    ) -> Row:
        """Add a moderation that has just begun, and its moderator to the audit's people."""
        piece, first = told.piece, stage is ModerationStage.FIRST
        party = Party.BLIND_MODERATOR if first and piece.hidden else Party.MODERATOR
        self.ledger.add(
            AuditParty, audit_id=piece.id, party=party, person_id=moderator_id, name=name
        )
        told.parties.append((party, moderator_id))
        return self.ledger.add(
            Moderation,
            id=new_id(),
            audit_id=piece.id,
            moderator_id=moderator_id,
            moderator_name=name,
            mode=ModerationMode.BLIND if first and piece.blind else ModerationMode.SIGHTED,
            state=ModerationState.OPEN,
            stage=stage,
            own_service=False,
            opened_record=None,
            started_at=at,
            blind_sections=[],
            draft={},
        )

    def _commit(self, told: Told, row: Row, grades: Graded, at: datetime) -> First:
        piece = told.piece
        before = known(piece.auditor_grade)
        after = known(piece.final_grade or piece.first_grade)
        auditors = grades | {OVERALL: before}
        theirs = self._theirs(self.rng, grades, before, after)
        reasons = self._reasons(self.rng, told.words, auditors, theirs)
        opened = must_open_record(before, after) or self.rng.random() < _OPENED
        feedback = self._feedback(told.words, auditors, theirs)
        if after is not (overruled := piece.first_grade or after):
            rng = Random(f"overruled {piece.reference}")  # noqa: S311  # only looked at
            words = told.words.apart(rng)
            theirs = self._theirs(rng, grades, before, overruled)
            reasons = self._reasons(rng, words, auditors, theirs)
            feedback = self._feedback(words, auditors, theirs)
            opened = opened or must_open_record(overruled)
        self._blind(told, row, theirs, reasons)
        row |= {
            "state": ModerationState.COMMITTED,
            "committed_at": at,
            "opened_record": opened or piece.blind,
            "feedback": feedback,
        }
        told.committed_at, by = at, row["moderator_id"]
        self.add_grades(piece, GradeSource.MODERATOR, theirs, by, at, reasons)
        outcome = outcome_words(before, theirs[OVERALL])
        self.note("moderation_committed", piece, by, at, outcome=outcome)
        return First(row, auditors, theirs, at)

    def _feedback(self, words: Words, before: Graded, after: Graded) -> str:
        """What the moderator says of it all: about a section that they see otherwise, if any."""
        said = _said(before[OVERALL], after[OVERALL])
        codes = [code for code in after if code != OVERALL and after[code] is not before[code]]
        about = words.about(codes[0]) if codes and said != "agree" else {}
        return words.one(phrases("moderation")["feedback"][said], **about)

    def _blind(
        self, told: Told, row: Row, theirs: Graded, reasons: dict[str, tuple[str, str]]
    ) -> None:
        """The grades given before the auditor's were shown, near those that came of it (M3)."""
        piece = told.piece
        if not piece.blind:
            return
        rng = Random(f"blind grades {piece.reference}")  # noqa: S311  # only looked at
        applying = [(each.code, each.limiting) for each in self.tool.sections]
        applying = [(code, limiting) for code, limiting in applying if code in theirs]
        codes = first_sections(known(piece.drawn).seed, piece.reference, applying)
        row["blind_sections"] = list(codes)
        if piece.hidden:
            return
        at = row["started_at"] + timedelta(minutes=rng.randint(8, 15))
        row["revealed_at"] = at
        firsts = {code: self._first_seen(rng, theirs[code]) for code in (OVERALL, *codes)}
        changed = phrases("moderating")["blind"]["changed"]
        for code, grade in firsts.items():
            if grade is not theirs[code]:
                why = f"First graded {grade.words}, without the auditor’s grade. "
                why += told.words.apart(rng).one(changed)
                reason_code, reason = reasons.get(code, ("", ""))
                reasons[code] = (reason_code, "\n\n".join(filter(None, (reason, why))))
        by = row["moderator_id"]
        self.add_grades(piece, GradeSource.MODERATOR_BLIND, firsts, by, at)
        self.note("moderation_revealed", piece, by, at)

    def _first_seen(self, rng: Random, grade: Grade) -> Grade:
        if rng.random() >= _FIRST_SEEN_OTHERWISE:
            return grade
        return GRADES[min(max(GRADES.index(grade) + rng.choice((-1, 1)), 1), len(GRADES) - 1)]

    def _theirs(self, rng: Random, grades: Graded, before: Grade, after: Grade) -> Graded:
        if before is not after:
            return moderated(rng, self.tool, grades, before, after) | {OVERALL: after}
        theirs = dict(grades)
        if rng.random() < _ONE_SECTION_SEEN_OTHERWISE:
            code = rng.choice(list(grades))
            place = GRADES.index(grades[code]) + rng.choice((-1, 1))
            theirs[code] = GRADES[min(max(place, 0), len(GRADES) - 1)]
            # An agreed grade must not begin to break a limit that it kept before.
            if set(self.tool.broken(after, theirs)) - set(self.tool.broken(after, grades)):
                theirs = dict(grades)
        return theirs | {OVERALL: after}

    def _reasons(
        self, rng: Random, words: Words, before: Graded, after: Graded
    ) -> dict[str, tuple[str, str]]:
        reasons: dict[str, tuple[str, str]] = {}
        said, more = phrases("moderation")["feedback"], phrases("moderating")["reasons"]
        for code, grade in after.items():
            if before[code] is grade:
                continue
            way = "higher" if is_better(grade, before[code]) else "lower"
            reason = rng.choice(_HIGHER if way == "higher" else _LOWER)
            text = words.one(said[f"reason_{way}"])
            # Nobody gives the same reason twice in one audit, as long as there is another one.
            given = {each for _, each in reasons.values()}
            others = (words.fill(each) for each in more[way])
            if text in given:
                text = next((each for each in others if each not in given), text)
            reasons[code] = (reason.value, text)
        return reasons


def _said(before: Grade, after: Grade) -> str:
    """Which kind of feedback a moderator gives."""
    return "agree" if before is after else "higher" if is_better(after, before) else "lower"
