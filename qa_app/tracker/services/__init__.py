"""What changes an action. Everything here takes `by` and `at`, and leaves saving to its caller."""

from qa_app.tracker.services.blinding import keep_from, show_to
from qa_app.tracker.services.changing import BEING_WORKED_ON, change_due_date, reassign
from qa_app.tracker.services.importing import ImportedAction, import_actions
from qa_app.tracker.services.moving import finish, send_back, start, verify
from qa_app.tracker.services.raising import Pinned, default_due_on, raise_action
from qa_app.tracker.services.refusing import (
    ChangedMeanwhile,
    NotAllowed,
    barred_sentence,
    note_refused,
)
from qa_app.tracker.services.withdrawing import withdraw

__all__ = [
    "BEING_WORKED_ON",
    "ChangedMeanwhile",
    "ImportedAction",
    "NotAllowed",
    "Pinned",
    "barred_sentence",
    "change_due_date",
    "default_due_on",
    "finish",
    "import_actions",
    "keep_from",
    "note_refused",
    "raise_action",
    "reassign",
    "send_back",
    "show_to",
    "start",
    "verify",
    "withdraw",
]
