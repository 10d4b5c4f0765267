"""AC-1, AC-3, M10: every page of calibration in every state, by axe, wide and at 320 px, with long
words; and the grading of a file at a keyboard, with and without scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade
from qa_app.moderation.calibration import services
from qa_app.moderation.models import CalibrationSession
from tests.calibration.making import a_draft, commit, grades, ids
from tests.council import Council

WIDE, NARROW = 1200, 320
LONG = "Averylongwordwithoutanyspaceinit" * 6 + " and many more words of what was read there. " * 40
PAGES = (
    "", "/details", "/sections/risk", "/invite", "/open", "/discard", "/grade", "/commit",
    "/close", "/results", "/agreed", "/compare",
)  # fmt: skip
GRADING = ("iro", "auditor", "head")


def _opened(council: Council, title: str) -> CalibrationSession:
    at, lead = now(), council.people["qa_lead"]
    session = a_draft(council, title=title, at=at)
    for code in ("risk", "voice", "plan", "visits", "reviews", "recording"):
        services.write_section(
            session, code, evidence=LONG, impact=LONG, answers=LONG, by=lead, at=at
        )
    deadline = london_date(at) + timedelta(days=7)
    services.invite(session, ids(council, *GRADING), deadline, by=lead, at=at)
    services.open_session(session, by=lead, at=at)
    return session


@pytest.fixture
def paths(app: Flask, with_passwords: Council) -> list[str]:
    """The pages of a draft with words to remove, of an open session and of a gold-standard one."""
    council, at = with_passwords, now()
    lead = council.people["qa_lead"]
    with app.app_context(), saving():
        draft = a_draft(council, title="A draft", at=at)
        services.write_section(
            draft, "risk", evidence="Mrs Smith", impact="", answers="", by=lead, at=at
        )
        opened = _opened(council, "Grading together, " + "autumn and winter " * 9)
        gold = _opened(council, "Gold")
        iro = council.people["iro"]
        services.save_grades(opened, grades(opened, Grade.GOOD, LONG), by=iro, at=at)
        commit(opened, council.people["head"], grades(opened))
        for key, grade in zip(GRADING, Grade, strict=False):
            commit(gold, council.people[key], grades(gold, grade, LONG))
        services.close(gold, by=lead, at=at)
        services.agree(
            gold, grades(gold, Grade.GOOD, LONG[:3_000]), why=LONG, learnt=LONG, by=lead, at=at
        )
        services.mark_gold(gold, True, by=lead, at=at)
        services.save_grades(gold, grades(gold), by=council.people["chair"], at=at)
        of_each = [
            f"/calibration/{each.id}{part}" for each in (draft, opened, gold) for part in PAGES
        ]
    return [*of_each, "/calibration/", "/calibration/mine", "/calibration/new", "/audits/"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("key", "width", "least"),
    [
        ("qa_lead", WIDE, 16), ("qa_lead", NARROW, 16), ("iro", WIDE, 6), ("iro", NARROW, 6),
        ("head", NARROW, 5), ("chair", NARROW, 4),
    ],
)  # fmt: skip
def test_every_page_of_calibration_is_fit_for_everybody(
    walker: Callable,
    paths: list[str],
    key: str,
    width: int,
    least: int,
    record_property: Callable[[str, object], None],
) -> None:
    person = walker(width=width)
    person.sign_in(key)
    opened = []
    for path in paths:
        answer = person.page.goto(person.address + path)
        if answer.status != 200:
            assert answer.status in (403, 404, 409), f"{path}: {answer.status}"
            continue
        person.check()
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not person.page.evaluate(wider), f"{path} is wider than {width} px"
        opened.append(path)
    assert len(opened) >= least, opened
    record_property(
        "counted", f"{key}, {width} px: {len(opened)} pages, {person.nodes} nodes, 0 violations"
    )
