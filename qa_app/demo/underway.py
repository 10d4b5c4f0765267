"""What stands beside a moderation under way: a draft, a talk, things to correct, whom it is given
to."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from qa_app.audits.models import PinnedComment
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.grading import Graded, Tool
from qa_app.demo.judging import First, Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.specials import Shows
from qa_app.demo.words import Words, phrases
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.moderation import ReasonCode
from qa_app.formatting import count_words
from qa_app.moderation.models import (
    ModerationMeeting,
    ModerationMessage,
    ModerationStage,
    ModeratorGiven,
)
from qa_app.standards.models import Section

_MEETING: Final = 30
_EXCEPTED: Final = "management"
_SAVES: Final = 4


class UnderWay:
    """Writes it into the ledger, for the special audits."""

    def __init__(self, days: Days, council: Council, ledger: Ledger, tool: Tool) -> None:
        self.days, self.council, self.ledger, self.tool = days, council, ledger, tool
        self.said = phrases("moderating")

    def write(self, told: Told, row: Row | None, first: First | None, grades: Graded) -> None:
        """Add what the audit shows; `row` is its moderation's, `first` what came of it so far, and
        `grades` are its auditor's."""
        special = told.piece.special
        if special is None:
            return
        rng = Random(f"under way {told.piece.reference}")  # noqa: S311  # only looked at
        words = told.words.apart(rng)
        if special.pinned:
            self._pin(told, words, grades, special.pinned)
        if special.shows is Shows.DRAFT:
            self._draft(told, words, known(row), grades)
        elif special.shows is Shows.GIVEN:
            self._give(told)
        elif special.shows is Shows.TALK:
            self._talk(told, words, known(first))

    def _note(self, verb: str, told: Told, at: datetime, *, by: UUID, **details: Any) -> None:
        audit_id = told.piece.id
        self.ledger.note(verb, "audit", audit_id, by=by, at=at, audit_id=audit_id, **details)

    def _pin(self, told: Told, words: Words, grades: Graded, number: int) -> None:
        """The first to a question, and answered where there are two; the last to a section."""
        piece, at = told.piece, known(told.committed_at)
        moderator, said = known(piece.moderator), self.said["pins"]
        weak, other = self._worst(grades)[:2]
        # Every section begins with a question that is asked whatever else is answered.
        question = self.tool.questions(weak, piece.case.plan)[0].code
        places = [(weak.code, question, said["question"]), (other.code, "", said["section"])]
        rows = [
            self.ledger.add(
                PinnedComment,
                audit_id=piece.id,
                section_code=section,
                question_code=question,
                text=words.one(texts),
                pinned_by=moderator.id,
                pinned_at=at,
                answer="",
            )
            for section, question, texts in places[-number:]
        ]
        self._note(
            "comments_pinned", told, at, by=moderator.id, number=count_words(number, "thing")
        )
        if number > 1:
            answered = self.days.clock(self.days.yesterday, 11, 40)
            rows[0] |= {
                "answer": words.one(said["answers"]),
                "answered_by": piece.auditor.id,
                "answered_at": answered,
            }
            self._note("comment_answered", told, answered, by=piece.auditor.id)

    def _worst(self, grades: Graded) -> list[Section]:
        graded = [each for each in self.tool.sections if each.code in grades]
        return sorted(graded, key=lambda each: -GRADES.index(grades[each.code]))

    def _draft(self, told: Told, words: Words, row: Row, grades: Graded) -> None:
        """One section seen otherwise, the rest agreed with, and the last sentence not finished."""
        said, theirs = self.said["draft"], grades[_EXCEPTED]
        lower = GRADES.index(theirs) + 1
        other = GRADES[lower] if lower < len(GRADES) else Grade.REQUIRES_IMPROVEMENT
        row["draft"] = {
            "agreement": "except",
            "except_for": _EXCEPTED,
            f"{_EXCEPTED}_grade": other.value,
            f"{_EXCEPTED}_reason": ReasonCode.EVIDENCE_MISSED.value,
            f"{_EXCEPTED}_words": words.fill(said["words"]),
            "overall_view": "agree",
            "feedback": words.fill(said["feedback"]),
        }
        row["draft_version"] = _SAVES
        row["draft_saved_at"] = max(
            known(told.moderated_at) + timedelta(minutes=35),
            self.days.clock(self.days.yesterday, 16, 20),
        )

    def _give(self, told: Told) -> None:
        piece, lead = told.piece, self.council.qa_lead
        moderator = self.council.logins[known(piece.special).moderator]
        at = self.days.clock(self.days.yesterday, 9, 15)
        self.ledger.add(
            ModeratorGiven,
            audit_id=piece.id,
            stage=ModerationStage.FIRST,
            person_id=moderator.id,
            given_by=lead.id,
            given_at=at,
        )
        self._note("moderator_given", told, at, by=lead.id, moderator=moderator.id)

    def _talk(self, told: Told, words: Words, first: First) -> None:
        """Messages one way and the other since the grades were sent, and an appointment."""
        piece, at = told.piece, known(told.committed_at)
        moderator, sections = known(piece.moderator), first.differing[1:]
        about = words.about(sections[0]) if sections else {}
        writers = (moderator.id, piece.auditor.id, moderator.id)
        for number, (by, text) in enumerate(
            zip(writers, self.said["talk"]["messages"], strict=True)
        ):
            sent = at + timedelta(minutes=4 + 47 * number)
            self.ledger.add(
                ModerationMessage, audit_id=piece.id, by=by, text=words.fill(text, **about), at=sent
            )
            self._note("moderation_message_sent", told, sent, by=by)
        arranged = sent + timedelta(minutes=3)
        day = self.days.calendar.add_working_days(self.days.today, 1)
        self.ledger.add(
            ModerationMeeting,
            audit_id=piece.id,
            starts_at=self.days.clock(day, 14),
            minutes=_MEETING,
            place=self.said["talk"]["place"],
            arranged_by=moderator.id,
            arranged_at=arranged,
        )
        self._note("moderation_meeting_arranged", told, arranged, by=moderator.id)
