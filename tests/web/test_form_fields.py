"""Fields say what is wrong, keep what was typed, and link each error to a control of the page."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from forms.base import (
    CheckField,
    ChoiceField,
    DateField,
    GovForm,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    NeededIf,
    NumberField,
    PasswordField,
    SubmitField,
    TextField,
    UploadField,
    clean_line,
    clean_text,
)
from qa_app.domain.grades import Grade
from tests.pages import check_page

TEAM = UUID("0d9a2c5e-6f0b-4a52-9a57-2c8c1a6a7a11")


class Everything(GovForm):
    """One of each field, in the order of the page."""

    who = TextField("Who answered", [Needed("Enter who answered")], description="Name and post")
    evidence = LongTextField("Evidence", max_length=10, count=True, thing="The evidence")
    grade = ChoiceField(
        "Grade",
        [Needed("Select a grade for risk and safety")],
        choices=[(grade, grade.words, "") for grade in Grade],
        coerce=Grade,
    )
    asked = ChoiceField("Was the child asked?", choices=[("yes", "Yes"), ("no", "No")])
    why = TextField("Why not?", [NeededIf(lambda form: form.asked.data == "no", "Enter why not")])
    themes = ManyField("Themes", choices=[("a", "Plan", "Say which"), ("b", "Visits")])
    opened = CheckField("I opened the record", [Needed("Confirm that you opened the record")])
    team = ListField("Team", choices=[], coerce=UUID)
    due = DateField("When is it due?", [Needed("Enter when it is due")], thing="The due date")
    cases = NumberField("How many", thing="The number of cases")
    secret = PasswordField("Password", autocomplete="new-password")
    book = UploadField("Workbook", accept=".xlsx")
    save = SubmitField("Save")


GIVEN = {
    "who": " Jo\tMarsh ",
    "grade": "good",
    "opened": "y",
    "due-day": "3",
    "due-month": "May",
    "due-year": "2023",
    "save": "1",
}


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="forms", WTF_CSRF_ENABLED=False)
    with app.test_request_context("/"):
        yield


def filled(**changes: str) -> Everything:
    """The form as posted: everything needed, with changes; an empty change leaves a field out."""
    values = {name: text for name, text in (GIVEN | changes).items() if text != ""}
    return Everything(formdata=MultiDict(values))


def page_of(form: Everything) -> str:
    """The fields in a page, as a template would put them."""
    summary = "".join(
        f'<a href="{href}">{message}</a>' for message, href in form.errors_for_summary()
    )
    head = "Error: " if summary else ""
    box = f'<div class="govuk-error-summary">{summary}</div>' if summary else ""
    fields = "".join(str(field()) for field in form)
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><title>{head}Audit</title></head><body>{box}'
        f"<h1>Audit</h1><form>{fields}</form></body></html>"
    )


def test_a_complete_form_is_read() -> None:
    form = filled()
    assert form.validate()
    assert form.who.data == "Jo Marsh"
    assert form.grade.data is Grade.GOOD
    assert form.due.data == date(2023, 5, 3)
    assert form.opened.data
    assert form.save.data
    assert form.themes.data == []
    assert form.asked.data is None


@pytest.mark.parametrize(
    ("changes", "message", "href"),
    [
        # What is needed is asked for with its noun, at its first control.
        ({"who": ""}, "Enter who answered", "#who"),
        ({"who": " \t "}, "Enter who answered", "#who"),
        ({"grade": ""}, "Select a grade for risk and safety", "#grade"),
        ({"asked": "no"}, "Enter why not", "#why"),
        ({"opened": ""}, "Confirm that you opened the record", "#opened"),
        # An answer that the page did not offer.
        ({"grade": "excellent"}, "Grade: select one of the answers shown", "#grade"),
        ({"team": str(TEAM)}, "Team: select one of the answers shown", "#team"),
        ({"team": "x"}, "Team: select one of the answers shown", "#team"),
        # Too long is counted for the person (IN-5).
        (
            {"evidence": "x" * 1_001},
            "The evidence must be 10 characters or fewer; it has 1,001",
            "#evidence",
        ),
        # A date's link goes to the first part that is wrong (AC-5).
        (
            {"due-day": "", "due-month": "", "due-year": ""},
            "Enter when it is due",
            "#due-day",
        ),
        ({"due-month": ""}, "The due date must include a month", "#due-month"),
        (
            {"due-month": "", "due-year": ""},
            "The due date must include a month and year",
            "#due-month",
        ),
        (
            {"due-day": "31", "due-month": "2"},
            "The due date must be a real date, like 3 5 2023",
            "#due-day",
        ),
        (
            {"due-month": "Mai 5"},
            "The due date must be a real date, like 3 5 2023",
            "#due-month",
        ),
        (
            {"due-year": "23"},
            "The due date: the year must have 4 digits, like 2023",
            "#due-year",
        ),
        # A number is in digits.
        ({"cases": "a few"}, "The number of cases must be a whole number, like 12", "#cases"),
    ],
)
def test_what_is_wrong_is_said_once_and_linked(
    changes: dict[str, str], message: str, href: str
) -> None:
    form = filled(**changes)
    assert not form.validate()
    assert form.errors_for_summary() == [(message, href)]
    check_page(page_of(form), 200)


def test_nothing_typed_is_cleared_when_it_is_refused() -> None:
    form = filled(
        who="", evidence="<b>a long text</b>", cases="a few", **{"due-month": "13"}, themes="b"
    )
    assert not form.validate()
    page = page_of(form)
    assert "\n&lt;b&gt;a long text&lt;/b&gt;</textarea>" in page
    assert 'value="a few"' in page
    assert 'value="13"' in page
    assert 'checked class="govuk-checkboxes__input"' in page


def test_a_password_is_kept_as_typed_and_never_sent_back() -> None:
    form = filled(secret=" two  spaces ", who="")
    assert not form.validate()
    assert form.secret.data == " two  spaces "
    assert "two  spaces" not in page_of(form)


def test_choices_may_come_after_the_form_is_made() -> None:
    form = filled(team=str(TEAM))
    form.team.choices = [(str(TEAM), "Safeguarding 2")]
    assert form.validate()
    assert form.team.data == TEAM
    assert f'<option selected value="{TEAM}">Safeguarding 2</option>' in str(form.team())


def test_stored_values_are_shown() -> None:
    form = Everything(
        data={"due": date(2023, 5, 3), "grade": Grade.INADEQUATE, "themes": ["a"], "cases": 12}
    )
    assert 'value="2023"' in str(form.due())
    assert 'checked class="govuk-radios__input" id="grade-4"' in str(form.grade())
    assert 'value="12"' in str(form.cases())
    check_page(page_of(form), 200)


def test_a_rule_that_refused_is_shown_at_its_field() -> None:
    form = filled()
    assert form.validate()
    form.refuse("Choose somebody else: they manage this team", "team")
    form.refuse("The audit has been withdrawn")
    assert form.errors_for_summary() == [
        ("The audit has been withdrawn", "#who"),
        ("Choose somebody else: they manage this team", "#team"),
    ]


def test_what_is_asked_after_a_choice_stands_inside_it() -> None:
    form = filled()
    html = str(form.asked(reveal={"no": form.why}))
    assert 'data-aria-controls="asked-2-more"' in html
    assert html.index('id="asked-2-more"') < html.index('id="why"') < html.index("</fieldset>")


def test_a_field_can_be_the_heading_and_carry_data() -> None:
    form = filled()
    assert '<h1 class="govuk-label-wrapper"><label' in str(form.who(heading=True))
    assert '<h1 class="govuk-fieldset__heading">Grade</h1>' in str(form.grade(heading=True))
    html = str(form.grade(data_field="risk.grade"))
    assert html.count('data-field="risk.grade"') == len(Grade)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        # What no database, spreadsheet or document can hold goes (IN-5).
        ("a\x00b\ud800c\x0b\uffff", "abc"),
        # Line breaks become one kind, so that autosave and an ordinary save store the same.
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        # Everything else stays: right-to-left writing, emoji, a tab, markup.
        (" שלום 👍\t<i>x</i> ", "שלום 👍\t<i>x</i>"),
        (None, None),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_stored(typed: str | None, stored: str | None) -> None:
    assert clean_text(typed) == stored
    assert clean_line(typed) == (None if stored is None else " ".join(stored.split()))
