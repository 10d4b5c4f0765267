"""The moderator's page once the first grades of a blind moderation are there (M3, M4), and the ways
from it to the other pages of a moderation."""

import re
from uuid import UUID

import pytest
from flask import Flask

from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.database import db, now, saving
from qa_app.domain.grades import GRADES, Grade
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationStage
from tests.council import Council
from tests.moderation.blind_world import MODERATOR, first_grades, taken_blind
from tests.moderation.factory import AGREE_WITH_ALL
from tests.moderation.tabs import Tab
from tests.pages import Page, words

OUT, GOOD, RI, BAD = GRADES
FIRST = "First graded Requires improvement, without the auditor’s grade."


class Revealed:
    """A blind moderation whose moderator gave everything the same first grade."""

    def __init__(self, app: Flask, council: Council, first: Grade, client_for) -> None:
        self.app = app
        self.audit_id, self.id = taken_blind(app, council)
        with app.app_context(), saving():
            moderation = db.session.get_one(Moderation, self.id)
            services.commit_first(
                moderation, first_grades(moderation, first), by=moderation.moderator_id, at=now()
            )
            self.codes = list(moderation.blind_sections)
        self.tab = Tab(client_for(council.people[MODERATOR]), f"/moderation/{self.id}")

    def agree(self) -> None:
        """With everything; `why` one's view changed is another matter."""
        for name, value in AGREE_WITH_ALL.items():
            self.tab[name].text = value
        self.tab["except_for"].text = ""
        for code in self.codes:
            self.tab[f"{code}_grade"].text = ""

    def rows(self) -> dict[str, tuple[Grade, str, str]]:
        with self.app.app_context():
            audit = db.session.get_one(Audit, self.audit_id)
            codes = {each.id: each.code for each in audit.tool_version.sections}
            query = db.session.query(GradeRow).filter_by(
                audit_id=self.audit_id, source=GradeSource.MODERATOR
            )
            return {
                codes.get(row.section_id, "overall"): (row.grade, row.reason_code, row.reason)
                for row in query
            }


def _glance(page: str) -> dict[str, list[str]]:
    return {
        row.get("data-graded", ""): [words(cell) for cell in row.iter("td")]
        for row in Page(page, 200).all("tr")
        if row.get("data-graded")
    }


# M3: after that both are beside each other, the first grades are chosen, and a word says what
# differs; of a blind one's clock nothing is said, as it would follow from the grade.
def test_the_first_grades_are_beside_the_auditors_and_chosen(
    app: Flask, council: Council, client_for
) -> None:
    blind = Revealed(app, council, RI, client_for)
    tab = blind.tab
    assert tab["agreement"].text == "except"
    assert sorted(tab["except_for"].text.split(",")) == sorted(blind.codes)
    assert (tab["overall_view"].text, tab["overall_grade"].text) == ("differ", RI.value)
    page = tab.client.get(tab.address).text
    rows = _glance(page)
    both = ["Good", "Requires improvement Differs At first, blind: Requires improvement"]
    for code in [*blind.codes, "overall"]:
        assert rows.pop(code) == both
    assert set(map(tuple, rows.values())) == {("Good", "Good")}
    assert page.count("Your first grade") == len(blind.codes) + 1
    assert "To be moderated by" not in page


def test_the_same_first_grades_leave_only_the_rest_to_be_answered(
    app: Flask, council: Council, client_for
) -> None:
    blind = Revealed(app, council, GOOD, client_for)
    tab = blind.tab
    assert (tab["agreement"].text, tab["overall_view"].text) == ("", "agree")
    blind.agree()
    assert tab.press_finish().status_code == 302
    assert set(blind.rows().values()) == {(GOOD, "", "")}


