"""Forms of the daily work on an action: notes, who helps, its impact, other ladders."""

from collections.abc import Mapping
from typing import Final

from forms.base import (
    ChoiceField,
    LongTextField,
    Needed,
    NumberField,
    SubmitField,
    TextField,
)
from forms.tracker import OwnerFields, VersionedForm
from qa_app.domain.actions import Impact


class NoteForm(VersionedForm):
    """A progress note (E4)."""

    note = LongTextField(
        "How does it go?",
        [Needed("Enter how it goes")],
        description="What has been done so far, and what stands in the way. A link to the case "
        "system can be pasted in. Do not name the child or the family.",
        thing="The note",
        max_length=4_000,
        count=True,
    )
    save = SubmitField("Add this note")


class HelperForm(OwnerFields):
    """Somebody who helps the owner (E3)."""

    owner = TextField(
        "Who is to help?",
        [Needed("Enter a name or an e-mail address")],
        description="Part of the name, or the whole e-mail address",
        autocomplete="off",
        spellcheck="false",
        thing="Who is to help",
    )
    which = ChoiceField("Which of these people?", thing="Which person")
    save = SubmitField("Add this person")


class PartnerForm(VersionedForm):
    """The partner agency that takes part (E3)."""

    partner = TextField(
        "Which partner agency takes part? (optional)",
        description="For example, a school, the health visiting service or the police. Leave it "
        "empty where none does. Do not name a child or a family.",
        thing="The partner agency",
    )
    save = SubmitField("Save")


_IMPACT_HINTS: Final[Mapping[Impact, str]] = {
    Impact.UNTESTED: "Nobody has looked yet whether children are better off.",
    Impact.NONE: "Somebody looked, and found no child who is better off for it.",
    Impact.SOME: "Up to half of the children it is for are better off.",
    Impact.MOST: "More than half of the children it is for are better off.",
}


class ImpactForm(VersionedForm):
    """For how many children it has been shown to help (E9)."""

    impact = ChoiceField(
        "For how many children has it made a difference?",
        [Needed("Select for how many children it has made a difference")],
        choices=[(each.value, each.words, _IMPACT_HINTS[each]) for each in Impact],
        coerce=Impact,
    )
    note = LongTextField(
        "How do you know? (optional)",
        description="What was looked at, and when. Do not name the child or the family.",
        rows=4,
        max_length=4_000,
        thing="How you know",
    )
    save = SubmitField("Save the rating")


class LadderForm(VersionedForm):
    """A step on another ladder. The view hands in the kinds."""

    kind = ChoiceField(
        "Which other ladder is it on?", [Needed("Select which other ladder it is on")]
    )
    reference = TextField(
        "Its reference there",
        [Needed("Enter the reference that the other ladder uses")],
        description="For example, D-2023-014. Never the name of a child or a family",
        max_length=60,
        width=20,
        spellcheck="false",
        autocomplete="off",
        thing="The reference",
    )
    rung = NumberField(
        "Which stage or level has it reached?",
        [Needed("Enter which stage or level it has reached")],
        description="A number from 1 to 9",
        thing="The stage or level",
        width=2,
    )
    save = SubmitField("Note it")
