"""Forms of the list of themes (T1)."""

from forms.base import (
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    Needed,
    SubmitField,
    TextField,
)


class ThemeForm(GovForm):
    """What a theme says of itself. `seen` is what its page showed."""

    seen = HiddenField()
    name = TextField(
        "Name", [Needed("Enter a name")], description="A few words that a strength and an area for "
        "development can both be filed under", max_length=100,
    )  # fmt: skip
    description = LongTextField(
        "What belongs here? (optional)", rows=3, max_length=1_000, thing="What belongs here"
    )
    synonyms = LongTextField(
        "Phrases that point to it (optional)",
        description="One on each line. The tool suggests this theme where an auditor writes like "
        "this; a person decides.",
        rows=6,
        max_length=2_000,
        thing="The phrases",
    )
    save = SubmitField("Save this theme")

    @property
    def phrases(self) -> tuple[str, ...]:
        """The lines that hold something."""
        return _lines(self.synonyms.data)


class WhyForm(GovForm):
    """A change of the list, with the reason that stands in the theme's history."""

    why = LongTextField(
        "Why?", [Needed("Enter why")],
        description="It stands in the theme’s history. Do not name a child or a family.", rows=3,
        max_length=400, thing="The reason",
    )  # fmt: skip


class MergeThemeForm(WhyForm):
    """Into which theme; the view hands in those in use."""

    into = ListField("Into which theme?", [Needed("Select the theme that it goes into")])
    save = SubmitField("Merge this theme", look="warning")


class SplitThemeForm(WhyForm):
    """Which themes come of one."""

    parts = LongTextField(
        "Which themes come of it?",
        [Needed("Enter the names of the new themes, one on each line")],
        description="One name on each line, at least two. What belongs to each can be written "
        "afterwards.",
        rows=4,
        max_length=1_000,
        thing="The names",
    )
    save = SubmitField("Split this theme", look="warning")

    @property
    def names(self) -> tuple[str, ...]:
        """The lines that hold something."""
        return _lines(self.parts.data)


class EndThemeForm(WhyForm):
    """Taking a theme out of use."""

    save = SubmitField("End this theme", look="warning")


class ReopenThemeForm(WhyForm):
    """Taking it into use again."""

    save = SubmitField("Use this theme again")


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