# M3: agreeing where one's first grade was another asks why one's view changed, and keeps it.
def test_a_changed_view_says_why(app: Flask, council: Council, client_for) -> None:
    blind = Revealed(app, council, RI, client_for)
    tab = blind.tab
    blind.agree()
    answer = tab.press_finish()
    assert answer.status_code == 400
    said = re.findall(r'<li><a href="#(\w+)">(Enter why your view of[^<]+)</a>', answer.text)
    assert sorted(name for name, _ in said) == sorted(
        f"{code}_changed" for code in [*blind.codes, "overall"]
    )
    for code in [*blind.codes, "overall"]:
        tab[f"{code}_changed"].text = f"The notes of May about {code}."
    assert tab.press_finish().status_code == 302
    rows = blind.rows()
    for code in [*blind.codes, "overall"]:
        why = f"The notes of May about {code}."
        assert rows.pop(code) == (GOOD, "", f"{FIRST} {why}")
    assert set(rows.values()) == {(GOOD, "", "")}


# M4: a grade that is neither the auditor's nor the first one has the code, the words and the why.
def test_a_third_grade_says_both(app: Flask, council: Council, client_for) -> None:
    blind = Revealed(app, council, RI, client_for)
    tab = blind.tab
    blind.agree()
    for code in blind.codes:
        tab[f"{code}_changed"].text = "Read again."
    values = {"view": "differ", "grade": "outstanding", "reason": "threshold", "words": "Warm."}
    for part, value in values.items():
        tab[f"overall_{part}"].text = value
    answer = tab.press_finish()
    assert "Enter why your view of the audit as a whole changed" in answer.text
    tab["overall_changed"].text = "Read again."
    assert tab.press_finish().status_code == 302
    assert blind.rows()["overall"] == (
        OUT,
        "threshold",
        f"Warm.\n\n{FIRST} Read again.",
    )


# M2: a blind moderation always says that the record was opened.
def test_a_blind_one_needs_the_record(app: Flask, council: Council, client_for) -> None:
    blind = Revealed(app, council, GOOD, client_for)
    blind.agree()
    blind.tab["opened_record"].text = ""
    answer = blind.tab.press_finish()
    assert "Confirm that you opened the child’s record" in answer.text


# What was typed stands before what is chosen at first, also where it was emptied.
def test_a_draft_stands_before_the_first_grades(app: Flask, council: Council, client_for) -> None:
    blind = Revealed(app, council, RI, client_for)
    tab = blind.tab
    tab["overall_view"].text, tab["except_for"].text = "agree", ""
    tab["overall_grade"].text = ""
    for name in ("overall_view", "except_for", "overall_grade"):
        assert tab.autosave(name).status_code == 200
    tab.open()
    assert (tab["overall_view"].text, tab["overall_grade"].text) == ("agree", "")
    assert tab["except_for"].text == ""


# --- The ways to the other pages


# M3: while the auditor's judgement is hidden, this page is another one, and takes nothing.
def test_while_it_is_hidden_this_page_leads_to_the_first_grades(
    app: Flask, council: Council, client_for
) -> None:
    _, moderation_id = taken_blind(app, council)
    client = client_for(council.people[MODERATOR])
    address = f"/moderation/{moderation_id}"
    token = client.token_in(client.get("/account").text)
    for answer in (client.get(address), client.send(address, AGREE_WITH_ALL, token=token)):
        assert answer.status_code == 302
        assert answer.location == f"{address}/first-grades"
    with app.app_context():
        assert db.session.get_one(Moderation, moderation_id).state == "open"


@pytest.fixture
def second(app: Flask, council: Council) -> UUID:
    """A second moderation that is going on."""
    _, moderation_id = taken_blind(app, council)
    with app.app_context(), saving():
        moderation = db.session.get_one(Moderation, moderation_id)
        services.commit_first(
            moderation, first_grades(moderation), by=moderation.moderator_id, at=now()
        )
        moderation.stage = ModerationStage.SECOND
    return moderation_id


# M5: a second moderator decides on a page of their own.
def test_a_second_moderator_is_led_to_their_own_page(
    council: Council, client_for, second: UUID
) -> None:
    answer = client_for(council.people[MODERATOR]).get(f"/moderation/{second}")
    assert answer.status_code == 302
    assert answer.location == f"/moderation/{second}/decide"
