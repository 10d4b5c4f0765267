"""The pages of audit tools: read by everybody, written by the QA lead and administrators."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from qa_app.database import now, saving
from qa_app.domain.tools import QuestionContent
from qa_app.standards import services
from qa_app.standards.queries import content_of, current_version, draft_of, tools
from qa_app.standards.toolfile import read_tool, write_tool
from tests.audits.making import given
from tests.queries import count_queries
from tests.tools import a_published_tool, a_tool, publish_content

WRITERS = ["qa_lead", "administrator"]
READERS = ["auditor", "head", "worker", "viewer"]
DRAFT = "/tools/dip/draft"


@pytest.fixture
def lead(council, client_for):
    """The QA lead's client."""
    return client_for(council.people["qa_lead"])


@pytest.fixture
def draft(app, council):
    """The draft of a small tool."""
    with app.app_context(), saving():
        services.begin_new(a_tool(), by=council.people["qa_lead"], at=now())


def content(app, code="dip"):
    """What the draft says now."""
    with app.app_context():
        return content_of(draft_of(code))


def revision(page: str) -> str:
    return re.search(r'name="revision"[^>]*value="(\d+)"', page).group(1)


@pytest.mark.parametrize("who", [*WRITERS, *READERS])
def test_everybody_reads_what_each_tool_says_of_itself(council, client_for, who) -> None:
    # P7 in words.
    page = client_for(council.people[who]).get("/tools").text
    assert "Case file audit" in page
    assert "Delegated authority" in page
    assert "It counts in the monthly measures MTM-1 to MTM-3." in page
    assert "Nothing is graded: it counts what was done and what was not." in page
    assert "It is not moderated: the auditor’s answers are final." in page
    assert "Usually 10 a month." in page
    assert ("Begin a new tool" in page) == (who in WRITERS)


def test_an_auditor_reads_sections_questions_descriptors_and_standards(council, client_for) -> None:
    page = client_for(council.people["auditor"]).get("/tools/core/versions/2")
    assert page.status_code == 200
    for words in (
        "Risk and safety", "What each grade looks like in", "Inadequate here makes the overall",
        "Practice standard:", "/practice-standards/", "Asked only after",
        "It never changes.",
    ):  # fmt: skip
        assert words in page.text, words
    assert "Change this draft" not in page.text


CHANGES = [
    ("GET", "/tools/new"),
    ("GET", "/tools/import"),
    ("GET", DRAFT),
    ("GET", f"{DRAFT}/facts"),
    ("GET", f"{DRAFT}/publish"),
    ("GET", f"{DRAFT}/discard"),
    ("GET", f"{DRAFT}/sections/new"),
    ("GET", f"{DRAFT}/sections/plan"),
    ("GET", f"{DRAFT}/sections/plan/questions/new"),
    ("GET", f"{DRAFT}/sections/plan/questions/plan.there"),
    ("GET", f"{DRAFT}/sections/plan/remove"),
    ("GET", f"{DRAFT}/sections/plan/questions/plan.there/remove"),
    ("GET", "/tools/supervision/versions/1/retire"),
    ("POST", "/tools/core/versions/2/draft"),
    ("POST", f"{DRAFT}/publish"),
    ("POST", f"{DRAFT}/discard"),
    ("POST", f"{DRAFT}/sections/plan/remove"),
    ("POST", f"{DRAFT}/sections/plan/questions/plan.there/up"),
    ("POST", "/tools/supervision/versions/1/retire"),
]


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_writes_tools(app, council, client_for, draft, who) -> None:
    client = client_for(council.people[who])
    for method, path in CHANGES:
        answer = client.get(path) if method == "GET" else client.send(path)
        assert answer.status_code == 403, path
    assert content(app) == a_tool()


@pytest.mark.parametrize("who", WRITERS)
def test_the_qa_lead_and_administrators_open_every_page_of_a_draft(
    council, client_for, draft, who
) -> None:
    client = client_for(council.people[who])
    for method, path in CHANGES:
        if method == "GET":
            assert client.get(path).status_code == 200, path


def test_a_draft_is_seen_by_those_who_write_tools_only(council, client_for, draft, lead) -> None:
    auditor = client_for(council.people["auditor"])
    for path in ("/tools/dip", "/tools/dip/versions/1", "/tools/dip/versions/1/file",
                 "/tools/dip/versions/1/preview", "/tools/dip/compare"):  # fmt: skip
        assert auditor.get(path).status_code == 404, path
        assert lead.get(path).status_code == 200, path
    assert "Dip sample" not in auditor.get("/tools").text
    assert "Dip sample" in lead.get("/tools").text


