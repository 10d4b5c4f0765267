"""What follows an Inadequate audit and an action, for the access matrix and the walks."""

from dataclasses import dataclass, field
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.database import db, now
from qa_app.domain.actions import ActionStatus
from qa_app.tracker.models import OtherLadder, OtherLadderKind
from qa_app.tracker.services.helping import add_helper
from qa_app.tracker.services.withdrawing import ask
from tests.audits.again import first_audit, given_again
from tests.audits.plan_world import action_of, agreed, inadequate
from tests.council import Council

ON_OWED = (
    "audits.agree_plan", "programme.give_re_audit", "programme.call_off_re_audit",
)  # fmt: skip
ON_AGREED = ("audits.plan", "audits.close_plan")
ON_AGAIN = ("audits.since", "audits.beside")
ON_ASKED = ("tracker.say", "tracker.keep", "tracker.withdraw")
ON_DONE = ("tracker.impact",)
ON_HELPED = ("tracker.helpers", "tracker.stop_helping", "tracker.end_other_ladder")


@dataclass
class AfterWorld:
    """Ids of audits and actions by endpoint, where they differ from the usual."""

    by_endpoint: dict[str, dict[str, object]] = field(default_factory=dict)

    def put(self, endpoints: tuple[str, ...], **arguments: object) -> None:
        """These endpoints are asked about these objects."""
        for endpoint in endpoints:
            self.by_endpoint[endpoint] = arguments


def after_of(council: Council) -> AfterWorld:
    """An audit that owes a plan and a re-audit, one with a plan, a re-audit; and actions asked to
    be withdrawn, done, and with a helper and another ladder."""
    world, at = AfterWorld(), now()
    owed = inadequate(council, at=at, case="100003")
    world.put(ON_OWED, audit_id=owed.id)
    planned = inadequate(council, at=at, case="100004")
    agreed(council, planned, at=at)
    world.put(ON_AGREED, audit_id=planned.id)
    first = first_audit(council, case="100003")
    world.put(ON_AGAIN, audit_id=given_again(council, first, "auditor", at).id)
    asked = action_of(council, owed, at=at)
    ask(asked, why="It was raised twice.", by=council.people["manager"], at=at)
    world.put(ON_ASKED, action_id=asked.id)
    world.put(ON_DONE, action_id=action_of(council, owed, ActionStatus.DONE, at=at).id)
    world.put(("tracker.hand_over_of",), person_id=council.people["manager"])
    helped = action_of(council, owed, at=at)
    lead, worker = council.people["qa_lead"], council.people["worker"]
    add_helper(helped, person=db.session.get_one(Person, worker), by=lead, at=at)
    world.put(ON_HELPED, action_id=helped.id, person_id=worker, ladder_id=_ladder(helped.id, lead))
    return world


def _ladder(action_id: UUID, by: UUID) -> UUID:
    row = OtherLadder(
        action_id=action_id, kind=OtherLadderKind.IRO_DISPUTE, reference="D-12", rung=1,
        noted_by=by, noted_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id
