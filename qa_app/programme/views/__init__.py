"""The programme's pages. Importing this package adds every page to its blueprint."""

from qa_app.programme.views import (
    allocation,
    batches,
    buddies,
    covering,
    draws,
    exemptions,
    expectations,
    following,
    giving,
    months,
    planning,
    protected_time,
    reaudits,
    reminders,
    requests,
    substitutions,
    waivers,
)
from qa_app.programme.views.room import blueprint

__all__ = [
    "allocation",
    "batches",
    "blueprint",
    "buddies",
    "covering",
    "draws",
    "exemptions",
    "expectations",
    "following",
    "giving",
    "months",
    "planning",
    "protected_time",
    "reaudits",
    "reminders",
    "requests",
    "substitutions",
    "waivers",
]