NOT_THERE = [
    "/tools/none", "/tools/none/draft", "/tools/core/draft", "/tools/none/versions/1",
    "/tools/core/versions/99", "/tools/core/versions/99999999999999999999", "/tools/C%00/draft",
    "/tools/none/compare", "/tools/core/versions/2/preview/none", "/tools/%00",
    "/tools/dip/draft/sections/none", "/tools/dip/draft/sections/plan/questions/none",
    "/tools/dip/versions/1/retire",
]  # fmt: skip


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_is_not_there_is_not_found(lead, draft, path) -> None:
    assert lead.get(path).status_code == 404


class TestBeginning:
    def test_a_new_tool_is_begun_written_and_published_without_scripts(self, app, lead) -> None:
        answer = lead.submit("/tools/new", {"name": "Front door check", "code": "front-door"})
        assert answer.location == "/tools/front-door/draft/facts"
        page = lead.get("/tools/front-door/draft").text
        assert "Before it can be published: 2 things to put right" in page
        assert "Enter what the tool is for" in page
        assert "Add a section" in page

        shown = {"revision": revision(lead.get("/tools/front-door/draft/facts").text)}
        answer = lead.submit("/tools/front-door/draft/facts", shown | {
            "name": "Front door check", "purpose": "To see what was done.", "frame": "open",
            "frame_months": "3", "usual_number": "5", "says": ["voices"],
            "plan_types": ["child_in_need"],
        })  # fmt: skip
        assert answer.location == "/tools/front-door/draft"
        path = "/tools/front-door/draft/sections/new"
        lead.submit(path, {
            "revision": revision(lead.get(path).text), "title": "The referral", "code": "referral",
            "guidance": "Look at it.",
        })  # fmt: skip
        path = "/tools/front-door/draft/sections/referral/questions/new"
        lead.submit(path, {
            "revision": revision(lead.get(path).text), "code": "read", "kind": "compliance",
            "wording": "Was it read?", "standard": "1.1",
        })  # fmt: skip
        assert "Everything that a tool needs is there." in lead.get("/tools/front-door/draft").text

        page = lead.get("/tools/front-door/draft/publish").text
        assert "It is the first version of this tool." in page
        answer = lead.send("/tools/front-door/draft/publish")
        assert answer.location == "/tools/front-door/versions/1"
        with app.app_context():
            found = tools()["front-door"]
            assert (found.graded, found.voices, found.usual_number) == (False, True, 5)
            assert found.plan_types == ["child_in_need"]
            (section,) = content_of(found).sections
        assert section.questions == (
            QuestionContent("referral.read", "compliance", "Was it read?", standard="1.1"),
        )

    def test_a_code_that_is_taken_is_refused_at_its_box(self, lead) -> None:
        answer = lead.submit("/tools/new", {"name": "Core", "code": "core"})
        assert answer.status_code == 422
        assert "There is a tool called core already. Choose another code" in answer.text
        assert 'href="#code"' in answer.text

    def test_a_draft_is_begun_from_a_version_and_thrown_away(self, app, lead) -> None:
        answer = lead.send("/tools/core/versions/2/draft")
        assert answer.location == "/tools/core/draft"
        again = lead.send("/tools/core/versions/2/draft")
        assert again.status_code == 409
        assert "Version 3 of this tool is being drafted already" in again.text
        page = lead.get("/tools/core").text
        assert "Go on with the draft of version 3" in page

        assert lead.submit("/tools/core/draft/discard").location == "/tools"
        assert lead.get("/tools/core/draft").status_code == 404


