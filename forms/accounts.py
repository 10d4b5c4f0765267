"""Forms of signing in, of one's own account, and of the administrator's pages."""

import re
from typing import Any

from wtforms.validators import StopValidation

from forms.base import (
    CheckField,
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    ManyField,
    Needed,
    NeededIf,
    NumberField,
    PasswordField,
    SubmitField,
    TextField,
)

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
LONGEST_EMAIL = 254


class EmailAddress:
    """Refuses what is no address; whether it is anybody's, only the mail server knows."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and not _EMAIL.fullmatch(field.data):
            raise StopValidation("Enter an e-mail address like name@council.gov.uk")


class SameAs:
    """Refuses a second typing that differs from the first."""

    def __init__(self, other: str, message: str) -> None:
        self.other = other
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if field.data != form[self.other].data:
            raise StopValidation(self.message)


def email_field(hint: str = "", autocomplete: str = "off") -> Any:
    """A box for one address."""
    return TextField(
        "E-mail address",
        [Needed("Enter an e-mail address"), EmailAddress()],
        description=hint,
        max_length=LONGEST_EMAIL,
        type="email",
        autocomplete=autocomplete,
        spellcheck="false",
    )


class SignInForm(GovForm):
    """Address and password; `next` is where the person was going."""

    email = email_field(autocomplete="username")
    password = PasswordField(
        "Password", [Needed("Enter your password")], autocomplete="current-password"
    )
    next = HiddenField()


class ForgottenForm(GovForm):
    """Whose password was forgotten."""

    email = email_field("The address that you sign in with.", autocomplete="username")


class ChoosePasswordForm(GovForm):
    """A new password, typed or pasted twice."""

    password = PasswordField(
        "New password",
        [Needed("Enter a password")],
        description="At least 15 characters. Three or four words that do not belong together are "
        "easy to remember; a password manager is easier still. You can paste it.",
        autocomplete="new-password",
    )
    again = PasswordField(
        "The new password again",
        [SameAs("password", "Enter the same password twice")],
        autocomplete="new-password",
    )


class ChangePasswordForm(ChoosePasswordForm):
    """The same, by somebody who is signed in."""

    current = PasswordField(
        "Your password now",
        [Needed("Enter the password you have now")],
        autocomplete="current-password",
    )


class PeopleFilterForm(GovForm):
    """Which people to list; it is sent by GET and changes nothing."""

    class Meta:
        csrf = False

    q = TextField("Name, e-mail address or staff id", max_length=100)
    role = ListField("Role", empty="Any role")
    team = ListField("Team or service", empty="Any team")
    account = ListField("Account", empty="With or without an account")


class RoleForm(GovForm):
    """A role to give, how far it reaches, and for how long."""

    role = ChoiceField("Role", [Needed("Select a role")])
    scope = ChoiceField("How far it reaches", [Needed("Select how far the role reaches")])
    team = ListField(
        "Which team or service",
        [
            NeededIf(
                lambda form: form.scope.data in ("team", "service"),
                "Select the team or service that the role is for",
            )
        ],
        description="Only for a role that reaches a team or a service.",
    )
    valid_from = DateField("First day", [Needed("Enter the first day of the role")])
    valid_until = DateField(
        "Last day", description="Leave it empty for a role without an end, as for a permanent post."
    )


class InviteForm(GovForm):
    """Somebody whom the extract does not know, with a first role."""

    name = TextField("Full name", [Needed("Enter the person's full name")], autocomplete="off")
    email = email_field()
    role = ChoiceField("Role", [Needed("Select a role")])
    scope = ChoiceField("How far it reaches", [Needed("Select how far the role reaches")])
    team = ListField(
        "Which team or service",
        [
            NeededIf(
                lambda form: form.scope.data in ("team", "service"),
                "Select the team or service that the role is for",
            )
        ],
        description="Only for a role that reaches a team or a service.",
    )


class EndRoleForm(GovForm):
    """When a role ends."""

    last_day = DateField(
        "Last day of the role", description="Leave it empty to end the role at once."
    )


class LineManagerForm(GovForm):
    """Who manages a person, by e-mail address or staff id."""

    manager = TextField(
        "Line manager’s e-mail address or staff id",
        description="Leave it empty to follow the department tree.",
        width=30,
    )


class LastDayForm(GovForm):
    """Until when an account lets its person in."""

    last_day = DateField(
        "Last day of the account",
        description="That day is included. A day that is over ends the account at once. Left "
        "empty, it has no end: a partner’s account always has one.",
    )
    save = SubmitField("Save the last day")


class EmailForm(GovForm):
    """The address of somebody who gets an account."""

    email = email_field("The link to choose a password is sent there.")


class SettingForm(GovForm):
    """A setting's value and the day from which it holds."""

    value = TextField("New value", [Needed("Enter a value")])
    valid_from = DateField("From which day", [Needed("Enter the day from which it holds")])


class JobTitleForm(GovForm):
    """What a job title of the extract stands for."""

    kind = ListField("Post", [Needed("Select the post that it stands for")], empty=None)
    rank = NumberField(
        "Rank",
        [Needed("Enter a rank from 0 to 99")],
        description="Higher is more senior: a social worker 10, a team manager 40, "
        "a head of service 60, the corporate director 80.",
        width=3,
    )
    line = CheckField("This post manages the people of its unit", legend="Line management")
    roles = ManyField("Roles that come with the post")

    def validate_rank(self, field: Any) -> None:
        """A rank only compares: 0 to 99 is plenty."""
        if field.data is not None and not 0 <= field.data <= 99:
            raise StopValidation("Enter a rank from 0 to 99")
