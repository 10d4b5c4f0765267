"""The pages of an audit, from the list to its submission, and of a concern."""

from qa_app.audits.views import (
    concerns,
    findings,
    interests,
    listing,
    overall,
    sections,
    showing,
    submitting,
    texts,
    voices,
)
from qa_app.audits.views.blueprints import blueprint, concerns_blueprint

__all__ = [
    "blueprint",
    "concerns",
    "concerns_blueprint",
    "findings",
    "interests",
    "listing",
    "overall",
    "sections",
    "showing",
    "submitting",
    "texts",
    "voices",
]
