"""A page's form as a browser without scripts sends it: every field with what is in it."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.client import CheckedClient


@dataclass
class Typed:
    """Where a form goes, and what it carries."""

    action: str
    fields: MultiDict[str, str]

    def press(self, client: CheckedClient, **changes: str) -> TestResponse:
        """Send it, with what was typed into its boxes."""
        data = self.fields.copy()
        for name, text in changes.items():
            data[name] = text
        return client.post(self.action, data=data)


def form_in(page: str, *, having: str, at: str = "/sign-in") -> Typed | None:
    """The form that has a control of this name; None where the page, at this path, has none."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for form in root.iter("form"):
        fields = MultiDict(field for each in form.iter() if (field := _field(each)) is not None)
        if having in fields:
            return Typed(form.get("action") or at, fields)
    return None


def _field(element: Element) -> tuple[str, str] | None:
    name = element.get("name")
    if element.tag == "textarea" and name:
        return name, (element.text or "").replace("\n", "\r\n")
    if element.tag != "input" or not name:
        return None
    if element.get("type") in {"radio", "checkbox"} and element.get("checked") is None:
        return None
    return name, element.get("value") or ""