class TestEditing:
    def test_what_the_tool_says_of_itself_is_refused_where_it_cannot_be(self, lead, draft) -> None:
        # P7
        page = lead.get(f"{DRAFT}/facts").text
        answer = lead.submit(f"{DRAFT}/facts", {
            "revision": revision(page), "name": "Dip sample", "frame": "open", "frame_months": "30",
            "says": ["moderated"],
        })  # fmt: skip
        assert answer.status_code == 422
        assert "Look back 1 to 24 months" in answer.text
        answer = lead.submit(f"{DRAFT}/facts", {
            "revision": revision(page), "name": "Dip sample", "frame": "open", "frame_months": "3",
            "says": ["moderated"],
        })  # fmt: skip
        assert "Only a graded tool is moderated" in answer.text
        assert 'href="#says"' in answer.text

    def test_a_section_is_changed_with_its_descriptors(self, app, lead, draft) -> None:
        path = f"{DRAFT}/sections/plan"
        page = lead.get(path).text
        answer = lead.submit(path, {
            "revision": revision(page), "title": "Plans", "code": "plan", "limiting": "none",
            "guidance": "Look.", "plan_types": ["child_in_need", "child_in_care"],
            "descriptors_good": "Better than before.", "descriptors_outstanding": "",
        })  # fmt: skip
        assert answer.location == DRAFT
        section = content(app).sections[0]
        assert (section.title, section.limiting) == ("Plans", "none")
        assert section.plan_types == ("child_in_need", "child_in_care")
        assert section.descriptors["good"] == "Better than before."
        assert section.questions == a_tool().sections[0].questions
        page = lead.get(DRAFT).text
        assert "Enter what Outstanding looks like in this section" in page

    def test_a_question_is_changed_with_its_condition(self, app, lead, draft) -> None:
        path = f"{DRAFT}/sections/risk/questions/risk.well"
        page = lead.get(path).text
        assert "plan.there: Is there a plan?" in page
        answer = lead.submit(path, {
            "revision": revision(page), "wording": "How well?", "code": "well", "kind": "quality",
            "only_if_question": "plan.there", "only_if_answers": ["yes", "not_applicable"],
        })  # fmt: skip
        assert answer.location == f"{DRAFT}/sections/risk"
        (question,) = content(app).sections[1].questions
        assert question.only_if.answers == ("yes", "not_applicable")

    def test_a_condition_without_answers_is_refused_at_its_box(self, lead, draft) -> None:
        path = f"{DRAFT}/sections/risk/questions/risk.well"
        answer = lead.submit(path, {
            "revision": revision(lead.get(path).text), "wording": "How well?", "code": "well",
            "kind": "quality", "only_if_question": "plan.there",
        })  # fmt: skip
        assert answer.status_code == 422
        assert 'href="#only_if_answers"' in answer.text

    def test_only_earlier_questions_are_offered(self, lead, draft) -> None:
        assert "plan.there:" not in lead.get(f"{DRAFT}/sections/plan/questions/plan.there").text
        assert "plan.there:" in lead.get(f"{DRAFT}/sections/plan/questions/plan.why-not").text
        assert "plan.there:" in lead.get(f"{DRAFT}/sections/plan/questions/new").text
        assert "plan.there:" not in lead.get(f"{DRAFT}/sections/plan").text
        assert "plan.there:" in lead.get(f"{DRAFT}/sections/new").text

    def test_an_ungraded_tool_is_not_asked_for_grades(self, app, council, lead) -> None:
        with app.app_context(), saving():
            facts = replace(a_tool(), graded=False, moderated=False)
            begun = services.begin_new(a_tool(), by=council.people["qa_lead"], at=now())
            services.save_facts(
                begun, facts, revision=begun.revision, by=council.people["qa_lead"], at=now()
            )
        page = lead.get(f"{DRAFT}/sections/plan").text
        assert "What does a low grade here do" not in page
        assert "descriptors_good" not in page
        assert "Quality: a grade" not in lead.get(f"{DRAFT}/sections/plan/questions/new").text

    def test_parts_are_moved_and_taken_out_with_buttons(self, app, lead, draft) -> None:
        def press(path: str):
            return lead.send(path, {"revision": revision(lead.get(DRAFT).text)})

        assert press(f"{DRAFT}/sections/risk/up").location == DRAFT
        assert [each.code for each in content(app).sections] == ["risk", "plan"]
        page = lead.get(DRAFT).text
        # What hung on an earlier question now hangs on a later one.
        assert "Name an earlier question: plan.there is none" in page
        answer = press(f"{DRAFT}/sections/plan/questions/plan.why-not/up")
        assert answer.location == f"{DRAFT}/sections/plan"
        asked = lead.get(f"{DRAFT}/sections/plan/questions/plan.there/remove").text
        assert "will need another condition" in asked
        assert "<li>Risk and safety</li>" in asked
        assert "<li>Why not?</li>" in asked
        press(f"{DRAFT}/sections/plan/questions/plan.there/remove")
        assert "with its 1 question" in lead.get(f"{DRAFT}/sections/risk/remove").text
        press(f"{DRAFT}/sections/risk/remove")
        (section,) = content(app).sections
        assert [each.code for each in section.questions] == ["plan.why-not"]

    def test_the_second_editor_is_told_and_may_save_again(self, app, council, client_for, draft):
        path = f"{DRAFT}/sections/plan/questions/plan.there"
        first, second = (client_for(council.people[who]) for who in WRITERS)
        shown = {"revision": revision(first.get(path).text), "code": "there", "kind": "compliance"}
        assert first.submit(path, shown | {"wording": "First?"}).status_code == 302
        answer = second.submit(path, shown | {"wording": "Second?"})
        assert answer.status_code == 422
        assert "Somebody changed this draft after you opened the page" in answer.text
        assert "Second?" in answer.text
        assert content(app).sections[0].questions[0].wording == "First?"

        again = shown | {"wording": "Second?", "revision": revision(answer.text)}
        assert second.submit(path, again).status_code == 302
        assert content(app).sections[0].questions[0].wording == "Second?"

    def test_a_button_of_an_old_page_changes_nothing(self, app, lead, draft) -> None:
        answer = lead.send(f"{DRAFT}/sections/plan/remove", {"revision": "0"})
        assert answer.status_code == 409
        assert content(app) == a_tool()
        assert lead.send(f"{DRAFT}/sections/plan/remove", {"revision": "x" * 30}).status_code == 409


