"""Forms of examples of good practice (T4)."""

from forms.base import CheckField, GovForm, LongTextField, Needed, SubmitField, TextField


class ExampleForm(GovForm):
    """An example in words written anew."""

    title = TextField("Title", [Needed("Enter a title")], max_length=200)
    text = LongTextField(
        "What was done well, and what difference did it make?",
        [Needed("Enter what was done well")],
        description="Write it anew, so that nobody can tell which child or family it is about: no "
        "names, dates, places or anything that only one family has.",
        rows=8,
        max_length=4_000,
        thing="What was done well",
    )
    save = SubmitField("Save and ask the team")


class RefuseForm(GovForm):
    """Not agreeing for the team."""

    why = LongTextField(
        "Why not?", [Needed("Enter why not")], rows=3, max_length=1_000, thing="The reason",
        description="Whoever wrote the example reads it. Do not name a child or a family.",
    )  # fmt: skip
    save = SubmitField("Do not agree", look="warning")


class PublishForm(GovForm):
    """Publishing; where words may identify somebody it asks once more."""

    looked = CheckField(
        "I have looked: the marked words identify no child or family",
        legend="Words that may identify somebody",
    )
    save = SubmitField("Publish it")
