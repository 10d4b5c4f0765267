"""A version's life: begun, changed by two at once, published, retired; what runs stays as it is."""

from dataclasses import replace

import pytest
from sqlalchemy import Uuid, bindparam, select, text

from qa_app.database import db, now, saving
from qa_app.domain.tools import Condition, QuestionContent, SectionContent
from qa_app.history import Event
from qa_app.standards import services
from qa_app.standards.models import Question, Section, ToolVersionState
from qa_app.standards.queries import (
    content_of,
    current_version,
    draft_of,
    tools,
    version,
    versions_of,
)
from qa_app.standards.queries.usage import audits_under_way
from qa_app.standards.services.drafting import (
    CodeTaken,
    DraftExists,
    FileRefused,
    NotADraft,
    NothingNew,
    NotPublished,
    NotReady,
)
from qa_app.standards.services.editing import ChangedMeanwhile, FaultyPart, NoSuchPart
from qa_app.standards.toolfile import write_tool
from tests.audits.making import given
from tests.tools import GRADED, a_published_tool, a_tool, an_ungraded_tool, publish_content

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def me(council):
    """The QA lead."""
    return council.people["qa_lead"]


def begun(me, code="mash-decision"):
    return services.begin_draft(current_version(code), by=me, at=now())


def last_event() -> Event:
    db.session.commit()
    return db.session.scalars(select(Event).order_by(Event.sequence.desc()).limit(1)).one()


class TestBeginning:
    def test_a_draft_says_what_its_version_says_under_the_next_number(self, me) -> None:
        before = content_of(current_version("core"))
        draft = begun(me, "core")

        assert (draft.number, draft.state) == (before.version + 1, ToolVersionState.DRAFT)
        assert content_of(draft) == replace(before, version=draft.number, changes="")
        assert current_version("core").number == before.version
        assert last_event().sentence == f"Audit tool core: version {draft.number} begun"

    def test_there_is_one_draft_of_a_tool_at_a_time(self, me) -> None:
        draft = begun(me)
        with pytest.raises(DraftExists, match=f"Version {draft.number} of this tool"):
            begun(me)
        assert begun(me, "core").code == "core"

    def test_a_new_tool_begins_with_version_one(self, me) -> None:
        draft = services.begin_new(a_tool(sections=()), by=me, at=now())
        assert (draft.code, draft.number) == ("dip", 1)
        assert "dip" not in tools()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"code": "core"}, "code"), ({"code": "Dip"}, "code"), ({"name": ""}, "name")],
    )
    def test_a_new_tool_needs_a_code_of_its_own_and_a_name(self, me, changes, field) -> None:
        with pytest.raises(CodeTaken) as refused:
            services.begin_new(a_tool(**changes), by=me, at=now())
        assert refused.value.field == field

    def test_a_draft_can_be_thrown_away_and_its_number_is_free_again(self, me) -> None:
        draft = begun(me)
        number = draft.number
        services.discard(draft, by=me, at=now())

        assert draft_of("mash-decision") is None
        assert last_event().sentence.endswith(f"draft version {number} thrown away")
        assert begun(me).number == number

    def test_a_published_version_is_no_draft_to_be_thrown_away(self, me) -> None:
        # P7: it never changes.
        with pytest.raises(NotADraft, match="is published and never changes"):
            services.discard(current_version("core"), by=me, at=now())


class TestPublishing:
    def test_publishing_retires_the_version_before_at_the_same_moment(self, me) -> None:
        before, at = current_version("mash-decision"), now()
        draft = begun(me)
        assert services.publish(draft, by=me, at=at) == [before]

        assert before.retired_at == draft.published_at == at
        assert current_version("mash-decision") is draft
        assert tools()["mash-decision"] is draft

    def test_a_draft_with_faults_is_not_published(self, me) -> None:
        draft = services.begin_new(a_tool(sections=()), by=me, at=now())
        with pytest.raises(NotReady, match="1 thing is to be put right first") as refused:
            services.publish(draft, by=me, at=now())
        assert [each.path for each in refused.value.faults] == [("sections",)]

    def test_it_cannot_be_published_twice(self, me) -> None:
        draft = begun(me)
        services.publish(draft, by=me, at=now())
        with pytest.raises(NotADraft):
            services.publish(draft, by=me, at=now())

    def test_only_a_published_version_is_retired_and_the_core_tool_never_alone(self, me) -> None:
        # P7: the monthly measures always have a tool.
        with pytest.raises(NotPublished, match="Only a published version"):
            services.retire(begun(me), by=me, at=now())
        with pytest.raises(NotPublished, match="Publish its next version"):
            services.retire(current_version("core"), by=me, at=now())
        dip = current_version("supervision")
        services.retire(dip, by=me, at=now())
        assert (dip.state, "supervision" in tools()) == (ToolVersionState.RETIRED, False)


