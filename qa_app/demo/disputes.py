"""What follows a first moderation: final at once, or an answer, or a second moderator (M4, M5).

Each audit has its own random numbers, so that nothing else depends on what is written here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import GradeSource
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.grading import Graded
from qa_app.demo.judging import OVERALL, First, Judge, Told
from qa_app.demo.ledger import Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.planning import Pieces
from qa_app.demo.words import phrases
from qa_app.domain.calendar import LONDON, date_words
from qa_app.domain.finalgrade import MODERATOR, NO_REPLY, SECOND_MODERATOR
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.moderation import answer_by, must_open_record
from qa_app.domain.settings import default_number
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    AuditorsAnswer,
    ModerationReply,
    ModerationStage,
    ModerationState,
    ModerationTalk,
)

_S, _A = AuditState, AuditorsAnswer
_SILENT: Final = 0.1
_DISAGREE: Final = 0.16
_OVERRULED: Final = 0.03
_OVERRULED_LOGIN: Final = 0.15
_SOME_WORDS: Final = 0.4
_TALKED: Final = 0.7
_LONGEST: Final = 14
"""Working days that a disagreement may take until it is decided."""


@dataclass(frozen=True)
class Decided:
    """A second moderator's part: who took it and when, and when they decided (None: not yet)."""

    by: Member
    started_at: datetime
    at: datetime | None


