"""Giving a case to be audited again, and calling that off (E8)."""

from forms.base import DateField, GovForm, ListField, LongTextField, Needed, SubmitField


class GiveReAuditForm(GovForm):
    """Who audits the case again, and by when; the month of that day is its cycle."""

    auditor = ListField("Auditor", [Needed("Select an auditor")])
    due_on = DateField(
        "To be done by",
        [Needed("Enter the day by which it is to be done")],
        description="It belongs to the cycle of this day’s month.",
    )
    give = SubmitField("Give the re-audit")


class CallOffForm(GovForm):
    """Why a case is not audited again."""

    reason = LongTextField(
        "Why is this case not audited again?",
        [Needed("Enter why the case is not audited again")],
        description="Such as: the case is closed, or the child has moved to another authority. No "
        "names of children or family.",
        rows=4,
        max_length=400,
        thing="The reason",
    )
    save = SubmitField("Call the re-audit off", look="warning")
