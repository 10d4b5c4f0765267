"""An audit at each step of its moderation, a calibration session in each state, and absences, with
something of all that can be on their pages: long words, talks, clocks, waivers, amendments.

Ada audits, Hugh moderates, Dora decides after them; Rhona is away.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from qa_app.accounts import absent
from qa_app.accounts.models import Absence, Person
from qa_app.audits import services as audits
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.services import Pin
from qa_app.database import db, now
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import GRADES
from qa_app.domain.moderation import ReasonCode
from qa_app.moderation import services
from qa_app.moderation.calibration import services as calibration
from qa_app.moderation.models import CalibrationSession, Moderation
from qa_app.moderation.services import GradeGiven, giving, waiving
from qa_app.moderation.services.late import tell_of_late
from qa_app.moderation.services.meeting import Arranged, arrange, note_talked
from qa_app.moderation.services.talking import send_message
from qa_app.standards.models import Theme
from tests.audits.making import Writer, given, nothing_to_correct, whole_answers
from tests.browser.audit_states import LONG, amend
from tests.calibration import making
from tests.council import Council, hold
from tests.moderation.blind_world import first_grades
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import answered, committed, decided, second_taken
from tests.moderation.factory import a_concern, a_submitted_audit, agreeing

AUDITOR, MODERATOR, SECOND, AWAY = "auditor", "other_head", "director", "review_head"
CASE = "100003"
OUT, GOOD, RI, BAD = GRADES
DIFFERS = GradeGiven(RI, ReasonCode.EVIDENCE_MISSED, "The visit was not written up. " + LONG)

Known = dict[str, object]
"""Ids by the name of the argument in an address."""


def moderations_of_every_state(council: Council) -> dict[str, Known]:
    """Add them (the caller saves); what is known of each state."""
    whole, take = partial(_whole, council), partial(_take, council)
    known: dict[str, Known] = {"": {"person_id": council.people[AWAY]}}
    for name, audit in {
        "given": _given(council, whole()),
        "to_be_blind": _to_be_blind(whole()),
        "returned": _returned(take(whole())),
        "late": _late(council),
    }.items():
        known[name] = {"audit_id": audit.id}
    for name, moderation in {
        "moderating": take(whole()),
        "blind": take(_blind(council)),
        "revealed": _revealed(take(_blind(council))),
        "own_service": take(whole("other_auditor"), "head"),
        "discussed": _discussed(council, _differing(take(whole()))),
        "disputed": _disputed(take(whole())),
        "nobody_senior": _disputed(take(whole(), SECOND)),
        "second": second_taken(council, _disputed(take(whole())).audit, SECOND),
        "decided": _decided(council, _disputed(take(whole()))),
        "covered": take(whole(), AWAY),
    }.items():
        known[name] = {"audit_id": moderation.audit_id, "moderation_id": moderation.id}
    a_concern(db.session.get_one(Audit, known["given"]["audit_id"]))
    for name, session in _sessions(council).items():
        known[name] = {"session_id": session.id, "code": "risk"}
    for name, absence in _absences(council).items():
        known[name] = {"absence_id": absence.id, "person_id": absence.person_id}
    tell_of_late(now())
    return known


def _whole(council: Council, key: str = AUDITOR) -> Audit:
    """Everything written, with long words; sent, and its facts checked."""
    audit, by = given(council, case=CASE, auditor=key, at=now()), council.people[key]
    long = {"risk.evidence": LONG, "risk.impact": LONG, "overall.rationale": LONG}
    Writer(audit, by, now())(whole_answers(audit) | long)
    theme, section = db.session.query(Theme).first(), Draft(audit).sections[0]
    for kind in FindingKind:
        audits.add_finding(
            audit, kind=kind, text=f"A {kind.value}. {LONG}", theme_id=theme.id,
            section_id=section.id, about=FindingAbout.PRACTICE, by=by, at=now(),
        )  # fmt: skip
    audits.submit(audit, by=by, at=now())
    nothing_to_correct(audit, now())
    return audit


def _take(council: Council, audit: Audit, key: str = MODERATOR) -> Moderation:
    person = db.session.get_one(Person, council.people[key])
    return services.start(audit, person, by=person.id, at=now())


def _given(council: Council, audit: Audit) -> Audit:
    """Given to somebody, with a waiver for somebody else."""
    people, at = council.people, now()
    waiving.waive(audit, people["head"], reason=LONG, by=people[SECOND], at=at)
    giving.give(audit, people[MODERATOR], by=people["qa_lead"], at=at)
    return audit


def _blind(council: Council) -> Audit:
    """Chosen to be moderated blind, in a time in which all are (M3)."""
    hold("blind_share", 100)
    audit = _whole(council)
    hold("blind_share", 0)
    return audit


def _to_be_blind(audit: Audit) -> Audit:
    """Chosen to be moderated blind, by a choice that comes out otherwise when worked out again."""
    chosen(audit, blind=True)
    return audit


def _revealed(moderation: Moderation) -> Moderation:
    """Moderated blind, with the first grades given and the auditor's shown (M3)."""
    grades = first_grades(moderation, RI)
    services.commit_first(
        moderation, grades, by=moderation.moderator_id, at=now(), opened_record=True
    )
    return moderation


