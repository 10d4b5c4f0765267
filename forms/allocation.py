"""Allocating a draw, and waiving a conflict of interest."""

from forms.base import (
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    Needed,
    SubmitField,
)


class AllocationForm(GovForm):
    """A button that says which version of the allocation its page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that the page showed; None where the form did not say."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class ChangeAllocationForm(AllocationForm):
    """Who audits one case of a draw."""

    auditor = ListField("Who audits this case?", [Needed("Select an auditor")])
    save = SubmitField("Save this change")


class WaiverForm(GovForm):
    """Why an auditor does an audit in spite of a conflict (S6)."""

    alternatives = LongTextField(
        "Why will none of these alternatives do?",
        [Needed("Enter why none of the alternatives will do")],
        description="Say it for each: another service, a pair of auditors, an outside auditor. No "
        "names of children or family.",
        thing="Why none of the alternatives will do",
        rows=4,
        max_length=1_000,
        count=True,
    )
    reason = LongTextField(
        "Why is the conflict waived?",
        [Needed("Enter the reason for the waiver")],
        description="It is listed with the waiver in the compliance report.",
        thing="The reason for the waiver",
        rows=4,
        max_length=1_000,
        count=True,
    )
    save = SubmitField("Grant this waiver")
