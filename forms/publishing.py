"""Checking, approving, publishing and withdrawing a version of a report."""

from typing import Any

from wtforms.validators import StopValidation

from forms.base import (
    CheckField,
    GovForm,
    HiddenField,
    LongTextField,
    ManyField,
    Needed,
    SubmitField,
)
from forms.tools import RevisionForm


class ExplainForm(GovForm):
    """Why a finding of the checks is right as it stands. `about` is empty where it is about the
    report as a whole; with `all` it is said of every open finding of the check."""

    code = HiddenField()
    about = HiddenField()
    explanation = LongTextField(
        "Why is it right as it stands?",
        [Needed("Enter why it is right as it stands")],
        description="Kept with the version and seen by those who read it in full. Name no child, "
        "family, worker or auditor.",
        rows=3,
        max_length=2_000,
        thing="The explanation",
    )
    every = CheckField("The same is true of all that this check found and nobody has explained")
    save = SubmitField("Save the explanation")


class CheckForm(RevisionForm):
    """Everything is resolved or explained: store the figures."""

    save = SubmitField("Confirm the checks")


class ApproveForm(RevisionForm):
    """A head of service or above has read it."""

    read = CheckField(
        "I have read this version, and it can be published",
        [Needed("Confirm that you have read this version")],
        legend="Before you approve it",
    )
    save = SubmitField("Approve it")


class EachTicked:
    """Every box that is offered is ticked."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """StopValidation where one is not."""
        if {str(each) for each in field.data or ()} != {each.value for each in field.choices}:
            raise StopValidation(self.message)


class PublishForm(RevisionForm):
    """Publish an approved version. `sentences` are those that may tell what is hidden; the view
    takes the question out where there are none."""

    sentences = ManyField(
        "Which of these sentences have you looked at, and found that they tell nothing hidden?",
        [
            EachTicked(
                "Look at each sentence and tick it. Take the version back where one tells too much"
            )
        ],
        description="They may tell a count that is hidden, or whose words they are.",
        thing="Sentences",
    )
    suppressed = CheckField(
        "I have looked at what is hidden in public, and no text gives it away",
        [Needed("Look at what is hidden in public, then confirm it")],
        legend="Before you publish it",
    )
    save = SubmitField("Publish it")


class TakeBackForm(RevisionForm):
    """Make it a draft again."""

    save = SubmitField("Take it back to a draft", look="secondary")


class WithdrawReportForm(RevisionForm):
    """Withdraw a published version."""

    why = LongTextField(
        "Why is it withdrawn?",
        [Needed("Enter why the version is withdrawn")],
        description="Everybody who opens it reads this. Name no child, family, worker or auditor.",
        rows=4,
        max_length=2_000,
        thing="Why it is withdrawn",
    )
    save = SubmitField("Withdraw it", look="warning")
