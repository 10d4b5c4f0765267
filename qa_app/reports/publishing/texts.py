"""Whether what people wrote may be published: everything written, no placeholder left (R7)."""

import re
from collections.abc import Mapping
from typing import Final

from qa_app.reports.kinds.recipe import Recipe
from qa_app.reports.publishing.finding import CheckFinding

_PLACEHOLDERS: Final = re.compile(
    # XX, xxx, XX%, the XXth, X%: but XXI and XXL are words of their own
    r"\bx{2,}(?:st|nd|rd|th)?\b|\bx\s?%"
    r"|\bt\.?b\.?[cda]\b|\btodo\b|\blorem\b|\bipsum\b"
    # ???, [..], [insert figure], <date>, ____
    r"|\?{2,}|\[[^\]]*\]|<[a-z][^<>]*>|_{3,}",
    re.IGNORECASE,
)
_SAYS_SOMETHING: Final = re.compile(r"\w")


def placeholder_in(text: str) -> str:
    """The first placeholder of a text as it stands there, "" where it has none (R7)."""
    found = _PLACEHOLDERS.search(text)
    return found.group() if found else ""


def text_checks(recipe: Recipe, texts: Mapping[str, str]) -> list[CheckFinding]:
    """What is wrong with the texts of a version, in the report's order (R7). No explanation helps:
    each is put right by writing. `about` is the text's code."""
    found = []
    for slot in recipe.slots:
        text = texts.get(slot.code, "")
        placeholder = placeholder_in(text)
        if slot.needed and not _SAYS_SOMETHING.search(text):
            words = (
                f"“{slot.heading}” is not written yet. Write it: its page has sentences from the "
                "figures to begin with."
            )
            found.append(CheckFinding("text-missing", slot.code, words))
        elif placeholder:
            words = (
                f"“{slot.heading}” still has “{placeholder}” in it. Put what belongs there, or "
                "take it out."
            )
            found.append(CheckFinding("placeholder", slot.code, words))
    return found
