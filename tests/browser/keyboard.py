"""Somebody who has a keyboard and nothing else: no step of this presses a mouse or fills a box."""

from typing import Any

from tests.browser.conftest import PASSWORD, Walker

# What has the focus, whether it is what one looks for, and whether one can see where one is: our
# focus colour around it, below it or behind it (a radio's is around the circle of its label).
LOOK = """([selector, words]) => {
    const focused = document.activeElement
    if (!focused || focused === document.body || focused === document.documentElement) return null
    const label = focused.matches("[type=radio], [type=checkbox]") ? focused.labels[0] : null
    const styles = [getComputedStyle(focused), label && getComputedStyle(label, "::before")]
    const yellow = /rgb\\(255, 221, 0\\)/
    const seen = styles.some((style) => style && (
        yellow.test(`${style.boxShadow} ${style.backgroundColor}`) ||
        (style.outlineStyle !== "none" && yellow.test(style.outlineColor))))
    const box = (label ?? focused).getBoundingClientRect()
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    window.reached?.add(focused)
    const text = focused.innerText ?? ""
    return { seen, inside, here: focused.outerHTML.slice(0, 160),
             found: Boolean(selector) && focused.matches(selector) && text.includes(words) }
}"""
# Every control that is shown; of radios that belong together, one.
CONTROLS = """() => {
    const all = [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    const key = (node) => node.type === "radio" ? `${node.form?.action} ${node.name}` : node
    const groups = new Map()
    for (const node of all) {
        if (node.checkVisibility() && !node.disabled && node.tabIndex >= 0) {
            groups.set(key(node), [...(groups.get(key(node)) ?? []), node])
        }
    }
    window.reached ??= new Set()
    const left = [...groups.values()].filter((nodes) => !nodes.some((each) => reached.has(each)))
    return [groups.size, left.map(([node]) => node.outerHTML.slice(0, 160))]
}"""
IN_ORDER = """(names) => names
    .map((name) => document.querySelector(`[name="${name}"]`))
    .sort((one, other) =>
        one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)
    .map((node) => node.name)"""


class Keyboard:
    """Keys, and after each of them a look at where the focus is."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.page = walker, walker.page
        self.steps = 0

    def look(self, selector: str = "", words: str = "") -> dict[str, Any]:
        """What has the focus: never nothing, and always to be seen."""
        self.steps += 1
        there = self.page.evaluate(LOOK, [selector, words])
        assert there is not None, f"the focus is lost on {self.page.url}"
        assert there["seen"], f"one cannot see that this has the focus: {there['here']}"
        assert there["inside"], f"this has the focus out of sight: {there['here']}"
        return there

    def press(self, key: str) -> None:
        """One key, after which something still has the focus."""
        self.page.keyboard.press(key)
        self.look()

    def type(self, text: str) -> None:
        """Into what has the focus."""
        self.page.keyboard.type(text)

    def to(self, selector: str, words: str = "", *, most: int = 150) -> None:
        """Press Tab until something that matches, with these words in it, has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.look(selector, words)["found"]:
                return
        raise AssertionError(f"Tab does not reach {selector} {words!r} on {self.page.url}")

    def go(self, selector: str, words: str = "", key: str = "Enter") -> None:
        """Tab to a link or a button and press a key on it, then check the page that follows."""
        self.to(selector, words)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.walker.check()

    def choose(self, name: str, value: str) -> None:
        """Tab to a question and give an answer: Space for the first, the arrows for the others."""
        self.to(f'[name="{name}"]')
        wanted = f'[name="{name}"][value="{value}"]'
        for _ in range(9):
            if self.look(wanted)["found"]:
                break
            self.press("ArrowDown")
        if not self.look(":checked")["found"]:
            self.press("Space")
        assert self.look(f"{wanted}:checked")["found"], f"{name} cannot be answered {value}"

    def fill(self, values: dict[str, str]) -> None:
        """Answer and write all of these, by name, in the order of the page."""
        for name in self.page.evaluate(IN_ORDER, list(values)):
            if self.page.locator(f'[name="{name}"]').first.get_attribute("type") == "radio":
                self.choose(name, values[name])
            else:
                self.to(f'[name="{name}"]')
                self.type(values[name])

    def tour(self) -> None:
        """From the top of this page Tab reaches every control; then the page is as just opened."""
        self.page.reload()
        count, _ = self.page.evaluate(CONTROLS)
        for _ in range(count):
            self.press("Tab")
        _, left = self.page.evaluate(CONTROLS)
        assert not left, f"Tab does not reach on {self.page.url}: {left}"
        self.page.reload()

    def sign_in(self, key: str) -> None:
        """From the address of the service."""
        self.walker.go("/sign-in")
        self.to("[name=email]")
        self.type(f"{key}@example.test".replace("_", "."))
        self.to("[name=password]")
        self.type(PASSWORD)
        self.go("button", "Sign in")