FIXED = (
    "code", "name", "number", "graded", "voices", "gates", "moderated", "counts_in_mtm", "purpose",
    "changes", "plan_types", "frame", "frame_months", "usual_number", "published_at",
)  # fmt: skip


def rows_of(version_id) -> list[tuple]:
    """A version's rows byte for byte, as the database holds them."""
    found = []
    for query in (
        # The state and its time, and the count of changes, are what retiring may change.
        f"SELECT {', '.join(FIXED)} FROM tool_version WHERE id = :id",
        "SELECT * FROM section WHERE version_id = :id ORDER BY position",
        """SELECT q.* FROM question q JOIN section s ON s.id = q.section_id
        WHERE s.version_id = :id ORDER BY s.position, q.position""",
    ):
        statement = text(query).bindparams(bindparam("id", version_id, type_=Uuid()))
        found += [tuple(map(str, row)) for row in db.session.execute(statement)]
    return found


def test_publishing_leaves_an_audit_under_way_and_its_version_byte_for_byte_as_they_were(
    council, me
) -> None:
    # P7, and the "It shows": a running audit keeps its version.
    with saving():
        audit = given(council)
        audit_id, version_id = audit.id, audit.tool_version_id
    before = rows_of(version_id)
    with saving():
        draft = begun(me, "core")
        services.remove(draft, "chronology", None, revision=draft.revision, by=me, at=now())
        services.move(draft, "risk", None, up=True, revision=draft.revision, by=me, at=now())
        facts = replace(content_of(draft), name="Another name", usual_number=3)
        services.save_facts(draft, facts, revision=draft.revision, by=me, at=now())
    assert rows_of(version_id) == before
    assert audits_under_way([version_id]) == {version_id: 1}
    with saving():
        services.publish(draft, by=me, at=now())

    assert rows_of(version_id) == before
    stored = db.session.execute(text("SELECT tool_version_id, state FROM audit")).one()
    assert (str(stored.tool_version_id).replace("-", ""), stored.state) == (
        version_id.hex, "given",
    )  # fmt: skip
    db.session.expire_all()
    assert db.session.get_one(type(audit), audit_id).tool_version.sections[0].code == "chronology"
    assert given(council, case="100003").tool_version_id == draft.id


