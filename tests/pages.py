"""What every page must be: checked on each HTML answer that any test fetches.

Each failure says what to change in the template.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""The rule sets asked of axe: WCAG 2.2 AA, and what its makers hold to be good practice."""

UNLABELLED_TYPES = frozenset({"hidden", "submit", "button", "reset", "image"})
CONTROLS = frozenset({"input", "select", "textarea", "button"})


class Page:
    """A parsed page with the look-ups that the checks share."""

    def __init__(self, html: str, status: int) -> None:
        self.status = status
        self.html = html
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        try:
            self.root: Element = parser.parse(html)
        except html5lib.html5parser.ParseError as error:
            (line, column), name, _ = parser.errors[-1]
            shown = html.splitlines()[line - 1].strip()[:120] if html else ""
            raise AssertionError(
                f"Fix the markup: {name} ({error}) at line {line}, column {column}: {shown}"
            ) from None
        for element in self.root.iter():
            if isinstance(element.tag, str):  # drawings come with their namespace
                element.tag = element.tag.rpartition("}")[2]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.ids = {element.get("id"): element for element in self.all() if element.get("id")}

    def all(self, *tags: str) -> Iterator[Element]:
        """Elements of these tags in page order; comments are left out."""
        for element in self.root.iter():
            if isinstance(element.tag, str) and (not tags or element.tag in tags):
                yield element

    def inside(self, element: Element, tag: str) -> Element | None:
        """The nearest element of this tag around another, if any."""
        parent = self.parents.get(element)
        while parent is not None and parent.tag != tag:
            parent = self.parents.get(parent)
        return parent

    def has_name(self, element: Element) -> bool:
        """Whether a screen reader would have something to say for this element."""
        if element.get("aria-label", "").strip() or words(element):
            return True
        named_by = (element.get("aria-labelledby") or "").split()
        if any(each in self.ids and words(self.ids[each]) for each in named_by):
            return True
        return any(image.get("alt") for image in element.iter("img"))


def words(element: Element) -> str:
    """The text of an element as it is read, spaces run together."""
    return " ".join("".join(element.itertext()).split())


def shown(element: Element) -> str:
    """An element's opening tag, to find it by."""
    attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items())
    return f"<{element.tag}{attributes}>"[:160]


def language_is_said(page: Page) -> Iterator[str]:
    """The screen reader must speak English."""
    if page.root.get("lang") != "en-GB":
        yield 'Give the html element lang="en-GB"'


def one_heading_that_starts_the_title(page: Page) -> Iterator[str]:
    """The title and the h1 say the same, so that one knows where one is."""
    headings = list(page.all("h1"))
    if len(headings) != 1:
        yield f"Give the page one h1, not {len(headings)}: {[words(each) for each in headings]}"
        return
    titles = [words(each) for each in page.all("title") if page.inside(each, "svg") is None]
    heading = words(headings[0])
    has_errors = any("govuk-error-summary" in classes(each) for each in page.all("div"))
    start = f"Error: {heading}" if has_errors else heading
    if not heading or not titles or not titles[0].startswith(start):
        yield f"Start the title with “{start}”, not {titles}: write the h1 with self.title()"


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def ids_are_unique(page: Page) -> Iterator[str]:
    """A label or link to an id that is there twice goes to the wrong one."""
    counted = Counter(each.get("id") for each in page.all() if each.get("id"))
    for name, count in counted.items():
        if count > 1:
            yield f'Make the id "{name}" unique: {count} elements have it'


def ids_pointed_at_exist(page: Page) -> Iterator[str]:
    """Descriptions, labels and names given by id must be in the page."""
    for element in page.all():
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            for name in (element.get(attribute) or "").split():
                if name not in page.ids:
                    yield f'{shown(element)} points with {attribute} at "{name}": add that id'


