"""The grades that a blind moderator gives before the auditor's are shown (M3)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from forms.base import CheckField, ChoiceField, GovForm, Needed, SubmitField
from qa_app.domain.grades import GRADES, Grade

OVERALL: Final = "overall"


class FirstGradesForm(GovForm):
    """A grade for each of `codes`; `first_grades_form` adds the questions."""

    codes: Sequence[str] = ()

    opened_record: CheckField
    save: SubmitField

    def grades(self) -> dict[str, Grade]:
        """The grades by section code and OVERALL, after validation."""
        return {code: self[f"{code}_grade"].data for code in self.codes}


def first_grades_form(
    sections: Sequence[tuple[str, str, Mapping[str, str]]],
) -> type[FirstGradesForm]:
    """A form that asks for each section's grade and the overall one.

    `sections` are (code, title, what each grade looks like by its value).
    """
    named = [(code, title.lower(), descriptors) for code, title, descriptors in sections]
    asked = [*named, (OVERALL, "the audit as a whole", {})]
    fields: dict[str, Any] = {"codes": tuple(code for code, *_ in asked)}
    fields |= {f"{code}_grade": _grade(name, descriptors) for code, name, descriptors in asked}
    fields["opened_record"] = CheckField(
        "I opened the child’s record and read it for this moderation",
        [Needed("Confirm that you opened the child’s record, or open it before you go on")],
        legend="The child’s record",
    )
    fields["save"] = SubmitField("Keep these grades and show me the auditor’s")
    return type("FullFirstGradesForm", (FirstGradesForm,), fields)


def _grade(name: str, descriptors: Mapping[str, str]) -> ChoiceField:
    return ChoiceField(
        f"Your grade for {name}",
        [Needed(f"Select a grade for {name}")],
        choices=[(each.value, each.words, descriptors.get(each.value, "")) for each in GRADES],
        coerce=Grade,
        thing=f"Your grade for {name}",
    )
