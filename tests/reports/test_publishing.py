"""A version from draft to published: who may do what, what is stored, what is refused (R3, R4)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from qa_app.database import db, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import NotNow, NotYours, ReportState, Standing
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.reports.models import Report, ReportVersion
from qa_app.reports.publishing.contents import bytes_of, rows_of
from qa_app.reports.queries.versions import standing_of
from qa_app.reports.services import drafting, publishing, writing
from qa_app.reports.services.drafting import DraftExists, PublishedBefore
from qa_app.reports.services.holding import Changed
from qa_app.reports.services.publishing import NotReady, NotTheSame
from qa_app.reports.services.writing import WrittenMeanwhile
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import AT, TEXT, small_kind
from tests.reports.rows import IN, RI, GradeSource, add_grade

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind", "context")


@pytest.fixture
def version(council: Council) -> ReportVersion:
    world.some_audits()
    return world.begin(council)


def verbs(version: ReportVersion) -> list[str]:
    query = select(Event.verb).where(Event.subject_id == version.id).order_by(Event.sequence)
    return list(db.session.scalars(query))


def test_a_report_begins_as_a_draft_with_its_data(version) -> None:
    # R3: a report is a draft until published
    assert (version.number, version.state, version.why) == (1, ReportState.DRAFT, "")
    assert version.cut.at == AT
    assert version.report.title == "QA highlight report, February 2023"


def test_there_is_one_version_in_work_of_a_report(version, council) -> None:
    # R3: numbered versions, one after the other
    with pytest.raises(DraftExists, match="in work already"):
        world.begin(council)
    other = replace(world.ASKED, period="2023-01")
    assert world.begin(council, other).report_id != version.report_id


def test_what_was_published_gets_another_version_and_is_not_begun_anew(version, council) -> None:
    # R3: it can only be superseded by a numbered version
    world.published(version, council)
    with pytest.raises(PublishedBefore, match="begin a new version"):
        world.begin(council)


def test_a_period_that_has_not_begun_has_no_report(council) -> None:
    with pytest.raises(DomainError, match="has not begun"):
        world.begin(council, replace(world.ASKED, period="2023-04"))


def test_a_check_stores_figures_documents_and_a_hash(version, council) -> None:
    # R3: figures, text, parameters, data cut and a hash are stored
    world.checked(version, council)
    assert version.state is ReportState.CHECKED
    assert len(version.hash) == 64
    assert [row["text"] for row in version.figures][:3] == [
        "2 (14.29%)",
        "6 (42.86%)",
        "6 (42.86%)",
    ]
    assert version.document["draft"] is True
    assert version.public_document["public"] is True
    assert TEXT in str(version.document)


def test_nothing_is_checked_before_everything_needed_is_written(version, council) -> None:
    # R7: an empty narrative stops it
    world.explain_all(version, council)
    with pytest.raises(NotReady, match="1 thing must"):
        publishing.check(version, version.revision, by=world.lead(council), at=AT)


def test_a_placeholder_stops_it(version, council) -> None:
    # R7: XX, TBC, lorem
    world.write_all(version, council, "XX audits were good.")
    with pytest.raises(NotReady):
        publishing.check(version, version.revision, by=world.lead(council), at=AT)


def test_an_unexplained_finding_stops_it(version, council) -> None:
    # R7, R8: an unresolved data-quality check
    writing.write(version, "working", TEXT, 0, by=world.lead(council), at=AT)
    with pytest.raises(NotReady, match="1 thing"):
        publishing.check(version, version.revision, by=world.lead(council), at=AT)


@pytest.mark.parametrize("who", ["qa_lead", "head"])
def test_who_checked_or_wrote_does_not_approve(version, council, who) -> None:
    # R3: approved by a head of service or above who neither checked nor wrote it
    if who == "head":
        writing.write(version, "next", "More of it.", 0, by=council.people["head"], at=AT)
    world.checked(version, council)
    with pytest.raises(NotYours):
        publishing.approve(version, version.revision, by=council.people[who], at=AT)
    assert version.state is ReportState.CHECKED


def test_an_approval_tells_who_checked_it(version, council) -> None:
    world.approved(version, council)
    (notice,) = db.session.scalars(select(Notice).where(Notice.path.contains(str(version.id))))
    assert notice.person_id == world.lead(council)
    assert notice.subject == (
        "QA highlight report, February 2023, version 1, is approved and can be published"
    )


def test_publishing_locks_it_and_tells_leaders(version, council) -> None:
    # R3: published, with the time and who
    world.published(version, council)
    assert version.state is ReportState.PUBLISHED
    assert version.published_at == AT
    assert standing_of(version) is Standing.CURRENT
    assert version.document["draft"] is False
    assert ["Version", "Version 1, published 20 March 2023"] in version.document["about"]
    told = set(
        db.session.scalars(select(Notice.person_id).where(Notice.subject.endswith("is published")))
    )
    heads = ("head", "other_head", "review_head", "director")
    assert told == {council.people[key] for key in heads}


def test_its_life_is_in_the_history(version, council) -> None:
    with saving():
        world.published(version, council)
    assert verbs(version) == [
        "report_drafted", "report_written", "report_explained", "report_checked",
        "report_approved", "report_published",
    ]  # fmt: skip


def test_the_cut_gives_the_same_figures_whatever_became_of_the_audits(version, council) -> None:
    # R4: the same data cut gives the same figures for ever
    world.published(version, council)
    stored = bytes_of(version.figures)
    for audit in world.some_audits():
        add_grade(audit, GradeSource.FINAL, IN, AT + timedelta(days=2))
    assert bytes_of(rows_of(publishing.recomputed(version))) == stored


@pytest.mark.parametrize(
    "meddle",
    [
        # R4: figures other than those of the cut
        lambda v: {"figures": [{**v.figures[0], "numerator": 3}, *v.figures[1:]]},
        # R3: another hash than that of figures, texts, parameters and cut
        lambda v: {"hash": "0" * 64},
    ],
)
def test_what_is_not_what_was_checked_is_not_published(version, council, meddle) -> None:
    world.approved(version, council)
    db.session.execute(
        update(ReportVersion).where(ReportVersion.id == version.id).values(**meddle(version))
    )
    db.session.expire_all()
    with pytest.raises(NotTheSame):
        publishing.publish(version, version.revision, by=world.lead(council), at=AT)


def test_what_must_be_hidden_is_asked_again_where_another_was_published(version, council) -> None:
    # R5: versions are suppressed jointly with what was published since the check
    world.approved(version, council)
    db.session.execute(
        update(ReportVersion).where(ReportVersion.id == version.id).values(public_figures=[])
    )
    world.published(world.begin(council, replace(world.ASKED, period="2023-01")), council)
    db.session.refresh(version)
    with pytest.raises(NotTheSame, match="Another report was published"):
        publishing.publish(version, version.revision, by=world.lead(council), at=AT)


def test_a_text_changed_behind_its_back_is_not_published(version, council) -> None:
    # R3: the hash is over the texts too
    world.approved(version, council)
    version.texts[0].text = "Something else altogether."
    db.session.flush()
    with pytest.raises(NotTheSame):
        publishing.publish(version, version.revision, by=world.lead(council), at=AT)


@pytest.mark.parametrize(
    "move",
    [
        lambda v, r, by: publishing.check(v, r, by=by, at=AT),
        lambda v, r, by: publishing.approve(v, r, by=by, at=AT),
        lambda v, r, by: publishing.publish(v, r, by=by, at=AT),
        lambda v, r, by: publishing.take_back(v, r, by=by, at=AT),
        lambda v, r, by: publishing.withdraw(v, r, "Wrong", by=by, at=AT),
        lambda v, r, by: drafting.refresh_cut(v, r, by=by, at=AT),
        lambda v, r, by: drafting.discard(v, r, by=by, at=AT),
    ],
)
def test_nobody_moves_what_they_have_not_seen(version, council, move) -> None:
    # R3: what somebody else changed meanwhile is refused
    seen = version.revision
    writing.write(version, "working", TEXT, 0, by=world.lead(council), at=AT)
    with pytest.raises(Changed, match="Look at it again"):
        move(version, seen, council.people["director"])


def test_what_is_taken_back_is_a_draft_with_its_texts(version, council) -> None:
    world.approved(version, council)
    publishing.take_back(version, version.revision, by=world.lead(council), at=AT)
    assert (version.state, version.figures, version.hash) == (ReportState.DRAFT, None, "")
    assert [each.text for each in version.texts] == [TEXT]
    world.published(version, council)


def test_nothing_is_written_into_what_was_checked(version, council) -> None:
    # R3: only a draft is changed
    world.checked(version, council)
    with pytest.raises(NotNow, match="Take it back"):
        writing.write(version, "working", "More", 1, by=world.lead(council), at=AT)
    with pytest.raises(NotNow):
        drafting.refresh_cut(version, version.revision, by=world.lead(council), at=AT)


def test_a_withdrawal_gives_its_reason_and_none_takes_its_place(version, council) -> None:
    # R3: withdrawn, with a reason
    world.published(version, council)
    with pytest.raises(DomainError, match="Say why"):
        publishing.withdraw(version, version.revision, "  ", by=world.lead(council), at=AT)
    publishing.withdraw(version, version.revision, "Wrong tool", by=world.lead(council), at=AT)
    assert standing_of(version) is Standing.WITHDRAWN
    assert version.withdrawn_why == "Wrong tool"


@pytest.mark.parametrize(
    "values",
    [
        {"figures": []}, {"public_figures": []}, {"document": {}}, {"public_document": {}},
        {"hash": "0" * 64}, {"number": 9}, {"erratum": [1]}, {"public_erratum": [1]},
        {"cut_id": None}, {"published_at": AT + timedelta(days=1)},
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_what_was_published(version, council, values) -> None:
    # R3: locked by the database itself
    with saving():
        world.published(version, council)
    with pytest.raises(DBAPIError):
        db.session.execute(
            update(ReportVersion).where(ReportVersion.id == version.id).values(**values)
        )
    db.session.rollback()


def test_the_database_refuses_to_delete_what_was_published_and_any_cut(version, council) -> None:
    # R3, R4: neither a published version nor a data cut goes
    with saving():
        world.published(version, council)
    for row in (version, version.cut):
        with pytest.raises(DBAPIError):
            db.session.execute(type(row).__table__.delete().where(type(row).id == row.id))
        db.session.rollback()


def test_a_stale_save_is_shown_both_texts(version, council) -> None:
    # A8: nothing overwrites a newer text without showing both
    one, two = world.lead(council), council.people["director"]
    kept = writing.write(version, "working", "Mine", 0, by=one, at=AT)
    with pytest.raises(WrittenMeanwhile) as refused:
        writing.write(version, "working", "Theirs", 0, by=two, at=AT)
    assert (refused.value.theirs, refused.value.by) == ("Mine", one)
    kept = writing.write(version, "working", "Both", refused.value.revision, by=two, at=AT)
    assert (kept.text, kept.written_by) == ("Both", two)


def test_the_same_text_twice_is_one_change(version, council) -> None:
    with saving():
        for _ in range(2):
            writing.write(version, "working", "Mine", 0, by=world.lead(council), at=AT)
    assert verbs(version).count("report_written") == 1


def test_a_report_has_only_its_own_parts(version, council) -> None:
    with pytest.raises(DomainError, match="no such part"):
        writing.write(version, "elsewhere", "Mine", 0, by=world.lead(council), at=AT)


def test_a_suggested_sentence_is_taken_over_after_what_was_typed(version, council) -> None:
    # R1: nobody types a figure; the sentence is one that the figures say
    by = world.lead(council)
    (sentence,) = writing.suggestions(version, "working")
    kept = writing.take_over(version, "working", "Mine.", sentence, 0, by=by, at=AT)
    assert kept.text == f"Mine.\n\n{sentence}"
    with pytest.raises(DomainError, match="The data changed"):
        writing.take_over(version, "working", "", "12 of 31", kept.revision, by=by, at=AT)


def test_a_draft_that_is_thrown_away_leaves_no_report_behind(version, council) -> None:
    world.write_all(version, council)
    with saving():
        drafting.discard(version, version.revision, by=world.lead(council), at=AT)
    assert db.session.query(Report).count() == db.session.query(ReportVersion).count() == 0


def test_data_taken_anew_is_of_now(version, council) -> None:
    # R4: a draft's figures are of its latest cut
    world.some_audits()
    drafting.refresh_cut(version, version.revision, by=world.lead(council), at=world.later())
    world.checked(version, council)
    assert [row["numerator"] for row in version.figures][:3] == [4, 12, 12]
    assert RI.words in [row["category"] for row in version.figures]
