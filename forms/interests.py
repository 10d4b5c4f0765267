"""Declaring an interest in a case. Why is never asked: that somebody knows a family is theirs."""

from forms.base import GovForm, ListField, Needed, SubmitField, TextField


class DeclareForm(GovForm):
    """In the case of an audit that the page is about."""

    declare = SubmitField("Declare an interest")


class InterestForm(GovForm):
    """In any case, by its reference; the QA lead says whose interest it is."""

    person = ListField("Whose interest is it?", [Needed("Select whose interest it is")], empty=None)
    case = TextField(
        "Case reference",
        [Needed("Enter the case reference")],
        description="The case system’s number, in full.",
        max_length=40,
        width=20,
    )
    declare = SubmitField("Declare an interest")
