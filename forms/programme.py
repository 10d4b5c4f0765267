"""Giving an audit to an auditor."""

from datetime import date

from forms.base import (
    ChoiceField,
    GovForm,
    ListField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)
from qa_app.domain.grades import Selection


class CaseSearchForm(GovForm):
    """Finding a case by its reference."""

    class Meta:
        csrf = False

    case = TextField(
        "Case reference",
        description="The case system's number, in full.",
        max_length=40,
        width=20,
    )


class GiveForm(GovForm):
    """Who audits the case, with which tool, in which month or batch, and how it was chosen (S5)."""

    auditor = ListField("Auditor", [Needed("Select an auditor")])
    tool = ListField("Audit tool", empty=None)
    month = ChoiceField(
        "Month",
        [NeededIf(lambda form: not form.batch.data, "Select the month")],
        coerce=date.fromisoformat,
    )
    batch = ListField(
        "Thematic audit or batch",
        description="Instead of the month: it is then due on the batch’s last day.",
        empty="None: it counts in the month",
    )
    selection = ChoiceField(
        "How was this case chosen?",
        [Needed("Select how this case was chosen")],
        choices=[
            (Selection.RANDOM.value, "At random"),
            (Selection.TARGETED.value, "Targeted", "A person or an anomaly in the data picked it"),
            (Selection.THEMATIC.value, "Thematic", "It belongs to a theme that is being looked at"),
        ],
        coerce=Selection,
    )
    reason = TextField(
        "Why this case?",
        [
            NeededIf(
                lambda form: form.selection.data in (Selection.TARGETED, Selection.THEMATIC),
                "Enter why this case was chosen",
            )
        ],
        description="Needed unless it was chosen at random. No names of children or family.",
        max_length=400,
    )
    give = SubmitField("Give the audit")