class TestEditing:
    def test_a_section_is_added_changed_moved_and_removed(self, me) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        new = SectionContent("views", "Views", "none", "Look.", descriptors=GRADED)
        services.save_section(draft, new, old=None, revision=draft.revision, by=me, at=now())
        assert [each.code for each in content_of(draft).sections] == ["plan", "risk", "views"]

        changed = replace(new, title="Voices", limiting="practice")
        services.save_section(draft, changed, old="views", revision=draft.revision, by=me, at=now())
        assert content_of(draft).sections[2] == changed

        services.move(draft, "views", None, up=True, revision=draft.revision, by=me, at=now())
        services.move(draft, "views", None, up=True, revision=draft.revision, by=me, at=now())
        services.move(draft, "views", None, up=True, revision=draft.revision, by=me, at=now())
        assert [each.code for each in content_of(draft).sections] == ["views", "plan", "risk"]

        services.remove(draft, "plan", None, revision=draft.revision, by=me, at=now())
        assert [each.code for each in content_of(draft).sections] == ["views", "risk"]
        assert db.session.query(Section).filter_by(version_id=draft.id).count() == 2
        assert last_event().details["part"] == "section plan"

    def test_a_question_is_added_changed_moved_and_removed(self, me) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        new = QuestionContent("plan.seen", "compliance", "Was it shared?", standard="4.2")
        place = {"by": me, "at": now()}
        services.save_question(draft, "plan", new, old=None, revision=draft.revision, **place)
        services.move(draft, "plan", "plan.seen", up=True, revision=draft.revision, **place)
        codes = [each.code for each in content_of(draft).sections[0].questions]
        assert codes == ["plan.there", "plan.seen", "plan.why-not"]

        changed = replace(new, only_if=Condition("plan.there", ("yes",)), plan_types=())
        services.save_question(
            draft, "plan", changed, old="plan.seen", revision=draft.revision, **place
        )
        assert content_of(draft).sections[0].questions[1] == changed
        services.move(draft, "plan", "plan.seen", up=False, revision=draft.revision, **place)
        services.remove(draft, "plan", "plan.seen", revision=draft.revision, **place)
        assert content_of(draft) == a_tool()

    def test_a_new_code_is_followed_by_questions_and_conditions(self, me) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        plan = replace(a_tool().sections[0], code="care-plan")
        services.save_section(draft, plan, old="plan", revision=draft.revision, by=me, at=now())
        first, second = content_of(draft).sections
        assert [each.code for each in first.questions] == ["care-plan.there", "care-plan.why-not"]
        assert first.questions[1].only_if.question == "care-plan.there"
        assert second.only_if.question == "care-plan.there"

        asked = replace(first.questions[0], code="care-plan.exists")
        services.save_question(
            draft, "care-plan", asked, old="care-plan.there", revision=draft.revision,
            by=me, at=now(),
        )  # fmt: skip
        assert content_of(draft).sections[1].only_if.question == "care-plan.exists"
        assert services.faults_of(content_of(draft)) == []

    def test_rows_keep_their_ids_where_their_code_stays(self, me) -> None:
        draft = begun(me)
        before = {each.code: each.id for each in draft.sections}
        codes = [each.code for each in content_of(draft).sections]
        services.move(draft, codes[1], None, up=True, revision=draft.revision, by=me, at=now())
        db.session.expire_all()
        assert {each.code: each.id for each in draft.sections} == before

    def test_a_tool_whose_grades_are_taken_away_loses_what_needs_them(self, me) -> None:
        # A7, P7
        draft = services.begin_new(a_tool(), by=me, at=now())
        facts = replace(a_tool(), graded=False, moderated=False)
        services.save_facts(draft, facts, revision=draft.revision, by=me, at=now())
        sections = content_of(draft).sections
        assert [(each.limiting, each.descriptors) for each in sections] == [("none", {})] * 2
        (fault,) = services.faults_of(content_of(draft))
        assert fault.path == ("sections", 1, "questions", 0, "kind")

    def test_what_is_missing_can_wait_and_what_is_wrong_cannot(self, me) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        empty = SectionContent("views", "Views", "none", "")
        services.save_section(draft, empty, old=None, revision=draft.revision, by=me, at=now())
        assert len(services.faults_of(content_of(draft))) == 6

        for section, field in (
            (replace(empty, code="plan"), "code"),
            (replace(empty, code="Views"), "code"),
            (replace(empty, code="more", title="x" * 201), "title"),
            (replace(empty, code="more", only_if=Condition("risk.well", ("no",))),
             "only_if_question"),
        ):  # fmt: skip
            with pytest.raises(FaultyPart) as refused:
                services.save_section(
                    draft, section, old=None, revision=draft.revision, by=me, at=now()
                )
            assert refused.value.field == field

    def test_a_question_names_a_standard_of_the_library(self, me) -> None:
        # A1: an audit is judged by standards that there are.
        draft = services.begin_new(a_tool(), by=me, at=now())
        asked = replace(a_tool().sections[0].questions[0], standard="99.1")
        with pytest.raises(FaultyPart, match="There is no practice standard") as refused:
            services.save_question(
                draft, "plan", asked, old=asked.code, revision=draft.revision, by=me, at=now()
            )
        assert refused.value.field == "standard"

    def test_a_code_that_a_later_part_has_is_refused_too(self, me) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        renamed = replace(a_tool().sections[0], code="risk")
        with pytest.raises(FaultyPart):
            services.save_section(
                draft, renamed, old="plan", revision=draft.revision, by=me, at=now()
            )
        assert content_of(draft) == a_tool()

    def test_the_second_of_two_editors_is_told(self, me, council) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        shown = draft.revision
        plan, risk = a_tool().sections
        administrator = council.people["administrator"]
        services.save_section(
            draft, replace(plan, title="Plans"), old="plan", revision=shown, by=me, at=now()
        )
        with pytest.raises(ChangedMeanwhile, match="Somebody changed this draft"):
            services.save_section(
                draft, replace(risk, title="Danger"), old="risk", revision=shown,
                by=administrator, at=now(),
            )  # fmt: skip
        assert [each.title for each in content_of(draft).sections] == ["Plans", "Risk and safety"]

    @pytest.mark.parametrize(("section", "question"), [("gone", None), ("plan", "plan.gone")])
    def test_a_part_that_is_gone_is_said_to_be(self, me, section, question) -> None:
        draft = services.begin_new(a_tool(), by=me, at=now())
        with pytest.raises(NoSuchPart, match="no longer in the draft"):
            services.remove(draft, section, question, revision=draft.revision, by=me, at=now())

    def test_nothing_of_a_published_version_is_changed(self, me) -> None:
        # P7
        core = current_version("core")
        before = content_of(core)
        with pytest.raises(NotADraft):
            services.save_facts(
                core, replace(before, name="x"), revision=core.revision, by=me, at=now()
            )
        assert content_of(core) == before


