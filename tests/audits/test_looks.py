"""Gentle checks on the pages: what to look at again, which never keeps an audit from being sent."""

from datetime import date

import pytest
from flask import Flask

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.gentle import looks_of, marks_of
from qa_app.database import saving
from qa_app.domain.answers import QuestionKind
from tests.audits.making import AT, Writer, given, written
from tests.council import Council
from tests.queries import count_queries

TODAY = date(2026, 11, 18)
LONG = (
    "Read the visits of 3, 17 and 24 June and of 8 July: seen alone each time, once at school, and "
    "asked about home in words that fit a child of this age; the record says what she answered."
)


def looks(audit: Audit) -> list[tuple[str, str, str]]:
    draft = Draft(audit)
    return [
        (each.section, each.part, each.message) for each in looks_of(draft, draft.sections, TODAY)
    ]


def first_two(audit: Audit) -> tuple[str, str]:
    sections = Draft(audit).sections
    return sections[0].code, sections[1].code


def write(
    audit: Audit, council: Council, values: dict[str, str], by: str = "other_auditor"
) -> None:
    Writer(audit, council.people[by])(values)


def test_short_evidence_under_an_outstanding_is_worth_a_look(
    context: Flask, council: Council
) -> None:
    audit = given(council)
    code, _ = first_two(audit)
    write(audit, council, {f"{code}.grade": "outstanding", f"{code}.evidence": "All very good"})
    ((section, part, message),) = looks(audit)
    assert (section, part) == (code, "evidence")
    assert message.startswith("3 words of evidence for an Outstanding")
    write(audit, council, {f"{code}.evidence": LONG})
    assert looks(audit) == []


def test_the_same_evidence_in_two_sections_is_named_in_both(
    context: Flask, council: Council
) -> None:
    audit = given(council)
    one, two = first_two(audit)
    # in another case and spacing it is the same still (R8)
    write(audit, council, {f"{one}.evidence": LONG, f"{two}.evidence": LONG.upper() + "  "})
    found = {section: message for section, _, message in looks(audit)}
    assert set(found) == {one, two}
    titles = {each.code: each.title for each in Draft(audit).sections}
    assert f"“{titles[two]}”" in found[one]
    assert f"“{titles[one]}”" in found[two]


# R8, I2: copied from another audit; which one it was is told to its own writer alone.
@pytest.mark.parametrize(
    ("earlier_writer", "told"),
    [("other_auditor", "your audit A-"), ("auditor", "another audit.")],
)
def test_evidence_copied_from_another_audit_is_noticed(
    context: Flask, council: Council, earlier_writer: str, told: str
) -> None:
    earlier = (
        given(council, case="100003", auditor=earlier_writer)
        if earlier_writer == ("other_auditor")
        else given(council, case="100004", auditor=earlier_writer)
    )
    code, _ = first_two(earlier)
    write(earlier, council, {f"{code}.evidence": LONG}, by=earlier_writer)
    audit = given(council, case="100001")
    code, _ = first_two(audit)
    write(audit, council, {f"{code}.evidence": LONG})
    ((_, part, message),) = looks(audit)
    assert part == "evidence"
    assert told in message
    assert (earlier.reference in message) is (earlier_writer == "other_auditor")


def test_a_good_section_in_which_nothing_was_done_is_worth_a_look(
    context: Flask, council: Council
) -> None:
    audit = given(council)
    draft = Draft(audit)
    section = next(
        each
        for each in draft.sections
        if [q for q in draft.questions_of(each) if q.kind is QuestionKind.COMPLIANCE]
    )
    values = {f"{section.code}.grade": "good"}
    for question in draft.questions_of(section):
        if question.kind is QuestionKind.COMPLIANCE:
            values[f"question.{question.code}"] = "no"
    write(audit, council, values)
    assert [(each[0], each[1]) for each in looks(audit)] == [(section.code, "grade")]


def test_a_section_that_does_not_apply_is_not_looked_at(context: Flask, council: Council) -> None:
    audit = given(council)
    code, _ = first_two(audit)
    write(audit, council, {f"{code}.grade": "outstanding", f"{code}.evidence": "Short"})
    assert looks(audit)
    write(audit, council, {f"{code}.grade": "not_applicable"})
    assert looks(audit) == []


def test_looks_never_keep_an_audit_from_being_sent(context: Flask, council: Council) -> None:
    audit = written(council, grade="outstanding")
    assert looks(audit)
    services.submit(audit, by=council.people["other_auditor"], at=AT)


def test_the_review_lists_them_with_the_way_there(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        audit = written(council, grade="outstanding")
        path, (code, _) = f"/audits/{audit.id}", first_two(audit)
    page = client_for(council.people["other_auditor"]).get(f"{path}/review").text
    assert "You may want to look again" in page
    assert "None of this keeps you from sending the audit" in page
    assert f'href="{path}/sections/{code}#{code}.evidence"' in page


def test_the_section_shows_them_under_the_box(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        audit = written(council, grade="inadequate")
        path, (code, _) = f"/audits/{audit.id}", first_two(audit)
    page = client_for(council.people["other_auditor"]).get(f"{path}/sections/{code}").text
    assert f'id="{code}.evidence-notes"' in page
    assert "words of evidence for an Inadequate" in page


def test_looking_costs_two_queries_however_much_was_written(
    context: Flask, council: Council
) -> None:
    audit = written(council, grade="outstanding")
    for text in ("Too short", LONG):
        values = {f"{each.code}.evidence": text for each in Draft(audit).sections}
        write(audit, council, values)
        draft = Draft(audit).read_everything()
        _ = draft.section_answers, draft.question_answers, draft.gaps
        with count_queries(context) as counted:
            marks_of(draft, {"overall.rationale": text}, draft.sections, TODAY)
        assert len(counted) <= 2, str(counted)
