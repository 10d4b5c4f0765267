"""Forms of withdrawing an action: asking for it, the auditor heard, and deciding (E5)."""

from forms.base import CheckField, LongTextField, Needed, SubmitField
from forms.tracker import VersionedForm


class AskForm(VersionedForm):
    """Somebody asks that an action be withdrawn, and says why."""

    why = LongTextField(
        "Why should it be withdrawn?",
        [Needed("Enter why this action should be withdrawn")],
        description="For example, it was raised twice, or the child has moved to another "
        "authority. Do not name the child or the family.",
        rows=4,
        max_length=2_000,
        thing="Why it should be withdrawn",
    )
    save = SubmitField("Ask for it to be withdrawn")


class SayForm(VersionedForm):
    """The auditor says what they think of a request."""

    words = LongTextField(
        "What do you think of withdrawing it?",
        [Needed("Enter what you think of withdrawing this action")],
        description="Whether what you found still needs it. Whoever decides reads this first. "
        "Do not name the child or the family.",
        rows=4,
        max_length=2_000,
        thing="What you think of withdrawing it",
    )
    save = SubmitField("Send what I think")


class KeepForm(VersionedForm):
    """A head of service outside the owner's service decides that the action stays."""

    why = LongTextField(
        "Why does it stay?",
        [Needed("Enter why this action stays")],
        rows=4,
        max_length=2_000,
        thing="Why it stays",
    )
    save = SubmitField("Decide that it stays")


class WithdrawForm(VersionedForm):
    """A withdrawal by a head of service outside the owner's service (E5)."""

    reason = LongTextField(
        "Why is it withdrawn?", [Needed("Enter why this action is withdrawn")], rows=4,
        max_length=2_000, thing="Why it is withdrawn",
    )  # fmt: skip
    heard = CheckField(
        "I have spoken with whoever audited the case, and know what they think of it",
        [Needed("Confirm that you have heard the auditor")],
        legend="Before you withdraw it",
    )
    save = SubmitField("Withdraw this action", look="warning")
