"""What an auditor fills in. A draft's boxes are made from what the audit tool asks."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    SubmitField,
    TextField,
)
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.grades import GRADES, ComplianceAnswer
from qa_app.domain.workflow import AuditState

Choices = Sequence[tuple[str, ...]]

GRADE_CHOICES: Choices = [(grade.value, grade.words) for grade in GRADES]
COMPLIANCE_CHOICES: Choices = [(answer.value, answer.words) for answer in ComplianceAnswer]
YES_NO: Choices = [("yes", "Yes"), ("no", "No")]


class Kind(StrEnum):
    """How a box is filled in."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"


class BoxSpec(NamedTuple):
    """One box of a draft: its name, how it is asked, and how it is filled in."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: Choices = ()
    rows: int = 6


def _field(spec: BoxSpec) -> Any:
    if spec.kind is Kind.TEXT:
        return LongTextField(spec.label, description=spec.hint, rows=spec.rows)
    if spec.kind is Kind.DATE:
        return DateField(spec.label, description=spec.hint)
    return ChoiceField(spec.label, description=spec.hint, choices=spec.choices)


class DraftForm(GovForm):
    """A page of a draft. It is saved as it is, with gaps: those are told before submitting.

    `earlier` gives the address of a box's earlier versions, None where it has none.
    """

    earlier: Callable[[str], str | None]

    save = SubmitField("Save and continue")
    later = SubmitField("Save and come back later", look="secondary")


def draft_form(specs: Iterable[BoxSpec]) -> type[DraftForm]:
    """A form class with these boxes, each field named as its box."""
    return type("BoxesForm", (DraftForm,), {spec.name: _field(spec) for spec in specs})


_ABOUT: Choices = [
    (FindingAbout.PRACTICE.value, "Practice: what was done with or for the child"),
    (FindingAbout.RECORDING.value, "Recording only: it was done, but not written down well"),
]


class FindingForm(GovForm):
    """A strength or an area for development (A4). `version` is of the finding that is changed.

    It may stand in the form of a page's boxes: `is_begun` says that something was written in it.
    """

    kind = ChoiceField(
        "What did you find?",
        [Needed("Select whether this is a strength or an area for development")],
        choices=[(kind.value, kind.words) for kind in FindingKind],
        coerce=FindingKind,
    )
    text = LongTextField(
        "Say what it is",
        [Needed("Enter what you found")],
        description="One thing, with the difference that it made or could make for the child.",
        rows=4,
        max_length=4_000,
    )
    theme = ListField("Theme", [Needed("Select a theme")])
    others = ManyField(
        "Which other themes does it belong to?",
        description="Any number. It is counted under each of them, and the audit once under each.",
    )
    section = ListField("Section", [Needed("Select a section")])
    about = ChoiceField(
        "Is it about practice, or about recording only?",
        [Needed("Select whether it is about practice or recording only")],
        choices=_ABOUT,
        coerce=FindingAbout,
    )
    version = HiddenField()
    suggest = SubmitField("Suggest themes", look="secondary")
    add = SubmitField("Add this finding", look="secondary")

    @property
    def is_begun(self) -> bool:
        """Whether a finding is to be saved: its button was pressed, or there are words of it."""
        return bool(self.add.data or self.text.data)

    def may_save(self) -> bool:
        """Whether the page may be saved: with a whole finding, or with none.

        What was typed would be lost with the page, so half a finding is asked about (A8).
        """
        if self.suggest.data:
            return False
        return not self.is_begun or bool(self.validate())


class AuditFilterForm(GovForm):
    """What a list of audits is narrowed to; every part may be left empty."""

    class Meta:
        csrf = False

    q = TextField("Audit number or case reference", max_length=60, width=20)
    state = ListField(
        "State", empty="Any", choices=[(state.value, state.words) for state in AuditState]
    )
    month = TextField("Month", description="Like 2023-04", max_length=7, width=10)
    grade = ListField("Final grade", empty="Any", choices=GRADE_CHOICES)
    team = ListField("Team", empty="Any")
