"""Putting an audit back, withdrawing it, and doing it with a second auditor."""

from collections.abc import Iterable

from forms.accounts import EmailAddress
from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    ListField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)
from qa_app.domain.auditreasons import (
    LONGEST,
    TakenOffBecause,
    UnstartReason,
    WithdrawReason,
)

LONGEST_NAME = 90
_HINT = (
    "Only needed for another reason. It stands in the audit’s history, which is never changed: no "
    "names of children or family, and nothing about anybody’s health."
)


def _choices(
    reasons: Iterable[UnstartReason | WithdrawReason | TakenOffBecause],
) -> list[tuple[str, str]]:
    return [(each.value, each.words) for each in reasons]


def _words(thing: str) -> TextField:
    return TextField(
        "In your own words",
        [NeededIf(lambda form: form.reason.data == "other", f"Enter why {thing}")],
        description=_HINT,
        max_length=LONGEST,
    )


class UnstartForm(GovForm):
    """Why the audit goes back to not started."""

    reason = ChoiceField(
        "Why does it go back?",
        [Needed("Select why it goes back")],
        choices=_choices(UnstartReason),
        coerce=UnstartReason,
    )
    words = _words("it goes back")
    save = SubmitField("Put it back to not started")


class WithdrawForm(GovForm):
    """Why the audit is withdrawn."""

    reason = ChoiceField(
        "Why is it withdrawn?",
        [Needed("Select why it is withdrawn")],
        choices=_choices(WithdrawReason),
        coerce=WithdrawReason,
    )
    words = _words("it is withdrawn")
    save = SubmitField("Withdraw this audit", look="warning")


class ColleagueForm(GovForm):
    """Which colleague does the audit too."""

    auditor = ListField("Which colleague?", [Needed("Select a colleague")])
    add = SubmitField("Add this colleague")


class PartnerForm(GovForm):
    """Somebody of a partner agency, and until when they can sign in."""

    name = TextField(
        "Full name",
        [Needed("Enter the partner’s full name")],
        max_length=LONGEST_NAME,
        autocomplete="off",
        width=30,
    )
    organisation = TextField(
        "Organisation",
        [Needed("Enter the partner’s organisation")],
        description="For example, the police or the health trust. It stands beside the name.",
        max_length=LONGEST_NAME,
        width=30,
    )
    email = TextField(
        "Work e-mail address",
        [Needed("Enter the partner’s e-mail address"), EmailAddress()],
        description="The link to choose a password goes there.",
        max_length=254,
        type="email",
        autocomplete="off",
        spellcheck="false",
    )
    last_day = DateField(
        "Last day of the account",
        [Needed("Enter the last day of the account")],
        description="That day is included. Afterwards they can neither sign in nor read the audit.",
    )
    invite = SubmitField("Invite this partner")


class TakeOffForm(GovForm):
    """Why the second auditor is taken off."""

    reason = ChoiceField(
        "Why are they taken off?",
        [Needed("Select why they are taken off")],
        choices=_choices(TakenOffBecause),
        coerce=TakenOffBecause,
    )
    words = _words("they are taken off")
    take_off = SubmitField("Take them off", look="warning")
