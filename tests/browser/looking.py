"""Looking at every page of some rooms, as everybody who may open it, by axe at both widths."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask

from tests.browser.conftest import Walker
from tests.browser.journey import Make

WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 320, "height": 640}

Pages = Mapping[str, tuple[str, ...]]
"""The states of each endpoint in which it is another page; a state may end in “?name=value”."""
Path = Callable[..., str]
"""path("audits.show", "half") → an address."""
Fault = tuple[str, str, str, str]
"""Who, page, its state, and the button on a form that was left empty."""


def rules_of(app: Flask, rooms: tuple[str, ...]) -> Iterator[Any]:
    """The addresses of these rooms that can be opened."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(rooms) and "GET" in (rule.methods or ()):
            yield rule


def path_of(app: Flask, known: Callable[[str], Mapping[str, Any]]) -> Path:
    """Make addresses from what is `known` of a state: ids by the name of the argument."""
    rules = {rule.endpoint: rule for rule in rules_of(app, ("",))}

    def make(endpoint: str, state: str = "") -> str:
        name, mark, query = state.partition("?")
        rule, values = rules[endpoint], known(name)
        with app.test_request_context():
            found = {each: values[each] for each in rule.arguments}
            return str(rule.build(found, append_unknown=False)[1]) + mark + query

    return make


def faults_of(person: Walker) -> Iterator[str]:
    """What axe finds at both widths, and what there is to scroll sideways to."""
    for size in (NARROW, WIDE):
        person.page.set_viewport_size(size)
        try:
            person.check()
        except AssertionError as error:
            yield f"at {size['width']} px {error}"
        widths = person.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if widths[0] > widths[1]:
            yield f"{person.page.url} is {widths[0]} wide at {widths[1]} px"


def open_every_page(person: Walker, pages: Pages, path: Path) -> tuple[list[str], list[str]]:
    """What this person may open of the pages, and what is wrong with it."""
    opened, faults, seen = [], list[str](), set[str]()
    for endpoint, states in pages.items():
        for state in states:
            address = path(endpoint, state)
            answer = person.page.goto(person.address + address)
            if answer.status != 200:
                assert answer.status in (403, 404, 409), f"{address}: {answer.status}"
                continue
            if answer.request.redirected_from and person.page.url in seen:
                continue  # it leads to a page that was looked at
            seen.add(person.page.url)
            faults += faults_of(person)
            opened.append(f"{endpoint} {state}")
    return opened, faults


def send_every_fault(make: Make, rows: tuple[Fault, ...], path: Path) -> tuple[list[str], int]:
    """Press each button with its form left empty, but for what its page filled in.

    Gives what is wrong with the pages that follow, and how many nodes axe saw.
    """
    people: dict[str, Walker] = {}
    faults: list[str] = []
    for key, endpoint, state, button in rows:
        if key not in people:
            people[key] = make()
            people[key].sign_in(key)
        page = people[key].page
        page.goto(people[key].address + path(endpoint, state))
        for box in page.locator("main textarea:not([readonly]):visible").all():
            box.fill("")
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).first.click()
        # AC-5: the title says it, and the summary leads to the control.
        if not page.title().startswith("Error: "):
            faults.append(f"{endpoint} {state} took what was left empty")
        faults += faults_of(people[key])
    return faults, sum(each.nodes for each in people.values())
