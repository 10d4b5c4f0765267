"""What the long texts of an audit are called, for those who read about them (A8, M8)."""

from typing import Final

from qa_app.audits.asking import Asking

WHOLE: Final = {
    "overall.rationale": "Reasons for the overall grade",
    "overall.why_not_above": "Why not the grade above",
    "overall.why_not_below": "Why not the grade below",
    "safe.how_known": "How it is known that the child is safe",
    "none_found.strength": "Why no strength was found",
    "none_found.development": "Why no area for development was found",
}
"""The texts about the audit as a whole, by their boxes."""

SECTION_TEXTS: Final = {
    "evidence": "evidence",
    "impact": "difference made for the child",
    "not_applicable": "why it is not applicable",
}
"""The texts of a section, by the part after its code."""


def text_label(asking: Asking, name: str) -> str | None:
    """What a text is called: a question by how it is asked. None where the audit has no such
    text."""
    if name in WHOLE:
        return WHOLE[name]
    first, _, rest = name.partition(".")
    if first == "since" and rest.endswith(".note"):
        section = asking.section(rest.removesuffix(".note"), unasked=True)
        return f"{section.title}: what became of it" if section is not None else None
    if first == "question":
        question = asking.question(rest, unasked=True)
        return question.wording if question is not None else None
    section = asking.section(first, unasked=True) if rest in SECTION_TEXTS else None
    return f"{section.title}: {SECTION_TEXTS[rest]}" if section is not None else None