class TestFiles:
    def test_a_file_becomes_a_draft_of_the_next_number(self, me) -> None:
        tool = replace(content_of(current_version("core")), name="Audit", version=77)
        draft = services.import_file(write_tool(tool).encode(), by=me, at=now())
        assert draft.number == current_version("core").number + 1
        assert content_of(draft) == replace(tool, version=draft.number)
        assert last_event().verb == "tool_imported"

    def test_a_file_with_a_fault_changes_nothing_and_every_line_is_told(self, me) -> None:
        data = write_tool(a_tool(name="")).replace("kind: text", "kind: prose").encode()
        with pytest.raises(FileRefused, match="2 faults") as refused:
            services.import_file(data, by=me, at=now())
        assert [each.line for each in refused.value.faults] == [2, 30]
        assert versions_of("dip") == []

    def test_a_file_names_standards_of_the_library(self, me) -> None:
        data = write_tool(a_tool()).replace('"4.1"', '"99.9"').encode()
        with pytest.raises(FileRefused) as refused:
            services.import_file(data, by=me, at=now())
        assert "There is no practice standard 99.9" in refused.value.faults[0].message

    def test_a_file_that_says_what_is_published_is_not_read_again(self, me) -> None:
        data = write_tool(content_of(current_version("core"))).encode()
        with pytest.raises(NothingNew, match="says the same"):
            services.import_file(data, by=me, at=now())

    def test_a_draft_that_is_there_is_not_replaced_by_a_file(self, me) -> None:
        begun(me, "core")
        tool = replace(content_of(current_version("core")), name="Audit")
        with pytest.raises(DraftExists):
            services.import_file(write_tool(tool).encode(), by=me, at=now())


class TestShipping:
    def test_installing_again_changes_nothing(self) -> None:
        before = [(each.id, each.revision) for each in versions_of("core")]
        with saving():
            services.install_shipped(at=now())
        assert [(each.id, each.revision) for each in versions_of("core")] == before

    def test_a_council_that_went_on_by_itself_keeps_its_version(self) -> None:
        # A version that the product ships later does not push a council's own aside.
        with saving():
            own = a_published_tool(like="core", name="Our audit")
            services.install_shipped(at=now())
        assert current_version("core") is own

    def test_a_higher_shipped_version_retires_the_one_published_before(self, monkeypatch) -> None:
        core = current_version("core")
        newer = replace(content_of(core), version=core.number + 1, name="Newer")
        monkeypatch.setattr("qa_app.standards.services.shipping.shipped_tools", lambda: [newer])
        with saving():
            services.install_shipped(at=now())
        assert current_version("core").name == "Newer"
        assert (core.state, core.retired_at) == (
            ToolVersionState.RETIRED, current_version("core").published_at,
        )  # fmt: skip


def test_versions_and_content_can_be_asked_for() -> None:
    assert list(tools()) == [each.code for each in sorted(tools().values(), key=lambda v: v.name)]
    assert version("core", 999) is None
    dip = publish_content(an_ungraded_tool())
    assert content_of(version("dip", 1)) == an_ungraded_tool()
    assert publish_content(an_ungraded_tool()).number == dip.number + 1
    assert [each.number for each in versions_of("dip")] == [2, 1]
    assert db.session.query(Question).filter_by(code="risk.well").count() == 2
