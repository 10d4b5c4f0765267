"""AC-1, AC-3: every page of the programme, its tools and standards, by axe, wide and at 320 px."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from qa_app.database import now, saving
from tests.audits.making import given
from tests.council import Council
from tests.web.programme_world import OF_TOOLS, programme_of

ROOMS = ("programme.", "standards.", "audits.interests", "audits.declare_interest")
# A file; and themes, which test_every_report_page opens.
NO_PAGES = (
    "standards.tool_file", "standards.theme_list", "standards.theme", "standards.add_theme",
    "standards.change_theme", "standards.merge_theme", "standards.split_theme",
    "standards.end_theme", "standards.reopen_theme",
)  # fmt: skip
WIDE, NARROW = 1200, 320


@pytest.fixture
def paths(app: Flask, with_passwords: Council) -> list[str]:
    """The address of every page of these rooms, on one object of each kind."""
    with app.app_context(), saving():
        audit = given(with_passwords, case="100003", auditor="auditor", at=now())
        known = {"audit_id": audit.id, **programme_of(with_passwords)}
        person = {"person_id": with_passwords.people["chair"]}
    # Home too: what was asked for and named has left notices on it.
    return ["/", *_pages(app, known | person)]


def _pages(app: Flask, known: dict[str, object]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(ROOMS) or rule.endpoint in NO_PAGES:
            continue
        if "GET" in (rule.methods or ()):
            parts = known | (OF_TOOLS if rule.endpoint.startswith("standards.") else {})
            values = {name: parts[name] for name in rule.arguments}
            with app.test_request_context():
                yield str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("key", "width", "least"),
    [
        ("qa_lead", WIDE, 45),
        ("qa_lead", NARROW, 45),
        ("director", WIDE, 15),
        ("head", NARROW, 12),
        ("auditor", NARROW, 10),
        ("administrator", WIDE, 12),
    ],
)
def test_every_page_that_somebody_may_open_is_fit_for_everybody(
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
