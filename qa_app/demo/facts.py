"""The check of the facts of each audit that was sent: who answered, what they said, who replied."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.models import Contribution, FactCheck, FactPoint
from qa_app.database import new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.ties import Independence
from qa_app.demo.words import phrases
from qa_app.domain.answers import ContributionKind, FactAnswer
from qa_app.domain.calendar import date_words
from qa_app.domain.grades import Grade
from qa_app.domain.independence import TieRole
from qa_app.domain.permissions import Party
from qa_app.domain.settings import default_number
from qa_app.domain.workflow import AuditState

_ASKED: Final = {
    TieRole.SOCIAL_WORKER: Party.SOCIAL_WORKER,
    TieRole.TEAM_MANAGER: Party.TEAM_MANAGER,
}
_ANSWER: Final = 0.85
_ANSWER_EARLY: Final = 0.3
_DISPUTE: Final = 0.1
_ACKNOWLEDGE: Final = 0.8


class FactsWriter:
    """Writes what the social worker and the team manager did about one audit after the other.

    Each audit has its own random numbers, so that nothing else depends on what is written here.
    """

    def __init__(
        self, days: Days, council: Council, ledger: Ledger, independence: Independence
    ) -> None:
        self.days, self.ledger, self.independence = days, ledger, independence
        self.members = {member.id: member for member in council.members}
        self.logins = set(council.logins.values())

    def write(self, told: Told, row: Row) -> None:
        """Add the check as it stood when moderation began, or as it stands today."""
        people = list(self._people(told))
        if not people:
            return
        check = _Check(self, told, people)
        row["facts_until"] = check.until
        row["facts_checked_at"] = check.run()
        self._reply(check)

    def _people(self, told: Told) -> Iterator[tuple[Member, Party]]:
        """The present social worker and team manager as pinned, with an account on that day."""
        piece, seen = told.piece, set()
        for tie in self.independence.ties(piece.case, piece.period):
            ended = tie.ended_on is not None and tie.ended_on <= piece.given
            member = self.members[tie.person_id]
            left = member.ended is not None and member.ended <= known(piece.submitted)
            if tie.sibling or ended or left or tie.role not in _ASKED or member in seen:
                continue
            seen.add(member)
            yield member, _ASKED[tie.role]

    def _reply(self, check: "_Check") -> None:
        told = check.told
        party = told.piece.special.replied if told.piece.special is not None else None
        writer = next((who for who, as_what in check.people if as_what is party), None)
        if party is None or writer is None:
            return
        day = self.days.on(check.rng.randint(2, 6), known(told.final_at).date())
        at = self.days.moment(check.rng, day, known(told.final_at))
        said = phrases("facts")["reply"][party.value]["all"]
        self.ledger.add(
            Contribution,
            audit_id=told.piece.id,
            person_id=writer.id,
            party=party,
            kind=ContributionKind.REPLY,
            text=told.words.fill(check.rng.choice(said)),
            saved_at=at - timedelta(minutes=20),
            signed_at=at,
        )
        check.note("reply_signed", writer.id, at)


class _Check:
    """The check of one audit."""

    def __init__(self, writer: FactsWriter, told: Told, people: list[tuple[Member, Party]]) -> None:
        self.writer, self.told, self.people = writer, told, people
        self.days, self.ledger = writer.days, writer.ledger
        self.rng = Random(f"facts {told.piece.reference}")  # noqa: S311  # only looked at
        self.asked_at = known(told.submitted_at)
        submitted = known(told.piece.submitted)
        days = default_number("facts_check")
        self.until: date = self.days.calendar.add_working_days(submitted, days)
        begun = told.moderated_at
        ends = min(self.until, self.days.yesterday)
        self.ends = min(filter(None, (begun, self.days.clock(ends, 17))))
        self.running = begun is None and self.days.today <= self.until
        urgent = told.piece.auditor_grade is Grade.INADEQUATE or told.piece.concern is not None
        # Moderation of what is not urgent began in time only because everybody had answered.
        self.must = begun is not None and not urgent and begun.date() <= self.until

    def note(self, verb: str, by: UUID, at: datetime, **details: object) -> None:
        """Note an event of the audit."""
        audit_id = self.told.piece.id
        self.ledger.note(verb, "audit", audit_id, by=by, at=at, audit_id=audit_id, **details)

    def run(self) -> datetime | None:
        """Ask everybody; gives when everybody had answered and was answered."""
        auditor = self.told.piece.auditor.id
        self.note("facts_asked", auditor, self.asked_at, due=date_words(self.until))
        settled = [self._ask(member, party) for member, party in self.people]
        times = [at for at in settled if at is not None]
        return max(times) if len(times) == len(settled) else None

    def _ask(self, member: Member, party: Party) -> datetime | None:
        row = self.ledger.add(
            FactCheck,
            id=new_id(),
            audit_id=self.told.piece.id,
            person_id=member.id,
            party=party,
            asked_at=self.asked_at,
            due_on=self.until,
        )
        at = self._moment() if self._answers(member) else None
        if at is None:
            return None
        left_open = self._is_left_open()
        disputes = left_open or (self._time_after(at) and self.rng.random() < _DISPUTE)
        row |= {"answered_at": at, "agreed": not disputes}
        if self.rng.random() < _ACKNOWLEDGE:
            row["acknowledged_at"] = at + timedelta(minutes=2)
            self.note("audit_acknowledged", member.id, row["acknowledged_at"])
        if not disputes:
            self.note("facts_agreed", member.id, at)
            return at
        self.note("facts_disputed", member.id, at, number=1)
        return self._point(row, at, left_open)

    def _answers(self, member: Member) -> bool:
        if self.must:
            return True
        if self.running:
            # The people one signs in as have theirs still to do.
            return member not in self.writer.logins and self.rng.random() < _ANSWER_EARLY
        return self._is_left_open() or self.rng.random() < _ANSWER

    def _is_left_open(self) -> bool:
        """Whether the auditor is somebody one signs in as, with something to answer."""
        piece = self.told.piece
        return piece.state is AuditState.AWAITING_MODERATION and piece.auditor in self.writer.logins

    def _moment(self) -> datetime | None:
        """In office hours between the asking and the end; soon after it where there is no more."""
        soon = self.asked_at + timedelta(minutes=self.rng.randint(8, 25))
        if soon >= self.ends:
            return None
        day = self.days.working(self.rng, self.asked_at.date(), self.ends.date())
        at = self.days.moment(self.rng, day, soon)
        return at if at < self.ends else soon

    def _time_after(self, at: datetime) -> bool:
        return self.told.moderated_at is not None and self.ends - at > timedelta(hours=2)

    def _point(self, check: Row, at: datetime, left_open: bool) -> datetime | None:
        row = self.ledger.add(
            FactPoint,
            check_id=check["id"],
            section_code="",
            says=self._say("points"),
            added_at=at,
        )
        if left_open:
            return None
        auditor = self.told.piece.auditor.id
        answered = at + timedelta(minutes=self.rng.randint(40, 100))
        row |= {
            "answer": FactAnswer.STANDS,
            "answer_text": self._say("stands"),
            "answered_at": answered,
            "answered_by": auditor,
        }
        words = FactAnswer.STANDS.words
        self.note("fact_answered", auditor, answered, answer=words[:1].lower() + words[1:])
        return answered

    def _say(self, what: str) -> str:
        return self.told.words.fill(self.rng.choice(phrases("facts")[what]["all"]))