class TestPublishing:
    def test_the_page_says_how_many_audits_keep_the_version(self, app, council, lead) -> None:
        # P7: a running audit keeps its version.
        with app.app_context(), saving():
            given(council)
            given(council, case="100003")
        lead.send("/tools/core/versions/2/draft")
        page = " ".join(lead.get("/tools/core/draft/publish").text.split())
        assert "2 audits under way with version 2 keep it to the end" in page
        answer = lead.send("/tools/core/draft/publish", follow_redirects=True)
        assert "2 audits under way with version 2 go on with that one." in answer.text
        table = lead.get("/tools/core").text
        assert "Retired" in table
        assert "Begin version 4" in table

    def test_a_draft_with_faults_is_not_published(self, app, council, lead) -> None:
        with app.app_context(), saving():
            services.begin_new(a_tool(purpose=""), by=council.people["qa_lead"], at=now())
        page = lead.get(f"{DRAFT}/publish").text
        assert "It cannot be published yet" in page
        assert "Enter what the tool is for" in page
        assert lead.send(f"{DRAFT}/publish").status_code == 409
        with app.app_context():
            assert "dip" not in tools()

    def test_a_version_is_retired(self, app, lead) -> None:
        page = lead.get("/tools/supervision/versions/1/retire").text
        assert "0 audits under way keep it to the end." in page
        assert lead.send("/tools/supervision/versions/1/retire").location == "/tools/supervision"
        assert "Retired" in lead.get("/tools").text

    def test_the_core_tool_is_not_retired_alone(self, lead) -> None:
        # P7
        assert "must always have a version" in lead.get("/tools/core/versions/2/retire").text
        assert lead.send("/tools/core/versions/2/retire").status_code == 409


class TestFiles:
    def test_a_version_is_downloaded_as_its_file(self, app, council, client_for) -> None:
        answer = client_for(council.people["auditor"]).get("/tools/core/versions/2/file")
        assert "core-version-2.yaml" in answer.headers["Content-Disposition"]
        with app.app_context():
            assert read_tool(answer.data).tool == content_of(current_version("core"))

    def test_a_file_is_read_into_a_draft(self, app, lead) -> None:
        data = write_tool(a_tool(name="From a file")).encode()
        answer = lead.submit(
            "/tools/import", {"file": (io.BytesIO(data), "dip.yaml")},
            content_type="multipart/form-data",
        )  # fmt: skip
        assert answer.location == DRAFT
        assert content(app).name == "From a file"

    @pytest.mark.parametrize(
        ("data", "line", "message"),
        [
            (write_tool(a_tool(purpose="")).encode(), "Line 4", "Enter what the tool is for"),
            (b"name: <script>alert(1)</script>: x", "Line 1", "Put quotes around the text"),
            (b"\xff\xfe", "Line 1", "Save the file as text in UTF-8"),
            (b"x" * 1_100_000, "Line 1", "larger than 1 MB"),
        ],
    )
    def test_each_fault_is_listed_with_its_line(self, app, lead, data, line, message) -> None:
        answer = lead.submit(
            "/tools/import", {"file": (io.BytesIO(data), "dip.yaml")},
            content_type="multipart/form-data",
        )  # fmt: skip
        assert answer.status_code == 422
        assert line in answer.text
        assert message in answer.text
        assert "Put right the 1 fault listed below" in answer.text
        with app.app_context():
            assert draft_of("dip") is None

    def test_a_file_must_be_chosen(self, lead) -> None:
        assert "Choose the tool’s file" in lead.submit("/tools/import", {}).text


