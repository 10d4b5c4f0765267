"""Calibration (M10): a session that is over and kept for practice, one that is open, one draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.database import new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.grading import Tool
from qa_app.demo.judging import OVERALL
from qa_app.demo.ledger import Ledger, Row
from qa_app.demo.words import phrases
from qa_app.domain.grades import GRADES, Grade, PlanType
from qa_app.formatting import count_words
from qa_app.moderation.models import (
    CalibrationGrade,
    CalibrationInvite,
    CalibrationSession,
    CalibrationState,
)

_CLOSED_AGO: Final = 30
_OPENED_AGO: Final = 4
_TIME: Final = 10
_INVITED: Final = 6
_INVITED_NOW: Final = 5
_ALREADY: Final = 1
_LIKE_THE_AGREED: Final = 0.6


@dataclass(frozen=True)
class Calibrating:
    """Writes the sessions into the ledger, with random numbers of their own."""

    days: Days
    council: Council
    ledger: Ledger
    tool: Tool

    def write(self) -> None:
        """The sessions as they stand today."""
        rng = Random("calibration")  # noqa: S311  # only looked at
        self._closed(rng)
        self._open(rng)
        session = self._session("draft", self.days.clock(self.days.yesterday, 15, 5))
        session["state"] = CalibrationState.DRAFT

    def _session(self, key: str, at: datetime, **more: object) -> Row:
        made, lead = phrases("calibration")[key], self.council.qa_lead.id
        about = {"about": made["about"], "age_band": made["age_band"]}
        row = self.ledger.add(
            CalibrationSession,
            id=new_id(),
            title=made["title"],
            tool_version_id=self.tool.version_id,
            plan_type=PlanType(made["plan_type"]),
            file={"": about, **made["sections"]},
            made_by=lead,
            made_at=at,
            agreed={},
            **more,
        )
        self._note("calibration_made", row, lead, at, made_from="nothing")
        return row

    def _note(self, verb: str, row: Row, by: UUID, at: datetime, **details: Any) -> None:
        self.ledger.note(verb, "calibration_session", row["id"], by=by, at=at, **details)

    def _people(self, rng: Random, number: int) -> list[Member]:
        """Those one signs in as who audit or moderate, and others of several services."""
        logins = [self.council.logins[key] for key in ("auditor", "head.of.service", "iro")]
        others = [
            each
            for each in self.council.of_kind(
                PostKind.TEAM_MANAGER, PostKind.CONFERENCE_CHAIR, PostKind.HEAD_OF_SERVICE
            )
            if each not in self.council.logins.values()
        ]
        return [*logins, *rng.sample(others, number - len(logins))]

    def _invite(self, row: Row, people: list[Member], at: datetime) -> dict[UUID, Row]:
        """Open it: who is invited, with their rows."""
        row |= {"state": CalibrationState.OPEN, "opened_at": at}
        number = count_words(len(people), "person", "people")
        self._note("calibration_opened", row, self.council.qa_lead.id, at, people=number)
        return {
            each.id: self.ledger.add(
                CalibrationInvite,
                id=new_id(),
                session_id=row["id"],
                person_id=each.id,
                invited_at=at,
            )
            for each in people
        }

    def _closed(self, rng: Random) -> None:
        made, days = phrases("calibration")["closed"], self.days
        deadline = days.back(_CLOSED_AGO)
        opened = days.back(_TIME, deadline)
        row = self._session("closed", days.clock(days.back(2, opened), 10, 30), gold=True)
        people = self._people(rng, _INVITED)
        invites = self._invite(row, people, days.clock(opened, 9, 30))
        agreed = {code: Grade(grade) for code, (grade, _) in made["agreed"].items()}
        for person_id, invite in invites.items():
            day = days.working(rng, opened + timedelta(days=1), deadline)
            at = days.moment(rng, day)
            grades = {code: self._near(rng, grade) for code, grade in agreed.items()}
            self._commit(rng, row, invite, person_id, grades, at)
        self._close(row, made, days.clock(days.on(1, deadline), 14))

    def _close(self, row: Row, made: Mapping[str, Any], at: datetime) -> None:
        lead = self.council.qa_lead.id
        row |= {
            "state": CalibrationState.CLOSED,
            "closed_at": at,
            "deadline": self.days.back(_CLOSED_AGO),
            "agreed": {
                code: {"grade": grade, "why": why} for code, (grade, why) in made["agreed"].items()
            },
            "agreed_why": made["outcome"]["why"],
            "learnt": made["outcome"]["learnt"],
        }
        self._note("calibration_closed", row, lead, at)
        for minutes, details in ((95, {"fields": ["agreed"]}), (97, {"fields": ["gold"]})):
            later = at + timedelta(minutes=minutes)
            self._note("calibration_changed", row, lead, later, **details)

    def _near(self, rng: Random, agreed: Grade) -> Grade:
        """Most see it as was agreed in the end, others one grade beside it."""
        if rng.random() < _LIKE_THE_AGREED:
            return agreed
        return GRADES[min(max(GRADES.index(agreed) + rng.choice((-1, 1)), 0), len(GRADES) - 1)]

    def _commit(
        self,
        rng: Random,
        row: Row,
        invite: Row,
        person_id: UUID,
        grades: Mapping[str, Grade],
        at: datetime,
    ) -> None:
        for code, why in self._words(rng, grades):
            self.ledger.add(
                CalibrationGrade,
                invite_id=invite["id"],
                section_code=code,
                grade=grades[code],
                why=why,
            )
        invite["committed_at"] = at
        self._note("calibration_graded", row, person_id, at, fields=list(grades))
        self._note("calibration_committed", row, person_id, at)

    def _words(self, rng: Random, grades: Mapping[str, Grade]) -> Iterator[tuple[str, str]]:
        """Why, for each: nobody says the same twice where it can be helped."""
        left = {
            grade: rng.sample(said, len(said))
            for grade, said in phrases("calibration")["closed"]["why"].items()
        }
        for code, grade in grades.items():
            said = left[grade.value]
            said.append(why := said.pop(0))
            yield code, why

    def _open(self, rng: Random) -> None:
        """Asked of the auditor and the head of service one signs in as; one has committed."""
        days = self.days
        opened = days.back(_OPENED_AGO)
        row = self._session("open", days.clock(days.back(1, opened), 11, 10))
        row["deadline"] = days.calendar.add_working_days(days.today, _TIME - _OPENED_AGO)
        people = self._people(rng, _INVITED_NOW)
        invites = self._invite(row, people, days.clock(opened, 10))
        codes = [*phrases("calibration")["open"]["sections"], OVERALL]
        middle = (Grade.GOOD, Grade.REQUIRES_IMPROVEMENT)
        for member in people[-_ALREADY:]:
            grades = {code: rng.choice(middle) for code in codes}
            at = days.clock(days.yesterday, 13, 20)
            self._commit(rng, row, invites[member.id], member.id, grades, at)
