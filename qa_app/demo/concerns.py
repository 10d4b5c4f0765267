"""Significant-harm concerns: who was told, who acknowledged, what was decided (E1)."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.audits.models import Concern, ConcernTold, SafetyDecision, ToldAs
from qa_app.cases.models import InvolvementRole
from qa_app.database import new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.specials import Concerned
from qa_app.demo.words import phrases

_ORDER = (Concerned.FRESH, Concerned.ACKNOWLEDGED, Concerned.DECIDED, Concerned.COMPLETE)
_REVIEWERS = ((InvolvementRole.IRO, ToldAs.IRO), (InvolvementRole.CHAIR, ToldAs.CHAIR))


class ConcernWriter:
    """Writes concerns into the ledger."""

    def __init__(self, rng: Random, days: Days, council: Council, ledger: Ledger) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger

    def write(self, told: Told) -> Row | None:
        """Add the audit's concern, if it has one; gives its row."""
        piece = told.piece
        if piece.concern is None:
            return None
        at = self._raised_at(told)
        said, case = phrases("moderation")["concern"], piece.case
        brothers_and_sisters = [each.reference for each in case.family if each is not case]
        row = self.ledger.add(
            Concern,
            id=new_id(),
            audit_id=piece.id,
            case_reference=case.reference,
            team_id=case.unit.id,
            raised_at=at,
            raised_by=piece.auditor.id,
            worry=told.words.one(said["worry"]),
            siblings=", ".join(brothers_and_sisters),
            telephoned_whom=told.words.one(said["telephoned"]),
            telephoned_at=at - timedelta(minutes=self.rng.randint(4, 9)),
        )
        self._note("concern_raised", row, piece.auditor.id, at)
        self._note("concern_telephoned", row, piece.auditor.id, at)
        self._tell(told, row, at)
        self._follow(told, row, at)
        return row

    def _raised_at(self, told: Told) -> datetime:
        """Before the audit was finished; the fresh one an hour ago, whatever the time is now."""
        if told.piece.concern is Concerned.FRESH:
            return self.days.at - timedelta(hours=1)
        begun, submitted = known(told.started_at), known(told.submitted_at)
        return max(begun + (submitted - begun) / 2, submitted - timedelta(minutes=50))

    def _day(self, told: Told) -> date:
        return told.piece.submitted or self.days.today

    def _note(self, verb: str, row: Row, by: UUID, at: datetime, **details: object) -> None:
        self.ledger.note(
            verb, "concern", row["id"], by=by, at=at, audit_id=row["audit_id"], **details
        )

    def _people(self, told: Told) -> list[tuple[Member | None, ToldAs, str]]:
        """As the safety route tells them; for a vacant post, the next one up (E1)."""
        case, council = told.piece.case, self.council
        above = list(council.managers_above(case.unit, on=self._day(told)))
        manager = next((each for each in above if each.unit is case.unit), None)
        head = council.head_of(case.unit)
        worker = case.worker_on(self._day(told))
        people: list[tuple[Member | None, ToldAs, str]] = []
        people.append((worker, ToldAs.SOCIAL_WORKER, ToldAs.SOCIAL_WORKER.words))
        words = ToldAs.TEAM_MANAGER.words
        if manager is None:
            people.append((None, ToldAs.TEAM_MANAGER, f"{words}: nobody to tell"))
            people.append((above[0], ToldAs.NEXT_UP, above[0].title))
        else:
            people.append((manager, ToldAs.TEAM_MANAGER, words))
        people.append((head, ToldAs.HEAD_OF_SERVICE, ToldAs.HEAD_OF_SERVICE.words))
        for role, told_as in _REVIEWERS:
            people.append((case.now(role), told_as, told_as.words))
        people.append((council.qa_lead, ToldAs.QA_LEAD, ToldAs.QA_LEAD.words))
        vacant = ToldAs.TEAM_MANAGER
        return [each for each in people if each[0] is not None or each[1] is vacant]

    def _tell(self, told: Told, row: Row, at: datetime) -> None:
        known = set()
        for member, told_as, post in self._people(told):
            if member is not None and member.id in known:
                continue
            known.add(member.id if member else None)
            person_id = member.id if member else None
            self.ledger.add(
                ConcernTold,
                concern_id=row["id"],
                person_id=person_id,
                told_as=told_as,
                post=post,
                told_at=at,
            )
            by = told.piece.auditor.id
            self._note("concern_told", row, by, at, person=person_id, told_as=told_as.value)

    def _follow(self, told: Told, row: Row, at: datetime) -> None:
        reached = _ORDER.index(known(told.piece.concern))
        manager = next(self.council.managers_above(told.piece.case.unit, on=self._day(told)))
        lead = self.council.of_kind(PostKind.QA_LEAD)[0]
        if reached >= _ORDER.index(Concerned.ACKNOWLEDGED):
            soon = at + timedelta(minutes=self.rng.randint(6, 48))
            row |= {"acknowledged_at": soon, "acknowledged_by": manager.id}
            self._note("concern_acknowledged", row, manager.id, soon)
        if reached >= _ORDER.index(Concerned.DECIDED):
            self._decide(told, row, manager, at + timedelta(minutes=self.rng.randint(95, 240)))
        if reached >= _ORDER.index(Concerned.COMPLETE):
            later = at + timedelta(minutes=self.rng.randint(250, 330))
            row |= {"recorded_at": later, "recorded_by": lead.id}
            self._note("concern_recorded", row, lead.id, later)

    def _decide(self, told: Told, row: Row, manager: Member, at: datetime) -> None:
        notes = phrases("moderation")["concern"]["decision_note"]
        note = self.rng.choice(notes)
        held = note.startswith("Strategy")
        decision = SafetyDecision.STRATEGY_DISCUSSION if held else SafetyDecision.CHILD_SAFE
        row |= {
            "decision": decision,
            "decision_note": told.words.fill(note),
            "decided_at": at,
            "decided_by": manager.id,
        }
        self._note("concern_decided", row, manager.id, at, decision=decision.value)