class Disputes:
    """Writes what became of each moderation."""

    def __init__(self, days: Days, council: Council, made: Pieces, judge: Judge) -> None:
        self.days, self.council, self.made, self.judge = days, council, made, judge
        self.ledger, self.tool = judge.ledger, judge.tool

    def plan(self, piece: Piece) -> None:
        """Let a few first moderators have seen an audit otherwise that ended with its auditor's
        grade: a second one found for the auditor."""
        agreed = piece.state is _S.FINAL and piece.auditor_grade is piece.final_grade
        middle = piece.auditor_grade in (Grade.GOOD, Grade.REQUIRES_IMPROVEMENT)
        plain = piece.special is None and piece.concern is None
        rng = self._rng("overruling", piece)
        if not (agreed and middle and plain and self._is_long_ago(piece)):
            return
        # Whoever signs in as the head of service has some of hers to read.
        shown = piece.moderator is self.council.logins["head.of.service"]
        chance = _OVERRULED_LOGIN if shown else _OVERRULED
        if rng.random() < chance and self.made.seniors(piece, known(piece.moderator)):
            place = GRADES.index(known(piece.auditor_grade)) + 1
            piece.first_grade = GRADES[place]

    def _rng(self, about: str, piece: Piece) -> Random:
        return Random(f"{about} {piece.reference}")  # noqa: S311  # only looked at

    def _is_long_ago(self, piece: Piece) -> bool:
        return known(piece.moderated) <= self.days.back(_LONGEST)

    def settle(self, told: Told, row: Row, first: First) -> None:
        """Make the audit final, or take its disagreement as far as was planned."""
        piece, by = told.piece, first.row["moderator_id"]
        if OVERALL not in first.differing:
            self._final(told, row, first.theirs, MODERATOR, by, first.at)
            return
        due = self._ask(piece, first)
        if piece.state is _S.IN_DISCUSSION:
            return
        rng = self._rng("answer", piece)
        answer = self._answer(rng, told, due)
        told.answered_at = self._answered_at(rng, told, answer, due)
        first.row |= {"answer": answer, "answered_at": told.answered_at}
        self._talk(rng, told, first)
        if answer is _A.NO_REPLY:
            at = known(told.answered_at)
            self.judge.note("moderation_no_reply", piece, None, at)
            self._final(told, row, first.theirs, NO_REPLY, None, at)
        elif answer is _A.ACCEPTED:
            self._reply(rng, told, first, frozenset())
            at = known(told.answered_at)
            self._final(told, row, first.theirs, MODERATOR, piece.auditor.id, at)
        else:
            self._second(rng, told, row, first)

    def _ask(self, piece: Piece, first: First) -> date:
        days = default_number("auditor_answers_within")
        due = answer_by(_day(first.at), days, self.days.calendar, ())
        first.row["answer_due_on"] = due
        by = first.row["moderator_id"]
        self.judge.note("moderation_sent", piece, by, first.at, due=date_words(due))
        return due

    def _answer(self, rng: Random, told: Told, due: date) -> AuditorsAnswer:
        piece, chance = told.piece, rng.random()
        if piece.state is not _S.FINAL or piece.first_grade is not None:
            return _A.DISAGREED
        if piece.concern is not None:  # nobody lets it lie
            return _A.ACCEPTED
        if chance < _SILENT:
            return _A.NO_REPLY if due < self.days.yesterday else _A.ACCEPTED
        senior = self._is_long_ago(piece) and self.made.seniors(piece, known(piece.moderator))
        return _A.DISAGREED if chance < _SILENT + _DISAGREE and senior else _A.ACCEPTED

    def _answered_at(self, rng: Random, told: Told, answer: AuditorsAnswer, due: date) -> datetime:
        piece, asked = told.piece, known(told.committed_at)
        if answer is _A.NO_REPLY:
            return self.days.clock(due + timedelta(days=1), 0, 40)
        if piece.special is not None and piece.special.answered:
            return self.days.moment(rng, self.days.back(piece.special.answered), asked)
        wait = 0 if piece.concern is not None else rng.randint(0, 4)
        return self.days.moment(rng, self.days.on(wait, _day(asked)), asked)

    def _talk(self, rng: Random, told: Told, first: First) -> None:
        """They talked between the grades and the answer, where there was a night between them."""
        asked, answered, piece = first.at, known(told.answered_at), told.piece
        day = self.days.on(1, _day(asked))
        if day >= _day(answered) or rng.random() >= _TALKED:
            return
        at, by = self.days.clock(day, 16, rng.randint(0, 50)), first.row["moderator_id"]
        self.ledger.add(
            ModerationTalk,
            audit_id=piece.id,
            on=day,
            who=f"{piece.auditor.name}, {first.row['moderator_name']}",
            noted_by=by,
            noted_at=at,
        )
        self.judge.note("moderation_talked", piece, by, at, day=date_words(day))

    def _reply(self, rng: Random, told: Told, first: First, refused: frozenset[str]) -> None:
        piece, at = told.piece, known(told.answered_at)
        words, said = told.words.apart(rng), phrases("moderating")["answer"]
        accepting, refusing = words.in_turn(said["accepts"]), words.in_turn(said["disagrees"])
        for code in first.differing:
            accepts = code not in refused
            silent = accepts and rng.random() >= _SOME_WORDS
            self.ledger.add(
                ModerationReply,
                moderation_id=first.row["id"],
                section_code="" if code == OVERALL else code,
                accepts=accepts,
                words="" if silent else next(accepting if accepts else refusing),
                by=piece.auditor.id,
                at=at,
            )
        asked, number = len(first.differing), len(refused)
        grades = "grade" if asked == 1 else "grades"
        answer = f"disagreed with {number} of {asked} {grades}" if refused else "accepted"
        self.judge.note("moderation_answered", piece, piece.auditor.id, at, answer=answer)

    def _second(self, rng: Random, told: Told, row: Row, first: First) -> None:
        piece = told.piece
        sections = [code for code in first.differing if code != OVERALL]
        upheld = piece.first_grade is not None and piece.state is _S.FINAL
        many = len(sections) if upheld else min(len(sections), rng.randint(1, 2))
        refused = frozenset([OVERALL, *sections[:many]])
        self._reply(rng, told, first, refused)
        if piece.state is _S.AWAITING_SECOND:
            return
        taken = self._taken(rng, told)
        second = self.judge.add_moderation(
            told, taken.by.id, taken.by.name, taken.started_at, ModerationStage.SECOND
        )
        self.judge.note("second_started", piece, taken.by.id, taken.started_at)
        if taken.at is None:
            return
        decided = self._decided(rng, piece, first, refused)
        self._decide(rng, told, second, first, decided, taken.at)
        self._final(told, row, first.theirs | decided, SECOND_MODERATOR, taken.by.id, taken.at)

    def _taken(self, rng: Random, told: Told) -> Decided:
        """By whom it was taken, and when it was decided."""
        piece, answered = told.piece, known(told.answered_at)
        if piece.state is _S.IN_SECOND_MODERATION:
            who = self.council.logins[known(piece.special).moderator]
            at = self.days.moment(rng, self.days.yesterday, answered)
            return Decided(who, at, None)
        who = rng.choice(self.made.seniors(piece, known(piece.moderator)))
        at = self.days.moment(rng, self.days.on(rng.randint(1, 4), _day(answered)), answered)
        told.second_at = at + timedelta(minutes=rng.randint(25, 70))
        return Decided(who, at, told.second_at)

    def _decided(self, rng: Random, piece: Piece, first: First, refused: frozenset[str]) -> Graded:
        """Overall as it was planned; sections as the one or the other saw them."""
        final = known(piece.final_grade)
        decided = {OVERALL: final}
        for code in sorted(refused - {OVERALL}):
            trial = first.theirs | decided | {code: first.auditors[code]}
            theirs = trial | {code: first.theirs[code]}
            upheld = piece.first_grade is not None
            breaks = set(self.tool.broken(final, trial)) - set(self.tool.broken(final, theirs))
            give_in = upheld or (not breaks and rng.random() < _SOME_WORDS)
            decided[code] = first.auditors[code] if give_in else first.theirs[code]
        return decided

    def _decide(
        self, rng: Random, told: Told, second: Row, first: First, decided: Graded, at: datetime
    ) -> None:
        said, words = phrases("moderating")["second"], told.words.apart(rng)
        with_first, with_auditor = (
            words.in_turn(said[each]) for each in ("with_first", "with_auditor")
        )
        reasons = {
            code: ("", next(with_first if grade is first.theirs[code] else with_auditor))
            for code, grade in decided.items()
        }
        by, overall = second["moderator_id"], decided[OVERALL]
        self.judge.add_grades(told.piece, GradeSource.SECOND_MODERATOR, decided, by, at, reasons)
        seen = (first.auditors[OVERALL], first.theirs[OVERALL], overall)
        second |= {
            "state": ModerationState.COMMITTED,
            "committed_at": at,
            "opened_record": must_open_record(*seen) or rng.random() < _TALKED,
            "feedback": words.one(said["feedback"]),
        }
        self.judge.note("second_decided", told.piece, by, at, outcome=f"graded {overall.words}")

    def _final(
        self, told: Told, row: Row, grades: Graded, why: str, by: UUID | None, at: datetime
    ) -> None:
        piece, reason = told.piece, why[0].upper() + why[1:]
        told.final_at = at
        row |= {"final_grade": grades[OVERALL], "final_at": at}
        self.judge.add_grades(piece, GradeSource.FINAL, grades, by, at, {OVERALL: ("", reason)})
        self.judge.note("audit_final", piece, by, at, grade=grades[OVERALL].words, reason=reason)


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()
