"""Many rows at once: the same rows that the models would have written."""

import uuid
from datetime import UTC, date, datetime
from uuid import RFC_4122

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from qa_app.accounts.models import Person, Setting, name_key
from qa_app.audits.models import Audit, AuditSource
from qa_app.bulk import insert_columns, new_ids
from qa_app.database import db, new_id
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState
from tests.council import find

AT = datetime(2023, 5, 3, 11, tzinfo=UTC)


def add_audits(references: list[str], **changes) -> None:
    columns = {
        "reference": references,
        "state": AuditState.FINAL,
        "source": AuditSource.IMPORTED,
        "selection": Selection.NOT_RECORDED,
        "case_reference": "100001",
        "auditor_post": "team_manager",
        "completed_on": [date(2023, 5, 3)] * len(references),
        "completed_month": date(2023, 5, 1),
        "final_grade": [Grade.GOOD] * len(references),
        "final_at": [AT] * len(references),
        **changes,
    }
    insert_columns(Audit.__table__, columns, len(references))


def test_identifiers_are_of_version_7_and_rise() -> None:
    ids = new_ids(2_000)
    assert ids == sorted(ids)
    assert len(set(ids)) == 2_000
    assert {(uuid.UUID(each).version, uuid.UUID(each).variant) for each in ids} == {
        (7, uuid.RFC_4122)
    }
    assert abs((int(ids[0][:12], 16) / 1000) - datetime.now(UTC).timestamp()) < 60


def test_rows_are_read_back_as_a_model_would_have_written_them(context) -> None:
    made = new_ids(2)
    add_audits(
        ["A1", "A2"], id=made, import_hash=["a" * 32, None], auditor_grade=[None, Grade.GOOD]
    )
    audit = find(Audit, reference="A1")
    assert audit.id == uuid.UUID(made[0])
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, Grade.GOOD)
    assert (audit.completed_on, audit.final_at) == (date(2023, 5, 3), AT)
    # Columns left out: the model's own default, or nothing.
    assert (audit.version, audit.team_name, audit.case_id) == (1, "", None)
    assert (audit.import_hash, find(Audit, reference="A2").import_hash) == ("a" * 32, None)
    assert (audit.auditor_grade, find(Audit, reference="A2").auditor_grade) == (None, Grade.GOOD)


def test_more_rows_than_one_statement_takes_all_go_in(context) -> None:
    references = [f"A{number}" for number in range(1_500)]
    add_audits(references)
    assert sorted(db.session.scalars(select(Audit.reference))) == sorted(references)


def test_structured_values_and_identifiers_of_either_form_go_in(context) -> None:
    person = Person(name="Ada", name_key=name_key("Ada"), source="demo")
    db.session.add(person)
    db.session.flush()
    columns = {
        "name": ["a", "b"],
        "value": [{"on": True}, [1, "“2”"]],
        "valid_from": date(2023, 5, 3),
        "changed_at": AT,
        "changed_by": [None, person.id],
    }
    insert_columns(Setting.__table__, columns, 2)
    assert find(Setting, name="a").value == {"on": True}
    assert find(Setting, name="b").value == [1, "“2”"]
    assert find(Setting, name="b").changed_by == person.id


def test_text_of_any_kind_comes_back_as_it_was(context) -> None:
    text = 'tab\t, newline\n, backslash \\ \\N, "quotes", emoji 🙂'
    add_audits(["A1"], selection_reason=[text])
    assert find(Audit, reference="A1").selection_reason == text


# SE: an error must not carry what was in the row into a log.
def test_the_database_still_refuses_the_impossible_and_quotes_nothing(context) -> None:
    add_audits(["A1"])
    with pytest.raises(SQLAlchemyError) as refused:
        add_audits(["SECRET-1", "A1"])
    assert "SECRET" not in str(refused.value)
    db.session.rollback()
    with pytest.raises(SQLAlchemyError):
        add_audits(["A2"], final_grade=[None])
    db.session.rollback()
    with pytest.raises(SQLAlchemyError):
        add_audits(["A2"], case_id=[uuid.uuid4()])
    db.session.rollback()
    with pytest.raises((SQLAlchemyError, ValueError)):
        add_audits(["A2"], state=["nonsense"])


def test_nothing_is_nothing(context) -> None:
    insert_columns(Audit.__table__, {"reference": []}, 0)
    assert db.session.scalars(select(Audit)).all() == []


# Lists go by identifier: rows made within one millisecond keep their order.
def test_single_identifiers_rise_within_a_process() -> None:
    made = [new_id() for _ in range(5_000)]

    assert made == sorted(set(made))
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {RFC_4122}
