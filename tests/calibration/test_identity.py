"""A file made from an audit: what is copied, what stays behind, what has to be removed (M10)."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditText, SectionAnswer
from qa_app.database import db
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import (
    ABOUT,
    SOURCE,
    about,
    all_parts,
    hits_of,
    source_of,
)
from qa_app.moderation.models import CalibrationSession, CalibrationState
from tests.audits.making import submitted, the_audit
from tests.calibration.making import AT, DEADLINE, LATER, a_draft, a_final_audit, ids
from tests.council import Council


def copied(council: Council, **texts: str) -> CalibrationSession:
    """A session from a final audit in which these boxes say this ("risk.evidence" as risk__…)."""
    audit = a_final_audit(council)
    for name, text in texts.items():
        field = name.replace("__", ".")
        row = db.session.scalars(
            select(AuditText).where(AuditText.audit_id == audit.id, AuditText.field == field)
        ).one()
        row.text = text
    db.session.flush()
    return services.make_from_audit(audit, "Autumn", by=council.people["qa_lead"], at=AT)


def test_evidence_difference_and_answers_are_copied_section_by_section(
    context: Flask, council: Council
) -> None:
    session, audit = copied(council), the_audit()
    parts = {each.code: each for each in all_parts(session)}
    assert parts["risk"].evidence == "Evidence about risk"
    assert parts["risk"].impact == "Difference made by risk"
    assert "? Yes" in parts["risk"].answers or ": Yes" in parts["risk"].answers
    assert (session.plan_type, session.tool_version_id) == (
        audit.plan_type, audit.tool_version_id,
    )  # fmt: skip
    assert about(session, "age_band") == audit.age_band == "5 to 9"


def test_nothing_else_of_the_audit_is_in_the_file(context: Flask, council: Council) -> None:
    # M10, M3: no reference, person, team or date; nothing of the auditor's judgement
    session, audit = copied(council), the_audit()
    stored = json.dumps(session.file, ensure_ascii=False)
    people = [each.name for each in audit.parties]
    assert len(people) >= 3
    for words in (
        audit.reference, audit.case_reference, audit.team_name, *people, audit.auditor_name,
        str(audit.period_from), str(audit.period_to), str(audit.due_on), str(audit.completed_on),
        "What weighed most", "Not yet", "More than that", "Seen at home on Monday",
        "A strength", "A development", "On leave in the whole month",
    ):  # fmt: skip
        assert words not in stored, words
    # answers to quality questions are grades
    assert "Good" not in stored


def test_a_section_that_did_not_apply_is_not_copied(context: Flask, council: Council) -> None:
    audit = a_final_audit(council)
    section = next(each for each in audit.tool_version.sections if each.code == "risk")
    answer = db.session.scalars(
        select(SectionAnswer).where(
            SectionAnswer.audit_id == audit.id, SectionAnswer.section_id == section.id
        )
    ).one()
    answer.not_applicable, answer.grade = True, None
    db.session.flush()
    session = services.make_from_audit(audit, "Autumn", by=council.people["qa_lead"], at=AT)
    assert "risk" not in session.file


# M10, A11: every word that may identify somebody is found, by part, and none can be confirmed.
@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("Mrs Smith called", "Mrs Smith", "a name with a title"),
        # staff too: in an audit a worker's name is known; here it would lead to the case
        ("Ms Worker called", "Worker", "the name of somebody of the audit"),
        ("Wendy called", "Wendy", "the name of somebody of the audit"),
        ("wendy worker called", "wendy worker", "the name of somebody of the audit"),
        ("as Cleo said", "Cleo", "the name of somebody of the audit"),
        ("Otto thinks", "Otto", "the name of somebody of the audit"),
        ("see 100001", "100001", "what the audit, its case or its team is called"),
        ("Safeguarding Team 1 did", "Safeguarding Team 1",
         "what the audit, its case or its team is called"),
        # the reference of another case that we know: a brother's or sister's
        ("her brother 100002", "100002", "the reference of a case"),
        ("call 020 7946 0000", "020 7946 0000", "a telephone number"),
        ("DOB 3 May 2019", "3 May 2019", "a date of birth"),
        ("at SW1A 1AA", "SW1A 1AA", "a postcode"),
        ("a@example.test wrote", "a@example.test", "an e-mail address"),
    ],
)  # fmt: skip
def test_words_that_may_identify_somebody_are_found(
    context: Flask, council: Council, text, words, kind
) -> None:
    session = copied(council, risk__evidence=text)
    found = [(hit.part, hit.words, hit.kind) for hit in hits_of(session)]
    assert ("risk", words, kind) in found
    lead = council.people["qa_lead"]
    services.invite(session, ids(council, "iro", "head"), DEADLINE, by=lead, at=AT)
    services.describe(session, title="T", about="A child.", age_band="", by=lead, at=AT)
    with pytest.raises(services.CalibrationRefused, match="Remove “"):
        services.open_session(session, by=lead, at=AT)
    services.write_section(
        session, "risk", evidence="Somebody called", impact="", answers="", by=lead, at=AT
    )
    services.open_session(session, by=lead, at=AT)
    assert session.state is CalibrationState.OPEN


def test_the_audits_own_number_is_found(context: Flask, council: Council) -> None:
    session, audit = copied(council), the_audit()
    services.describe(
        session, title=f"From {audit.reference}", about="A", age_band="",
        by=council.people["qa_lead"], at=AT,
    )  # fmt: skip
    assert [(hit.part, hit.words) for hit in hits_of(session)] == [("about", audit.reference)]


def test_a_name_that_was_changed_since_is_found_in_both_spellings(
    context: Flask, council: Council
) -> None:
    session = copied(council, risk__evidence="Wendy Worker, who is Wendy Weaver now")
    db.session.get_one(Person, council.people["worker"]).name = "Wendy Weaver"
    db.session.flush()
    assert {"Wendy Worker", "Wendy Weaver"} <= {hit.words for hit in hits_of(session)}


def test_a_file_made_for_the_purpose_is_gone_through_too(context: Flask, council: Council) -> None:
    session = a_draft(council)
    assert hits_of(session) == []
    services.write_section(
        session, "risk", evidence="Aunt Sarah, of case 100003", impact="", answers="",
        by=council.people["qa_lead"], at=AT,
    )  # fmt: skip
    assert {hit.words for hit in hits_of(session)} == {"Aunt Sarah", "100003"}


# M10: they know its grades.
@pytest.mark.parametrize("key", ["other_auditor", "chair"])
def test_nobody_who_had_a_part_in_the_audit_is_invited(
    context: Flask, council: Council, key
) -> None:
    session, lead = copied(council), council.people["qa_lead"]
    with pytest.raises(services.CalibrationRefused, match="had a part in the audit"):
        services.invite(session, ids(council, key), DEADLINE, by=lead, at=AT)


def test_the_link_to_the_audit_is_cut_when_it_is_closed(context: Flask, council: Council) -> None:
    session, lead, audit = copied(council), council.people["qa_lead"], the_audit()
    services.describe(session, title="T", about="A child.", age_band="", by=lead, at=AT)
    services.invite(session, ids(council, "iro", "head"), DEADLINE, by=lead, at=AT)
    services.open_session(session, by=lead, at=AT)
    assert session.file[ABOUT][SOURCE] == str(audit.id)
    services.close(session, by=lead, at=LATER)
    assert SOURCE not in session.file[ABOUT]
    assert source_of(session) == replace(
        source_of(session), people=frozenset(), names=frozenset(), phrases=frozenset()
    )
    assert str(audit.id) not in json.dumps(session.file)


def test_copying_is_a_read_in_the_history_and_leads_back_by_no_event(
    context: Flask, council: Council
) -> None:
    # I1: every view of an audit is there; the session's own events name no audit
    session, audit = copied(council), the_audit()
    history._seal(db.session())
    events = list(db.session.scalars(select(Event).where(Event.verb.like("calibration%"))))
    assert [each.audit_id for each in events] == [None]
    assert str(audit.id) not in str([each.details for each in events])
    read = db.session.scalars(select(Event).where(Event.verb == "audit_viewed")).one()
    assert (read.audit_id, read.actor_id) == (audit.id, council.people["qa_lead"])
    assert session.state is CalibrationState.DRAFT


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # M10: a final audit, of a kind that is graded, done here
        ({"state": AuditState.AWAITING_MODERATION}, "is final"),
        ({"graded": False}, "of a kind that is graded"),
        ({"tool_version": None}, "done here"),
    ],
)
def test_which_audits_a_file_can_be_made_from(
    context: Flask, council: Council, change, message
) -> None:
    audit: Audit = submitted(council)
    audit.state = AuditState.FINAL
    for name, value in change.items():
        setattr(audit, name, value)
    with db.session.no_autoflush, pytest.raises(services.CalibrationRefused, match=message):
        services.make_from_audit(audit, "T", by=council.people["qa_lead"], at=AT)
