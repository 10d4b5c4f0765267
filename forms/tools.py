"""Writing an audit tool: beginning one, what it says of itself, and its file."""

from typing import Any

from forms.base import (
    ChoiceField,
    GovForm,
    HiddenField,
    LongTextField,
    ManyField,
    Needed,
    NumberField,
    SubmitField,
    TextField,
    UploadField,
)
from qa_app.domain.grades import PlanType
from qa_app.domain.tools import FRAMES, ToolContent

FLAGS = ("graded", "voices", "gates", "moderated", "counts_in_mtm")
PLAN_CHOICES = [(each.value, each.words) for each in PlanType]
SAYS_CHOICES = [
    ("graded", "It is graded", "Taken away, the descriptions of the grades go with it."),
    ("voices", "It asks for voices", "Of the child, the family, the worker and their manager."),
    ("gates", "It has gates", "It cannot be sent before it is complete."),
    ("moderated", "It is moderated", "Only a graded tool can be."),
    ("counts_in_mtm", "It counts in MTM-1 to MTM-3", "Graded, moderated and with gates only."),
]


def plans_field(label: str) -> Any:
    """Any number of plans."""
    return ManyField(label, choices=PLAN_CHOICES, description="None chosen means every plan.")


class RevisionForm(GovForm):
    """A form that knows which state of the draft its page showed."""

    revision = HiddenField()

    @property
    def shown_revision(self) -> int:
        """The draft's revision that the page showed; 0 where the page was tampered with."""
        text = str(self.revision.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class NewToolForm(GovForm):
    """A tool that there is none like yet."""

    name = TextField("Name of the tool", [Needed("Enter the name of the tool")])
    code = TextField(
        "Code",
        [Needed("Enter a code for the tool")],
        description="Small letters and hyphens, like mash-decision. It never changes: "
        "files and commands name the tool by it.",
        width=20,
        max_length=40,
        spellcheck="false",
    )
    begin = SubmitField("Begin a draft")


class ToolFactsForm(RevisionForm):
    """What the tool says of itself (P7), and the cases that it is drawn from (S1)."""

    name = TextField("Name of the tool", [Needed("Enter the name of the tool")])
    purpose = LongTextField(
        "What is it for?",
        description="One to three sentences: what it looks at, and how its results are used.",
        rows=4,
        max_length=4_000,
    )
    plan_types = plans_field("Plans of the cases that it is drawn from")
    frame = ChoiceField(
        "Which cases is it drawn from?",
        [Needed("Select which cases it is drawn from")],
        choices=[
            ("open", "Open cases"),
            ("recently_opened", "Recently opened cases"),
            ("recently_closed", "Recently closed cases"),
        ],
    )
    frame_months = NumberField(
        "How many months does it look back?",
        [Needed("Enter how many months it looks back")],
        description="For recently opened and recently closed cases.",
        width=3,
    )
    usual_number = NumberField(
        "How many audits a month are usual?",
        description="Leave it empty where it is one for each auditor.",
        width=4,
    )
    says = ManyField(
        "What does the tool say of itself?",
        choices=SAYS_CHOICES,
    )
    changes = LongTextField(
        "What is new in this version?",
        description="For those who used the one before. Empty for a first version.",
        rows=4,
        max_length=4_000,
    )
    save = SubmitField("Save")

    def refuse(self, message: str, field: str | None = None) -> None:
        """A rule names what the tool says of itself one by one; the page asks it together."""
        super().refuse(message, "says" if field in FLAGS else field)

    def content(self) -> ToolContent:
        """What was entered; the code, the number and the sections are the draft's."""
        said = set(self.says.data or ())
        return ToolContent(
            code="",
            version=1,
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            plan_types=tuple(self.plan_types.data or ()),
            frame=self.frame.data or next(iter(FRAMES)),
            frame_months=self.frame_months.data or 0,
            usual_number=self.usual_number.data,
            changes=self.changes.data or "",
            graded="graded" in said,
            voices="voices" in said,
            gates="gates" in said,
            moderated="moderated" in said,
            counts_in_mtm="counts_in_mtm" in said,
        )

    @staticmethod
    def shown(tool: ToolContent) -> dict[str, Any]:
        """The fields' values that show a draft."""
        return vars(tool) | {"says": [flag for flag in FLAGS if getattr(tool, flag)]}


class ToolFileForm(GovForm):
    """A tool's file."""

    file = UploadField(
        "The tool’s file (YAML)",
        [Needed("Choose the tool’s file")],
        description="As it is downloaded here, changed in a text editor.",
        accept=".yaml,.yml",
    )
    read = SubmitField("Read the file")
