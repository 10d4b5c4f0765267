"""IN-2, IN-5: whatever comes in an address or a box, the answer is a page and never our error."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.access_matrix import World, build_world, routes
from tests.web.filling import Form, forms_of, send, unchecked

NAMES = (
    "q", "page", "from", "to", "month", "state", "after", "before", "older", "newer", "team",
    "kind", "owner", "status", "overdue", "grade", "grades", "selection", "service", "plan_type",
    "case",
    "role", "account", "measure", "category", "format", "next", "_scheme", "_external", "endpoint",
)  # fmt: skip
# As they stand in an address, already encoded.
VALUES = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "x" * 5_000, "9" * 5_000, "-1", "99999999999999999999",
    "not-a-uuid", "2026-13", "0000-00", "0001-01", "9999-12", "%E2%80%AEabc", "%25", "'%22--",
    "%0d%0aSet-Cookie:x=1", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
WORST = ("%00", "%ED%A0%80", "9" * 5_000, "99999999999999999999", "-1", "0001-01")
# A question that the pages behind figures need before they look at anything else.
BASES = {
    "reports.audits_behind": "measure=MTM-1&month=2026-11&from=2026-01&to=2026-11",
    "reports.actions_behind": "month=2026-11&from=2026-01&to=2026-11",
    "reports.download": "format=csv&from=2026-01&to=2026-11",
}
TEXTS = {
    "NUL and other controls": "before\x00after\x01\x0b\x1f\x7f\ufffe\uffff",
    "right to left, and beyond the first plane": "\u202eabc \u05d0\u05d1 \u2067x\U0001f9f8",
    "spaces": " \t\u00a0\u2003",
}
MEGABYTE = "m" * 1_000_000
PEOPLE = ("auditor", "other_head", "qa_lead", "administrator")


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def _pages(world: World) -> list[tuple[str, str]]:
    return [
        (endpoint, world.path(endpoint, rule))
        for endpoint, method, rule in routes(world.app)
        if method == "GET"
    ]


# Every route is asked by whoever gets furthest with it; then every name has every value.
@pytest.mark.parametrize("person", ["qa_lead", "administrator"])
def test_no_address_breaks_a_page(
    world: World, person: str, record_property: Callable[[str, object], None]
) -> None:
    client, answers, broken = unchecked(world, person), 0, []
    for endpoint, path in _pages(world):
        if client.get(f"{path}?{BASES.get(endpoint, '')}").status_code not in {200, 404}:
            continue
        for value in WORST:
            # All at once, and then those alone that may hide behind another's refusal.
            queries = ["&".join(f"{name}={value}" for name in NAMES)]
            if endpoint in BASES:
                queries.append(f"{BASES.get(endpoint, '')}&after={value}&{value}={value}")
            for query in queries:
                answer = client.get(f"{path}?{query}")
                answers += 1
                if answer.status_code >= 500:
                    broken.append((endpoint, query[:80], answer.status_code))
    record_property("counted", f"{person}: {answers} answers, {len(broken)} broken")
    assert broken == []
    assert answers > 200


LISTS = {
    # The page, who asks, and what it reads from its address.
    "/audits": ("qa_lead", ("q", "state", "month", "grade", "team", "older", "newer")),
    "/tracker/": ("qa_lead", ("team", "kind", "owner", "status", "overdue", "page")),
    "/reports/measures": ("qa_lead", ("from", "to", "grades", "selection", "team", "service",
                                      "plan_type")),
    "/programme/give": ("qa_lead", ("case",)),
    "/job-titles": ("qa_lead", ("q",)),
    "/notices": ("qa_lead", ("before",)),
    "/people": ("administrator", ("q", "role", "team", "account", "after", "before")),
}  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_no_filter_breaks_its_list(world: World, path: str) -> None:
    person, names = LISTS[path]
    client = unchecked(world, person)
    codes = {
        (name, value[:20]): client.get(f"{path}?{name}={value}").status_code
        for name in names
        for value in VALUES
    }
    assert not {key: code for key, code in codes.items() if code >= 500}


def test_no_start_of_refused_rows_breaks_an_import(world: World) -> None:
    client = world.client("qa_lead")
    path = f"/cases/imports/{world.arguments['run_id']}"
    codes = {client.get(f"{path}?from={value}").status_code for value in VALUES}
    assert codes == {200}


def _forms(world: World, client: FlaskClient) -> Iterator[Form]:
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for _, path in _pages(world):
        for form in forms_of(client, path):
            if form.texts or form.choices:
                found.setdefault((form.action, tuple(form.names)), form)
    yield from found.values()


def _garbage(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """What each form is sent: the kind of garbage, and the whole content."""
    press = {form.buttons[0]: "1"} if form.buttons and form.buttons[0] else {}
    for kind, text in TEXTS.items():
        yield kind, form.filled(text) | press
    for number in ("9" * 30, "0001", "9999"):
        yield (
            f"{number} for a number",
            form.filled("x")
            | press
            | dict.fromkeys(
                (
                    name
                    for name in form.texts
                    if name.rpartition("-")[2] in {"day", "month", "year"}
                ),
                number,
            )
            | {name: "12" for name in form.texts if name.endswith(("-day", "-month"))},
        )
    yield "choices nobody offered", form.filled("x") | press | dict.fromkeys(form.choices, "\x00no")
    hidden = [name for name in form.hidden if name != "csrf_token"]
    for value in ("\x00", "9" * 40, "-1", "not-a-uuid"):
        if hidden:
            yield "hidden", form.filled("x") | press | dict.fromkeys(hidden, value)
    if form.texts:
        yield "a megabyte", form.filled("x") | press | {form.texts[0]: MEGABYTE}
    yield "ten thousand fields", {f"field{n}": "x" for n in range(10_000)}


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_in_a_box_breaks_a_form(
    world: World, person: str, record_property: Callable[[str, object], None]
) -> None:
    client, answers, broken = unchecked(world, person), 0, []
    for form in list(_forms(world, client)):
        for kind, content in _garbage(form):
            answer = send(client, form, content)
            answers += 1
            if answer.status_code >= 500:
                broken.append((form.action, kind, answer.status_code))
            if client.get("/my-account").status_code != 200:
                client = unchecked(world, person)
    record_property("counted", f"{person}: {answers} answers, {len(broken)} broken")
    assert broken == []
    assert answers > 20


JSON = (
    # what a page never sends when it saves a box
    {"field": "voice.child.on", "text": "not a day", "version": 0},
    {"field": "voice.child.on", "text": "9999-99-99", "version": 0},
    {"field": "voice.child.obtained", "text": "perhaps", "version": 0},
    {"field": "risk.grade", "text": "best", "version": 0},
    {"field": "overall.grade", "text": "best", "version": 0},
    {"field": "safe.now", "text": "best", "version": 0},
    {"field": "override.z", "text": "x", "version": 0},
    {"field": "override.a", "text": "x\x00\ud800y", "version": 0},
    {"field": "risk.evidence", "text": "x\x00\ud800y", "version": 0},
    {"field": "risk.evidence\x00", "text": "x", "version": 0},
    {"field": "\ud800", "text": "x", "version": 0},
    {"field": "question.\ud800", "text": "yes", "version": 10**40},
    {"field": "risk.evidence", "text": MEGABYTE, "version": 0},
    {"field": "risk.evidence", "text": "x", "version": True},
    {"field": ["risk.evidence"], "text": {}, "version": None},
    [], "text", 3, None,
)  # fmt: skip


@pytest.mark.parametrize("content", JSON, ids=range(len(JSON)))
def test_nothing_breaks_the_saving_of_a_box(world: World, content: object) -> None:
    client = world.client("auditor")
    token = client.token_in(client.get("/my-account").text)
    answer = client.post(
        f"/audits/{world.draft_id}/text", json=content, headers={"X-CSRFToken": token}
    )
    assert answer.status_code < 500
