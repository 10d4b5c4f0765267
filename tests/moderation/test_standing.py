"""What stands (M7): whatever happens, the final grades are the rule's, and no row is lost."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries import standing_grades
from qa_app.database import db, now, saving
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation
from qa_app.moderation.services import Answered, GradeGiven
from tests.audits.making import Writer, submitted, whole_answers
from tests.council import Council
from tests.moderation.dialogue import SEEN, committed, decided, disputed, second_taken

SECTIONS = ("risk", "plan", "assessment")
grades = st.sampled_from(GRADES)


@dataclass
class Way:
    """One way through moderation: what everybody makes of the audit as a whole and of some of its
    sections; `again` is the auditor's grade after a return, None where there was none."""

    auditor: Grade
    again: Grade | None
    moderator: dict[str, Grade]
    replies: dict[str, bool] | None
    second: dict[str, Grade]
    rows: dict[UUID, tuple[object, ...]] = field(default_factory=dict)

    @property
    def standing(self) -> Grade:
        """The auditor's grade that counts."""
        return self.again or self.auditor

    def differs(self) -> set[str]:
        """Where the moderator gives another grade."""
        return {code for code, grade in self.moderator.items() if grade is not self.standing}

    @property
    def asks(self) -> bool:
        """M4: the auditor is asked where the overall grades differ."""
        return "overall" in self.differs()

    def refused(self) -> set[str]:
        """What the auditor does not accept: nothing where they do not reply (M5)."""
        if not self.asks or self.replies is None:
            return set()
        return {code for code in self.differs() if not self.replies[code]}

    def final(self, code: str) -> Grade:
        """M5, M7 in so many words: the second moderator's grade where they decided, else the
        moderator's, which is the auditor's again where they agree."""
        refused = self.refused()
        if refused and (code == "overall" or code in refused):
            return self.second[code]
        return self.moderator.get(code, self.standing)


codes = ("overall", *SECTIONS)
ways = st.builds(
    Way,
    auditor=grades,
    again=st.none() | grades,
    moderator=st.fixed_dictionaries(dict.fromkeys(codes, grades)),
    replies=st.none() | st.fixed_dictionaries(dict.fromkeys(codes, st.booleans())),
    second=st.fixed_dictionaries(dict.fromkeys(codes, grades)),
)


def kept(way: Way, audit: Audit) -> None:
    """Every grade row that was ever there is there still, as it was."""
    db.session.flush()
    rows = db.session.scalars(
        select(GradeRow)
        .where(GradeRow.audit_id == audit.id)
        .execution_options(populate_existing=True)
    )
    found = {
        row.id: (row.source, row.section_id, row.grade, row.at, row.by, row.reason_code, row.reason)
        for row in rows
    }
    assert found.items() >= way.rows.items()
    way.rows = found


def sent(council: Council, way: Way) -> Audit:
    """The audit, sent once or, after a return, twice."""
    audit = submitted(council, auditor="auditor", grade=way.auditor.value)
    kept(way, audit)
    if way.again is None:
        return audit
    _taken(council, audit)
    audits.return_for_correction(audit, council.people["other_head"], now())
    db.session.query(Moderation).update({"state": "returned"})
    by = council.people["auditor"]
    Writer(audit, by)(whole_answers(audit, grade=way.again.value))
    audits.submit(audit, by=by, at=now())
    kept(way, audit)
    return audit


def _taken(council: Council, audit: Audit) -> Moderation:
    moderator = db.session.get_one(Person, council.people["other_head"])
    return services.start(audit, moderator, by=moderator.id, at=now())


def moderated(council: Council, audit: Audit, way: Way) -> Moderation:
    """The moderation, committed."""
    sections = {section.code: way.standing for section in Draft(audit).sections}
    theirs = {"overall": way.standing} | sections | way.moderator
    given = {
        code: GradeGiven(grade, SEEN, "Seen otherwise.")
        if grade is not way.standing
        else GradeGiven(grade)
        for code, grade in theirs.items()
    }
    return committed(_taken(council, audit), given, limit_reason="It had ended.")


def answered(council: Council, moderation: Moderation, way: Way) -> None:
    """The auditor's answer, or none in time."""
    if way.replies is None:
        services.stand_without_reply(now() + timedelta(days=30))
        return
    answers = {code: Answered(way.replies[code], "It was so.") for code in way.differs()}
    services.answer(moderation, answers, by=council.people["auditor"], at=now())


# M7: derived, never typed; each source's rows for themselves, for ever.
@given(ways)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_final_grade_is_the_rules_and_no_row_is_lost(
    context: Flask, council: Council, way: Way
) -> None:
    try:
        audit = sent(council, way)
        moderation = moderated(council, audit, way)
        kept(way, audit)
        assert (audit.state is AuditState.FINAL) is not way.asks
        if way.asks:
            answered(council, moderation, way)
            kept(way, audit)
        if way.refused():
            assert (audit.state, audit.final_grade) == (AuditState.AWAITING_SECOND, None)
            disputes = {"overall", *way.refused()}
            given = {code: GradeGiven(way.second[code], None, "So it is.") for code in disputes}
            decided(second_taken(council, audit), given, limit_reason="It had ended.")
            kept(way, audit)
        assert audit.state is AuditState.FINAL
        assert audit.final_grade is way.final("overall")
        finals = standing_grades(audit.id, GradeSource.FINAL)
        named = {section.id: section.code for section in Draft(audit).sections}
        assert {named.get(key, "overall"): grade for key, grade in finals.items()} == {
            code: way.final(code) for code in ("overall", *named.values())
        }
        assert audit.auditor_grade is way.standing
    finally:
        db.session.rollback()


# M7: the second moderator's rows and the first grades too: the database itself refuses.
@pytest.mark.parametrize(
    "statement",
    ["UPDATE grade SET grade = 'outstanding'", "DELETE FROM grade WHERE source = 'final'"],
)
def test_the_database_refuses_to_change_a_grade(
    context: Flask, council: Council, statement: str
) -> None:
    with saving():
        audit = disputed(council)
        decided(
            second_taken(council, audit),
            {"overall": GradeGiven(Grade.GOOD, None, "It was written up.")},
        )
    assert len({row.source for row in audit.grades}) == 4
    with pytest.raises(DatabaseError):
        db.session.execute(text(statement))
    db.session.rollback()
    assert queries.side_by_side(audit)[0].final.grade is Grade.GOOD
