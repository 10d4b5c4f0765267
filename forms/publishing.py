"""Checking, approving, publishing and withdrawing a version of a report."""

from forms.base import CheckField, GovForm, HiddenField, LongTextField, Needed, SubmitField
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


class PublishForm(RevisionForm):
    """Publish an approved version."""

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
