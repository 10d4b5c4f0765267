"""The panel beside a draft: how far each page is, and what is unanswered on this one (A3, A10)."""

import re

import pytest

from qa_app.audits.models import Audit, Finding
from qa_app.audits.services.findings import add_finding
from qa_app.database import db, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.standards.models import Theme
from tests.audits.making import AT, Writer, given, submitted, whole_answers, written
from tests.audits.with_tools import given_with, small_tool
from tests.queries import count_queries

PAGES = ("sections/risk", "findings", "voices", "overall", "review")


def _made(app, make) -> str:
    with app.app_context(), saving():
        return f"/audits/{make().id}"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def _panel(page: str) -> str:
    """The panel beside the page; the one that is folded up above a narrow page says the same."""
    panels = re.findall(r"<nav class=\"[^\"]*app-panel\".*?</nav>", page, re.DOTALL)
    assert len(panels) == 2
    above, beside = (re.sub(r"<nav[^>]*>|\s+", " ", each) for each in panels)
    assert above == beside
    return beside


def _steps(panel: str) -> dict[str, str]:
    found = re.findall(r"<li class=\"app-panel__step\">.*?>([^<]+)</a>.*?>([^<]+)</span>", panel)
    return dict(found)


def _left(panel: str) -> int:
    return int(re.search(r'data-panel-left="(\d+)"', panel)[1])


@pytest.mark.parametrize("part", PAGES)
def test_every_page_says_how_far_the_audit_is(app, council, me, part) -> None:
    path = _made(app, lambda: given(council))
    panel = _panel(me.get(f"{path}/{part}").text)

    assert len(_steps(panel)) == 15
    assert set(_steps(panel).values()) == {"To do"}
    assert panel.count('aria-current="page"') == 1
    assert f"{_left(panel)} things left" in panel
    assert f'href="{path}/review"' in panel


def test_the_words_are_done_in_progress_and_to_do(app, council, me) -> None:
    def begun():
        audit = given(council)
        all_of = whole_answers(audit)
        write = Writer(audit, council.people["other_auditor"])
        whole = ("question.risk.", "risk.")
        write({name: each for name, each in all_of.items() if name.startswith(whole)})
        write({"plan.evidence": "The plan of May"})
        return audit

    path = _made(app, begun)
    steps = _steps(_panel(me.get(f"{path}/sections/risk").text))

    assert steps["Risk and safety"] == "Done"
    assert steps["Plan and planning"] == "In progress"
    assert steps["Recording"] == "To do"


# A10: each gap of the page is a link to its control.
@pytest.mark.parametrize("part", ["sections/risk", "sections/recording", "findings", "voices",
                                  "overall"])  # fmt: skip
def test_what_is_unanswered_here_jumps_to_its_control(app, council, me, part) -> None:
    path = _made(app, lambda: given(council))
    page = me.get(f"{path}/{part}").text
    anchors = re.findall(r'data-missing="[^"]+"><a [^>]*href="#([^"]+)"', _panel(page))

    assert anchors
    for anchor in anchors:
        assert f'id="{anchor}"' in page


# A10: the number is the one of the review.
def test_the_count_is_that_of_the_review_and_falls_with_each_answer(app, council, me) -> None:
    path = _made(app, lambda: given(council))
    before = _left(_panel(me.get(f"{path}/sections/risk").text))
    token = me.token_in(me.get(path).text)
    me.post(f"{path}/text", json={"field": "risk.impact", "text": "Safer", "version": 0},
            headers={"X-CSRFToken": token})  # fmt: skip
    panel = _panel(me.get(f"{path}/sections/risk").text)

    assert _left(panel) == before - 1
    assert "difference made for the child" not in panel
    assert f"{before - 1} things to do before you can send it" in me.get(f"{path}/review").text


def test_where_nothing_is_left_it_says_what_follows(app, council, me) -> None:
    path = _made(app, lambda: written(council))
    panel = _panel(me.get(f"{path}/voices").text)

    assert set(_steps(panel).values()) == {"Done"}
    assert "Nothing left: check and send" in panel
    assert "data-panel-here data-panel-strict hidden" in panel


# P7: without gates the questions alone are asked for, and the panel says no more than that.
def test_a_bare_check_asks_for_its_questions_alone(app, council, me) -> None:
    path = _made(app, lambda: given_with(council, small_tool()))
    page = me.get(f"{path}/sections/plan").text

    assert _steps(_panel(page)) == {"Plan": "To do"}
    assert _left(_panel(page)) == 2
    assert "data-panel-strict" not in page
    assert "data-picked" not in page


def test_an_audit_that_left_its_desk_has_no_panel(app, council, me) -> None:
    path = _made(app, lambda: submitted(council))
    assert "app-panel" not in me.get(path).text


# A11: a word to be looked at again is not answered by typing: nothing strikes it.
def test_a_word_that_may_identify_is_listed_but_not_struck(app, council, me) -> None:
    def named():
        audit = written(council)
        Writer(audit, council.people["other_auditor"])({"risk.evidence": "NHS number 943 476 5919"})
        return audit

    panel = _panel(me.get(f"{_made(app, named)}/sections/risk").text)
    assert "Remove or confirm" in panel
    assert "data-missing" not in panel


def _findings(audit: Audit, number: int, by) -> None:
    themes = db.session.query(Theme).all()
    sections = audit.tool_version.sections
    risk = next(each for each in sections if each.code == "risk")
    for n in range(number):
        add_finding(
            audit,
            kind=FindingKind.STRENGTH,
            text=f"Finding {n}",
            theme_id=themes[n % len(themes)].id,
            section_id=risk.id,
            about=FindingAbout.PRACTICE,
            by=by,
            at=AT,
        )


@pytest.mark.parametrize(("part", "most"), [("sections/risk", 12), ("findings", 12),
                                            ("voices", 12), ("overall", 12)])  # fmt: skip
def test_a_page_costs_the_same_with_1_and_with_20_findings(app, council, me, part, most) -> None:
    by = council.people["other_auditor"]

    def made(number):
        audit = given(council, case="100001" if number == 1 else "100002")
        Writer(audit, by)(whole_answers(audit))
        _findings(audit, number, by)
        return audit

    costs = []
    for number in (1, 20):
        path = _made(app, lambda number=number: made(number))
        me.get(f"{path}/{part}")
        with count_queries(app) as asked:
            page = me.get(f"{path}/{part}").text
        costs.append(len(asked))
        assert len(asked) <= most, asked
    assert costs[0] == costs[1]
    assert "Finding 19" in page or part not in ("sections/risk", "findings")
    with app.app_context():
        assert db.session.query(Finding).count() == 21