def controls_are_labelled(page: Page) -> Iterator[str]:
    """Each thing to fill in says what it wants."""
    labelled = {each.get("for") for each in page.all("label") if words(each)}
    for control in page.all("input", "select", "textarea"):
        if control.get("type") in UNLABELLED_TYPES or control.get("id") in labelled:
            continue
        if page.inside(control, "label") is None and not page.has_name(control):
            yield f"Add a label for {shown(control)}"


def questions_stand_in_fieldsets(page: Page) -> Iterator[str]:
    """Answers are read together with their question: the legend of their fieldset."""
    for fieldset in page.all("fieldset"):
        if not any(child.tag == "legend" and words(child) for child in fieldset):
            yield f"Give {shown(fieldset)} a legend"
    inputs = [each for each in page.all("input") if each.get("type") in {"radio", "checkbox"}]
    counted = Counter((page.inside(each, "form"), each.get("name")) for each in inputs)
    for control in inputs:
        alone = counted[page.inside(control, "form"), control.get("name")] == 1
        if alone and control.get("type") == "checkbox":
            continue
        if page.inside(control, "fieldset") is None:
            yield f"Put {shown(control)} with its other answers inside a fieldset"


def errors_lead_to_their_controls(page: Page) -> Iterator[str]:
    """The summary's links put the focus on what has to be changed."""
    summaries = [each for each in page.all("div") if "govuk-error-summary" in classes(each)]
    for link in (link for summary in summaries for link in summary.iter("a")):
        target = page.ids.get((link.get("href") or "").removeprefix("#"))
        if target is None or target.tag not in CONTROLS:
            yield f"Link the error “{words(link)}” to a control, not to {link.get('href')}"
    for message in page.all():
        if "govuk-error-message" in classes(message) and not summaries:
            yield f"Show the error summary: “{words(message)}” is in the page"


def nothing_runs_or_is_styled_inline(page: Page) -> Iterator[str]:
    """The content security policy refuses it, and so it would silently not work."""
    for element in page.all():
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"Move the {name} attribute of {shown(element)} into frontend/"
        for name in ("href", "src", "action", "formaction"):
            if (element.get(name) or "").strip().lower().startswith("javascript:"):
                yield f"Take the script out of {shown(element)}"
    for element in page.all("script", "style"):
        if element.tag == "style" or not element.get("src"):
            yield f"Move the inline {element.tag} into frontend/: {words(element)[:60]}"


def nothing_comes_from_elsewhere(page: Page) -> Iterator[str]:
    """No page asks another server for anything: it would tell it who reads what."""
    for element in page.all("script", "link", "img", "iframe", "source", "object"):
        address = element.get("src") or element.get("href") or element.get("data") or ""
        if re.match(r"(?i)(https?:)?//", address):
            yield f"Serve {address} ourselves"


def images_have_words(page: Page) -> Iterator[str]:
    """A picture says in words what it shows, or nothing where it only decorates."""
    for image in page.all("img"):
        if image.get("alt") is None:
            yield f"Give {shown(image)} an alt"
    for drawing in page.all("svg"):
        if drawing.get("aria-hidden") != "true" and not page.has_name(drawing):
            yield f'Name {shown(drawing)} with aria-label or hide it with aria-hidden="true"'


def tables_can_be_read_aloud(page: Page) -> Iterator[str]:
    """A table says what it shows, and each cell has its headings."""
    for table in page.all("table"):
        if not any(child.tag == "caption" and words(child) for child in table):
            yield f"Give {shown(table)} a caption"
        headings = list(table.iter("th"))
        if not headings:
            yield f"Give {shown(table)} th headings"
        for heading in headings:
            if heading.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
                yield f"Give the heading “{words(heading)}” a scope"


def links_and_buttons_say_what_they_do(page: Page) -> Iterator[str]:
    """Something to press has a name and a purpose."""
    for element in page.all("a", "button"):
        if not page.has_name(element):
            yield f"Put words into {shown(element)}"
    for link in page.all("a"):
        href = link.get("href") or ""
        if not href:
            yield f"Give {shown(link)} an href"
        elif href.startswith("#") and href[1:] not in page.ids:
            yield f"Point {shown(link)} at an id of this page"