def _returned(moderation: Moderation) -> Audit:
    """Returned with a comment on a question and one on a section, one of them answered (M6)."""
    audit, draft = moderation.audit, Draft(moderation.audit)
    question = draft.questions_of(draft.section("risk"))[0].code
    pins = [Pin("Say when. " + LONG, "risk", question), Pin("Say how. " + LONG, "risk")]
    services.send_back(moderation, pins=pins, feedback=LONG, by=moderation.moderator_id, at=now())
    comment = Draft(audit).open_comments[0]
    audits.answer_comment(audit, comment.id, text=LONG, by=audit.auditor_id, at=now())
    return audit


def _late(council: Council) -> Audit:
    """Late by so much that everybody on the ladder was told, and somebody has it (M0)."""
    at = now() - timedelta(days=60)
    audit = a_submitted_audit(council, case=CASE, grade=BAD, words=LONG, at=at)
    giving.give(audit, council.people[AWAY], by=council.people["qa_lead"], at=at)
    return audit


def _differing(moderation: Moderation) -> Moderation:
    """Its moderator sees the whole and two sections differently, and says why at length (M4)."""
    overall_and = {"overall": DIFFERS, "risk": DIFFERS, "plan": DIFFERS}
    return committed(moderation, agreeing(moderation.audit, **overall_and), feedback=LONG)


def _disputed(moderation: Moderation) -> Moderation:
    """Its auditor does not accept all of it (M5)."""
    return answered(_differing(moderation), "overall", "risk")


def _discussed(council: Council, moderation: Moderation) -> Moderation:
    """They write, have talked, and meet."""
    audit, at = moderation.audit, now()
    both = [audit.auditor_id, moderation.moderator_id]
    for by in both:
        send_message(audit, f"Look at June. {LONG}", by=by, at=at)
    wanted = Arranged(at + timedelta(days=2), 30, "Room 4, " + "m" * 60)
    arrange(audit, wanted, instead_of=None, by=both[0], at=at)
    note_talked(audit, london_date(at), both, by=both[1], at=at)
    return moderation


def _decided(council: Council, first: Moderation) -> Moderation:
    """Talked about, decided by a second moderator, and amended since in two places (M5, M8)."""
    send_message(first.audit, LONG, by=first.moderator_id, at=now())
    second = second_taken(council, first.audit, SECOND)
    words = GradeGiven(GOOD, None, "Both are right in part. " + LONG)
    decided(second, {"overall": words, "risk": words}, feedback=LONG)
    amend(council, first.audit, {"grade.overall": OUT.value, "text.risk.evidence": LONG[::-1]})
    return second


def _sessions(council: Council) -> Mapping[str, CalibrationSession]:
    """A draft with words to remove, and what is open, closed, and there to practise on (M10)."""
    at, lead = now(), council.people["qa_lead"]
    draft = making.a_draft(council, title="A draft", at=at)
    evidence = {"evidence": "Mrs Smith was seen. " + LONG, "impact": "", "answers": ""}
    calibration.write_section(draft, "risk", **evidence, by=lead, at=at)
    opened, closed, gold = (_opened(council, each) for each in ("Open", "Closed", "Gold standard"))
    long = partial(making.grades, why=LONG)
    calibration.save_grades(opened, long(opened), by=council.people["iro"], at=at)
    making.commit(opened, council.people["head"], long(opened), at)
    for session in (closed, gold):
        for key, grade in zip(making.THREE, GRADES, strict=False):
            making.commit(session, council.people[key], long(session, grade), at)
        calibration.close(session, by=lead, at=at)
    calibration.agree(gold, long(gold), why=LONG, learnt=LONG, by=lead, at=at)
    calibration.mark_gold(gold, True, by=lead, at=at)
    tried = council.people["chair"]
    calibration.save_grades(gold, long(gold), by=tried, at=at)
    return {"draft": draft, "open": opened, "closed": closed, "gold": gold}


def _opened(council: Council, title: str) -> CalibrationSession:
    at, lead = now(), council.people["qa_lead"]
    session = making.a_draft(council, title=f"{title}, {'m' * 60}", at=at)
    for code in making.WRITTEN:
        calibration.write_section(
            session, code, evidence=LONG, impact=LONG, answers=LONG, by=lead, at=at
        )
    people, deadline = making.ids(council, *making.THREE), london_date(at) + timedelta(days=7)
    calibration.invite(session, people, deadline, by=lead, at=at)
    calibration.open_session(session, by=lead, at=at)
    return session


def _absences(council: Council) -> Mapping[str, Absence]:
    """The auditor's, which pauses a clock, and that of a moderator with an audit in hand."""
    return {
        "absent": _absent(council, AUDITOR, "other_auditor", first=2, by=AUDITOR),
        "absent_moderator": _absent(council, AWAY, MODERATOR, first=0, by="qa_lead"),
    }


def _absent(council: Council, key: str, deputy: str, *, first: int, by: str) -> Absence:
    at, people = now(), council.people
    day = london_date(at) + timedelta(days=first)
    who, stands_in = (db.session.get_one(Person, people[each]) for each in (key, deputy))
    return absent.note_absence(who, day, day + timedelta(days=9), stands_in, by=people[by], at=at)
