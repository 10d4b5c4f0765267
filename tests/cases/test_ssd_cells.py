"""One cell at a time: dates, identifiers, age bands, and what is shown of a bad one (I5)."""

from datetime import date

import pytest

from qa_app.cases.ssd import cells
from qa_app.cases.ssd.cells import BadCell
from qa_app.cases.ssd.roles import role_of
from qa_app.cases.ssd.rows import Involved

AS_AT = date(2023, 4, 30)
THIRD_OF_APRIL = date(2023, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-03",
        "2023-4-3",
        "2023/04/03",
        "20230403",
        "2023-04-03 00:00:00",
        "2023-04-03T23:59:59.000Z",
        "2023-04-03 10:15:00.1234567 +01:00",
        # The day comes first, as in England.
        "03/04/2023",
        "3/4/2023",
        "03.04.2023",
        "03-04-2023 09:30",
        "03/04/2023 09:30:00 PM",
        "3 April 2023",
        "03-Apr-2023",
    ],
)
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    assert cells.read_date(text) == THIRD_OF_APRIL


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/02/2023", "calendar"),
        ("2023-13-01", "calendar"),
        ("04/13/2023", "calendar"),
        ("tomorrow", "not a date"),
        ("03/04/23", "not a date"),
        ("45019", "not a date"),
        ("3 Aprikot 2023", "not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadCell, match=reason):
        cells.read_date(text)


@pytest.mark.parametrize(
    ("text", "ends", "allowed"),
    [
        # A period begins by the extract's date, and after 1989.
        ("2023-04-30", False, True),
        ("2023-05-01", False, False),
        ("1990-01-01", False, True),
        ("1900-01-01", False, False),
        # A planned end lies up to a year ahead.
        ("2024-04-29", True, True),
        ("2099-12-31", True, False),
    ],
)
def test_a_period_lies_where_a_childs_can(text: str, ends: bool, allowed: bool) -> None:
    if allowed:
        assert cells.read_period_date(text, AS_AT, ends=ends) == cells.read_date(text)
        return
    with pytest.raises(BadCell, match=r"is before 1990|is after the extract"):
        cells.read_period_date(text, AS_AT, ends=ends)


@pytest.mark.parametrize("text", ["2023-05-01", "1890-01-01"])
def test_an_impossible_birth_is_refused(text: str) -> None:
    with pytest.raises(BadCell, match="is a birth"):
        cells.read_birth(text, AS_AT)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2023, 4, 30), "0 to 4"),
        # A birthday counts from its day.
        (date(2018, 5, 1), "0 to 4"),
        (date(2018, 4, 30), "5 to 9"),
        (date(2013, 4, 30), "10 to 15"),
        (date(2007, 4, 30), "16 to 17"),
        (date(2005, 5, 1), "16 to 17"),
        (date(2005, 4, 30), "18 and over"),
        (date(1998, 1, 1), "18 and over"),
    ],
)
def test_the_age_band_is_that_of_the_extracts_date(born: date, band: str) -> None:
    assert cells.age_band(born, None, AS_AT) == band


def test_a_child_whose_birth_is_expected_is_unborn_and_one_without_dates_has_no_band() -> None:
    assert cells.age_band(None, date(2023, 6, 1), AS_AT) == "unborn"
    assert cells.age_band(None, None, AS_AT) is None


@pytest.mark.parametrize("text", ["", "  ", "NULL", "null", "None", "(null)", "NaN", "n/a", "\xa0"])
def test_what_databases_write_for_nothing_is_nothing(text: str) -> None:
    assert cells.clean(text) == ""


@pytest.mark.parametrize(
    ("text", "read"),
    [("007", "007"), ("W-12/a.b_c", "W-12/a.b_c"), ("200011.0", "200011"), ("12.05", "12.05")],
)
def test_an_identifier_is_kept_as_text(text: str, read: str) -> None:
    assert cells.read_id(text) == read


@pytest.mark.parametrize("text", ["Zebedee Quillfeather", "a,b", "é1", "x" * 41, "a:b", "=1"])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(BadCell, match="is not an identifier"):
        cells.read_id(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("W9999", "W9999"),
        ("200011", "200011"),
        # A name, an NHS number or a birth date may stand in any column (I5).
        ("Quillfeather", "withheld"),
        ("Zebedee 2", "withheld"),
        ("9434765919", "withheld"),
        ("943 476 5919", "withheld"),
        ("2015-06-07", "withheld"),
        ("07/06/2015", "withheld"),
    ],
)
def test_a_refused_identifier_is_shown_only_where_it_can_be_nothing_else(
    text: str, shown: str
) -> None:
    assert cells.showable_id(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("31/02/2023", "31/02/2023"),
        ("2023-02-30 00:00:00", "2023-02-30 00:00:00"),
        ("31 Feb 2023", "31 Feb 2023"),
        ("Zebedee", "withheld"),
        ("April Quillfeather", "withheld"),
        ("9434765919", "withheld"),
    ],
)
def test_a_refused_date_is_shown_only_where_it_looks_like_one(text: str, shown: str) -> None:
    assert cells.showable_date(text) == shown


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Allocated Case Worker", Involved.WORKER),
        ("ALLOCATED_WORKER", Involved.WORKER),
        ("Social Worker", Involved.WORKER),
        ("Lead Practitioner", Involved.WORKER),
        ("Independent Reviewing Officer", Involved.IRO),
        ("IRO", Involved.IRO),
        ("Child Protection Conference Chair", Involved.CHAIR),
        ("Personal Advisor", Involved.PERSONAL_ADVISER),
        ("Team Manager", Involved.TEAM_MANAGER),
        ("Threshold Decision Maker", Involved.DECISION_MAKER),
        ("Health Visitor", Involved.OTHER),
    ],
)
def test_a_part_in_a_case_is_known_by_its_usual_names(text: str, role: Involved) -> None:
    assert role_of(text) is role