def headings_skip_no_level(page: Page) -> Iterator[str]:
    """Headings are how many people move about: h2 comes before h3."""
    level = 0
    for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        this = int(str(heading.tag)[1])
        # What stands before the h1 (a banner, the error summary) may start with an h2.
        if level and this > level + 1:
            yield f"Make “{words(heading)}” an h{level + 1}, not an h{this}"
        level = this


def changes_carry_the_token(page: Page) -> Iterator[str]:
    """A form that changes something carries the hidden CSRF token (AU-11)."""
    for form in page.all("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        if not any(each.get("name") == "csrf_token" for each in form.iter("input")):
            yield f"Put the csrf_token into {shown(form)}"


# The program's own word where people need one: "ask None", "<Team 3>", "ReportState.DRAFT".
_PROGRAM = re.compile(r"[a-z,:] None\b(?! of)|<[A-Z]\w+ |\bUndefined\b|[a-z]State\.[A-Z]|\bUUID\(")


def sentences_hold_no_value_of_the_program(page: Page) -> Iterator[str]:
    """What a template was not given must not be printed."""
    for element in page.all():
        if element.tag in ("script", "style", "textarea"):
            continue
        for text in (element.text, *(child.tail for child in element)):
            if text and (found := _PROGRAM.search(text)):
                around = text[max(0, found.start() - 30) : found.end() + 30].strip()
                yield f"Say in words what stands in “{around}”"


CHECKS: tuple[Callable[[Page], Iterator[str]], ...] = (
    language_is_said,
    one_heading_that_starts_the_title,
    ids_are_unique,
    ids_pointed_at_exist,
    controls_are_labelled,
    questions_stand_in_fieldsets,
    errors_lead_to_their_controls,
    nothing_runs_or_is_styled_inline,
    nothing_comes_from_elsewhere,
    images_have_words,
    tables_can_be_read_aloud,
    links_and_buttons_say_what_they_do,
    headings_skip_no_level,
    changes_carry_the_token,
    sentences_hold_no_value_of_the_program,
)


_NAMES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r'|(?<=name="csrf_token" value=")[^"]+'
)
_FOUND_RIGHT: set[bytes] = set()


def _likeness(html: str, status: int) -> bytes:
    """The same for pages that differ in nothing but which ids and tokens stand where.

    Each id becomes its number by first appearance, so that two equal ones stay equal and two
    others stay others: whatever the checks say of one such page they say of all.
    """
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found.group(), f"id-{len(numbers)}")

    like = _NAMES.sub(number, html)
    return hashlib.blake2b(f"{status} {like}".encode(), digest_size=16).digest()


def check_page(html: str, status: int) -> None:
    """Raise AssertionError with one instruction a line for everything wrong with a page.

    `status` is the answer's HTTP status; a redirect's stub is not a page and is passed over. A page
    like one that was found right is not read again: parsing was two fifths of the tests' time.
    """
    if 300 <= status < 400:
        return
    likeness = _likeness(html, status)
    if likeness in _FOUND_RIGHT:
        return
    page = Page(html, status)
    faults = [fault for check in CHECKS for fault in check(page)]
    if faults:
        raise AssertionError("\n".join([f"The page (status {status}) needs:", *faults]))
    _FOUND_RIGHT.add(likeness)


def axe_check(page: Any) -> int:
    """How many nodes axe checked on a Playwright page; AssertionError for any violation."""
    results = Axe().run(page, options={"runOnly": WCAG}).response
    violations = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:160]}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]
    if violations:
        raise AssertionError("\n".join([f"axe finds on {page.url}:", *violations]))
    return sum(len(rule["nodes"]) for rule in results["passes"])
