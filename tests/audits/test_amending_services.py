"""Every service that writes in an audit refuses a final one (M8)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import Audit, FactPoint, Finding, PinnedComment, TextVersion
from qa_app.audits.services import Change, FindingWords, Pin, Point
from qa_app.audits.services.restoring import restore_text
from qa_app.database import db
from qa_app.domain.answers import FactAnswer, FindingAbout, FindingKind
from qa_app.domain.auditreasons import TakenOffBecause, UnstartReason
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.standards.models import Theme
from tests.audits.finals import AUDITOR, LEAD, MODERATOR, a_final_audit
from tests.audits.making import AT
from tests.audits.moving import a_partner
from tests.audits.test_amending_pages import said
from tests.council import Council

pytestmark = pytest.mark.usefixtures("context")
CHANGE = Change("risk.evidence", "Changed", 2)


def first(model):
    return db.session.scalars(select(model)).first()


class Final:
    """A final audit, and who does what to it."""

    def __init__(self, council: Council) -> None:
        self.audit: Audit = a_final_audit(council)
        self.me, self.lead = council.people[AUDITOR], council.people[LEAD]
        self.by = council.people[MODERATOR]
        self.worker = council.people["worker"]
        self.moderator = db.session.get_one(Person, self.by)
        self.other = db.session.get_one(Person, council.people["iro"])
        self.finding = {
            "kind": FindingKind.STRENGTH, "text": "Changed", "theme_id": first(Theme).id,
            "section_id": None, "about": FindingAbout.PRACTICE,
        }  # fmt: skip


Attempt = Callable[[Final], object]
WRITES: dict[str, Attempt] = {
    # A8: what was written
    "save_fields": lambda on: services.save_fields(on.audit, [CHANGE], on.me, AT),
    "save_text": lambda on: services.save_text(on.audit, CHANGE, on.me, AT),
    "start": lambda on: services.start(on.audit, on.me, AT),
    "restore_text": lambda on: restore_text(on.audit, first(TextVersion), 2, on.me, AT),
    # A4: findings
    "add_finding": lambda on: services.add_finding(on.audit, **on.finding, by=on.me, at=AT),
    "change_finding": lambda on: services.change_finding(
        on.audit, first(Finding).id, FindingWords(**on.finding), version=0, by=on.me, at=AT
    ),
    "remove_finding": lambda on: services.remove_finding(
        on.audit, first(Finding).id, by=on.me, at=AT
    ),
    # A10, A11
    "submit": lambda on: services.submit(on.audit, on.me, AT),
    "confirm_identify_nobody": lambda on: services.confirm_identify_nobody(
        on.audit, {"07700 900123": "Ours"}, by=on.me, at=AT
    ),
    # A12: its facts
    "correct_facts": lambda on: services.correct_facts(on.audit, by=on.me, at=AT),
    "answer_check": lambda on: services.answer_check(
        on.audit, points=[Point("", "Changed")], by=on.worker, at=AT
    ),
    "answer_point": lambda on: services.answer_point(
        on.audit, first(FactPoint).id, answer=FactAnswer.STANDS, text="No", by=on.me, at=AT
    ),
    # M6: what a moderator asks
    "answer_comment": lambda on: services.answer_comment(
        on.audit, first(PinnedComment).id, text="Changed", by=on.me, at=AT
    ),
    "return_with_comments": lambda on: services.return_with_comments(
        on.audit, [Pin("More")], by=on.by, at=AT
    ),
    "return_for_correction": lambda on: services.return_for_correction(on.audit, on.by, AT),
    # M2, M7: moderation
    "take_for_moderation": lambda on: services.take_for_moderation(
        on.audit, on.moderator, on.by, AT
    ),
    "release_from_moderation": lambda on: services.release_from_moderation(
        on.audit, on.moderator, on.by, AT
    ),
    "finalise": lambda on: services.finalise(on.audit, {None: Grade.GOOD}, "again", on.by, AT),
    # P5: who does it, and whether
    "withdraw": lambda on: services.withdraw(on.audit, "Changed", by=on.lead, at=AT),
    "share_with_colleague": lambda on: services.share_with_colleague(
        on.audit, on.other, by=on.lead, at=AT
    ),
    "share_with_partner": lambda on: services.share_with_partner(
        on.audit, a_partner(), by=on.lead, at=AT
    ),
    "take_off": lambda on: services.take_off(
        on.audit, next(iter(TakenOffBecause)), "Changed", by=on.lead, at=AT
    ),
    "unstart": lambda on: services.unstart(
        on.audit, next(iter(UnstartReason)), "Changed", by=on.me, at=AT
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_final_audit_is_refused(council, name):
    on = Final(council)
    db.session.commit()
    before = said()
    with pytest.raises(DomainError):
        WRITES[name](on)
    db.session.rollback()
    assert said() == before
