"""Forms of raising an action (E3)."""

from typing import Any, Final

from forms.base import (
    ChoiceField,
    DateField,
    HiddenField,
    ListField,
    LongTextField,
    Needed,
    SubmitField,
    TextField,
)
from forms.tracker import OwnerFields
from qa_app.domain.actions import ActionKind

_KIND_HINTS: Final = {
    ActionKind.PRIORITY: "For a child who may not be safe. Verified by a head of service.",
    ActionKind.IMPROVEMENT: "Something to be put right on this child’s case.",
    ActionKind.LEARNING: "Something for a person or a team to learn.",
    ActionKind.SERVICE: "Something for the whole service to change.",
}


class RaisingForm(OwnerFields):
    """A new action (E3). `key` makes a form that is sent twice raise one action; `looked` says that
    the prompts about its words were shown. The view hands in the themes."""

    key = HiddenField()
    looked = HiddenField()
    kind = ChoiceField(
        "What kind of action is it?",
        [Needed("Select what kind of action it is")],
        choices=[(kind.value, kind.words, _KIND_HINTS[kind]) for kind in ActionKind],
        coerce=ActionKind,
    )
    what = LongTextField(
        "What is to be done?",
        [Needed("Enter what is to be done")],
        description="One thing, so that anybody can tell when it has been done. "
        "Do not name the child or the family.",
        rows=4,
        max_length=2_000,
        thing="What is to be done",
    )
    partner_agency = TextField(
        "With a partner agency (optional)",
        description="For example, the health visiting service. Its owner is one of us all the same",
        max_length=200,
        thing="The partner agency",
    )
    theme = ListField("Theme (optional)", empty="No theme")
    due_on = DateField(
        "When is it due? (optional)",
        description="Left empty, a priority action is due on the next working day and any other "
        "in 20 working days",
        thing="The due date",
    )
    save = SubmitField("Raise this action")


class RaiseForm(RaisingForm):
    """A new action after an audit; the view hands in the audit's parts."""

    about = ListField("What is it about?", empty="The whole audit")


class ServiceActionForm(RaisingForm):
    """A new action that comes from no audit: for the service, or for somebody to learn."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind.choices = [
            (kind.value, kind.words, _KIND_HINTS[kind])
            for kind in (ActionKind.SERVICE, ActionKind.LEARNING)
        ]
        self.due_on.description = "Left empty, it is due in 20 working days"
