"""The page checker finds each fault it is there for, and passes a page without any."""

import re

import pytest

from tests.pages import CHECKS, check_page

GOOD = """<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Your audits – Case file audit</title>
<link rel="stylesheet" href="/static/app.css"><script type="module" src="/static/app.js"></script>
</head>
<body>
<h1>Your audits</h1>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="who">Who answered</label><input id="who" name="who" aria-describedby="who-hint">
<p id="who-hint">Their name</p>
<fieldset><legend>Grade</legend>
<input type="radio" name="grade" id="grade" value="good"><label for="grade">Good</label>
<input type="radio" name="grade" id="grade-2" value="poor"><label for="grade-2">Other</label>
</fieldset>
<input type="checkbox" name="sure" id="sure"><label for="sure">I opened the record</label>
<button type="submit">Save</button></form>
<h2>Done</h2>
<table><caption>Grades</caption>
<thead><tr><th scope="col">Grade</th><th scope="col">n</th></tr></thead>
<tbody><tr><th scope="row">Good</th><td><a href="/audits">3</a></td></tr></tbody></table>
<img src="/static/chart.svg" alt="Grades by month"><svg aria-hidden="true"></svg>
</body></html>"""

SUMMARY = '<div class="govuk-error-summary"><a href="#{}">Enter who answered</a></div>'


def with_error(page: str, target: str) -> str:
    """The good page with an error summary whose link goes to an id."""
    return page.replace("<title>", "<title>Error: ").replace(
        "<h1>", f"{SUMMARY.format(target)}<h1>"
    )


def test_a_page_without_a_fault_passes() -> None:
    check_page(GOOD, 200)


def test_a_page_that_says_its_errors_passes() -> None:
    check_page(with_error(GOOD, "who"), 200)  # AC-5


def test_a_redirect_is_not_a_page() -> None:
    check_page("<p>Redirecting", 302)


@pytest.mark.parametrize(
    ("old", "new", "instruction"),
    [
        # The markup parses without a parser having to guess.
        ("</form>", "</form></div>", "Fix the markup"),
        ("<!DOCTYPE html>\n", "", "Fix the markup"),
        # A screen reader speaks the page's language.
        ('lang="en-GB"', 'lang="en"', 'Give the html element lang="en-GB"'),
        # One h1, and the title starts with it.
        ("<h2>Done</h2>", "<h1>Done</h1>", "Give the page one h1, not 2"),
        ("<h1>Your audits</h1>", "", "Give the page one h1, not 0"),
        ("<title>Your", "<title>All your", "Start the title with “Your audits”"),
        # Ids are unique, and those pointed at are there.
        ('id="grade-2"', 'id="grade"', 'Make the id "grade" unique'),
        ('id="who-hint"', 'id="hint"', 'points with aria-describedby at "who-hint"'),
        ('for="sure"', 'for="certain"', 'points with for at "certain"'),
        # Everything to fill in has a label.
        ('<label for="who">Who answered</label>', "", 'Add a label for <input id="who"'),
        ("Who answered</label>", "</label>", 'Add a label for <input id="who"'),
        # Answers stand with their question.
        ("<legend>Grade</legend>", "", "Give <fieldset> a legend"),
        ("<legend>Grade</legend>", "<legend> </legend>", "Give <fieldset> a legend"),
        ("</legend>", "</legend></fieldset><fieldset><legend>x</legend></fieldset><div>", "Fix"),
        # Nothing inline, which the content security policy would refuse (AU-12).
        ("<h1>", '<h1 style="color:red">', "Move the style attribute"),
        ("<h1>", '<h1 onclick="x()">', "Move the onclick attribute"),
        ("<h1>", "<script>x()</script><h1>", "Move the inline script into frontend/: x()"),
        ("</head>", "<style>p{}</style></head>", "Move the inline style"),
        ('href="/audits"', 'href=" JavaScript:x()"', "Take the script out of"),
        # Nothing from elsewhere (SC-3).
        ("/static/app.css", "https://cdn.example/a.css", "Serve https://cdn.example/a.css"),
        ("/static/app.js", "//cdn.example/a.js", "Serve //cdn.example/a.js"),
        # Pictures have words.
        (' alt="Grades by month"', "", "Give <img"),
        ('<svg aria-hidden="true">', "<svg>", "Name <svg>"),
        # Tables can be read aloud.
        ("<caption>Grades</caption>", "", "Give <table> a caption"),
        ('<th scope="row">', "<th>", "Give the heading “Good” a scope"),
        # What can be pressed says what it does, and leads somewhere.
        (">3</a>", "></a>", 'Put words into <a href="/audits">'),
        (">Save</button>", "></button>", "Put words into <button"),
        ('href="/audits"', 'href=""', "an href"),
        ('href="/audits"', 'href="#nowhere"', "Point <a"),
        # Nothing of the program in a sentence.
        ("Their name</p>", "If you need it, ask None.</p>", "Say in words what stands in “If you"),
        ("Their name</p>", "It is ReportState.DRAFT</p>", "Say in words what stands in “It is"),
        # Headings step down one level at a time.
        ("<h2>Done</h2>", "<h3>Done</h3>", "Make “Done” an h2, not an h3"),
        # Every change carries the token (AU-11).
        ('name="csrf_token"', 'name="token"', "Put the csrf_token into"),
    ],
)
def test_a_fault_is_found_and_the_message_says_what_to_do(
    old: str, new: str, instruction: str
) -> None:
    assert old in GOOD
    with pytest.raises(AssertionError, match=re.escape(instruction)):
        check_page(GOOD.replace(old, new, 1), 200)


def test_radios_outside_a_fieldset_are_found() -> None:
    loose = re.sub(r"</?fieldset>|<legend>.*</legend>", "", GOOD)
    with pytest.raises(AssertionError, match="inside a fieldset"):
        check_page(loose, 200)


@pytest.mark.parametrize("target", ["nowhere", "who-hint"])
def test_an_error_link_must_lead_to_a_control(target: str) -> None:
    with pytest.raises(AssertionError, match="Link the error “Enter who answered” to a control"):
        check_page(with_error(GOOD, target), 200)


def test_a_page_with_errors_says_so_in_its_title() -> None:
    page = with_error(GOOD, "who").replace("<title>Error: ", "<title>")
    with pytest.raises(AssertionError, match="Start the title with “Error: Your audits”"):
        check_page(page, 200)


def test_an_error_beside_a_control_is_in_the_summary_too() -> None:
    page = GOOD.replace("<h2>", '<p class="govuk-error-message">Enter a name</p><h2>')
    with pytest.raises(AssertionError, match="Show the error summary"):
        check_page(page, 422)


def test_all_faults_of_a_page_are_named_at_once() -> None:
    page = GOOD.replace('lang="en-GB"', "").replace("<caption>Grades</caption>", "")
    with pytest.raises(AssertionError) as caught:
        check_page(page, 404)
    assert str(caught.value).splitlines() == [
        "The page (status 404) needs:",
        'Give the html element lang="en-GB"',
        "Give <table> a caption",
    ]


def test_every_check_says_why_it_is_there() -> None:
    assert all(check.__doc__ for check in CHECKS)