def test_two_versions_stand_side_by_side(app, council, client_for) -> None:
    with app.app_context(), saving():
        publish_content(a_tool())
        plan, risk = a_tool().sections
        seen = QuestionContent("risk.seen", "compliance", "Was the child seen?")
        renamed = replace(risk, title="Danger and safety", questions=(*risk.questions, seen))
        first = replace(plan, questions=plan.questions[:1])
        publish_content(a_tool(name="Sample", sections=(first, renamed)))
    page = client_for(council.people["auditor"]).get("/tools/dip/compare?old=1&new=2").text
    for words in ("<del>Dip sample</del>", "<ins>Sample</ins>", "Taken out", "<del>Why not?</del>",
                  "Added", "<ins>Was the child seen?</ins>", "Changed"):  # fmt: skip
        assert words in page, words
    same = client_for(council.people["auditor"]).get("/tools/dip/compare?old=2&new=2&x=").text
    assert "Both are version 2." in same
    one = client_for(council.people["auditor"]).get("/tools/core/compare?old=x&new=99").text
    assert "there is nothing to compare yet" in one


def test_many_who_begin_a_draft_at_once_begin_one(app, council, client_for) -> None:
    clients = [client_for(council.people[WRITERS[n % 2]]) for n in range(6)]
    tokens = [client.token_in(client.get("/").text) for client in clients]

    def begin(number: int, client) -> int:
        return client.send("/tools/core/versions/2/draft", token=tokens[number]).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        codes = list(pool.map(begin, range(len(clients)), clients))
    assert sorted(codes) == [302] + [409] * (len(clients) - 1)
    assert content(app, "core").version == 3


def test_many_who_publish_at_once_publish_once(app, council, client_for, draft) -> None:
    clients = [client_for(council.people[WRITERS[n % 2]]) for n in range(4)]
    tokens = [client.token_in(client.get(DRAFT).text) for client in clients]

    def publish(number: int, client) -> int:
        return client.send(f"{DRAFT}/publish", token=tokens[number]).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        codes = list(pool.map(publish, range(len(clients)), clients))
    # The others find that it is published already: it is no draft, or there is none.
    assert codes.count(302) == 1
    assert set(codes) <= {302, 404, 409}
    with app.app_context():
        assert content_of(tools()["dip"]) == a_tool()


def test_the_preview_says_when_nothing_is_asked_for_a_plan(app, council, lead) -> None:
    with app.app_context(), saving():
        plan, risk = (replace(each, plan_types=("early_help",)) for each in a_tool().sections)
        publish_content(a_tool(sections=(plan, risk)))
        publish_content(a_tool(code="empty", sections=()))
    page = lead.get("/tools/dip/versions/1/preview?plan=child_in_care").text
    assert "This section is not asked for this plan." in page
    assert lead.get("/tools/empty/versions/1/preview").status_code == 404


def test_the_preview_is_what_an_auditor_will_see_for_a_plan(council, client_for) -> None:
    client = client_for(council.people["auditor"])
    page = client.get("/tools/core/versions/2/preview?plan=child_in_care").text
    assert "Child in care (CIC)" in page
    assert "nothing is saved" in page
    assert "What each grade looks like here" in page
    assert "Grade for this section" in page
    risk = client.get("/tools/core/versions/2/preview/risk?plan=child_protection").text
    assert "Answer this if you answered “Yes” to" in risk
    plain = client.get("/tools/delegated-authority/versions/1/preview?plan=nonsense").text
    assert "Grade for this section" not in plain


PAGES = [
    "/tools", "/tools/core", "/tools/core/versions/2", "/tools/core/compare",
    "/tools/core/versions/2/preview", "/tools/core/draft",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_as_much_with_twenty_tools_and_versions(app, lead, path) -> None:
    lead.send("/tools/core/versions/2/draft")

    def cost() -> int:
        with count_queries(app) as asked:
            assert lead.get(path).status_code == 200
        assert len(asked) <= 8, asked
        return len(asked)

    before = cost()
    with app.app_context(), saving():
        for n in range(20):
            publish_content(a_tool(code=f"dip-{n}"))
        a_published_tool(like="core")
        for _ in range(3):
            a_published_tool(like="supervision")
    assert cost() == before
