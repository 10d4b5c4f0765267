"""The spellings of an old workbook's cells."""

from datetime import date, datetime

import pytest

from qa_app.accounts.models import PostKind
from qa_app.audits.workbook import values
from qa_app.audits.workbook.values import Misread
from qa_app.domain.grades import Grade

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("Outstanding", Grade.OUTSTANDING),
        ("O", Grade.OUTSTANDING),
        ("GOOD ", Grade.GOOD),
        ("g", Grade.GOOD),
        ("RI", Grade.REQUIRES_IMPROVEMENT),
        ("R.I.", Grade.REQUIRES_IMPROVEMENT),
        ("r/i", Grade.REQUIRES_IMPROVEMENT),
        ("Req Imp", Grade.REQUIRES_IMPROVEMENT),
        ("req. improv.", Grade.REQUIRES_IMPROVEMENT),
        ("requires  improvement", Grade.REQUIRES_IMPROVEMENT),
        ("Requires improvement to be good", Grade.REQUIRES_IMPROVEMENT),
        ("requires_improvement", Grade.REQUIRES_IMPROVEMENT),
        ("Requires Improvement (RI)", Grade.REQUIRES_IMPROVEMENT),
        ("RI (Requires improvement)", Grade.REQUIRES_IMPROVEMENT),
        ("Req Improve", Grade.REQUIRES_IMPROVEMENT),
        ("Inadequate (I)", Grade.INADEQUATE),
        ("inad", Grade.INADEQUATE),
        ("INADEQUATE ", Grade.INADEQUATE),
        ("I", Grade.INADEQUATE),
        ("", None),
        ("-", None),
    ],
)
def test_a_grade_is_understood_in_its_usual_spellings(written: str, grade: Grade | None) -> None:
    assert values.grade(written) is grade


# A grade that two people could read differently is nobody's to guess.
@pytest.mark.parametrize(
    "written", ["Adequate", "Good/RI", "2", "Good?  RI", "?", "n/k", "4 (40%)"]
)
def test_a_grade_that_could_be_two_is_refused(written: str) -> None:
    with pytest.raises(Misread, match="Enter Outstanding, Good"):
        values.grade(written)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("TM", PostKind.TEAM_MANAGER),
        ("Manager", PostKind.TEAM_MANAGER),
        ("A.T.M", None),
        ("ATM", PostKind.TEAM_MANAGER),
        ("iro", PostKind.IRO),
        ("I.R.O.", PostKind.IRO),
        ("CP Chair", PostKind.CONFERENCE_CHAIR),
        ("Conf. Chair", PostKind.CONFERENCE_CHAIR),
        ("CP Chairperson", PostKind.CONFERENCE_CHAIR),
        ("CPC", PostKind.CONFERENCE_CHAIR),
        ("Conference  chair", PostKind.CONFERENCE_CHAIR),
        ("Service Manager", PostKind.SERVICE_MANAGER),
        ("HoS", PostKind.HEAD_OF_SERVICE),
        ("Head of Service (Early Help)", PostKind.HEAD_OF_SERVICE),
        ("QA", PostKind.QA_OFFICER),
        ("Caretaker", None),
    ],
)
def test_a_post_is_understood_or_refused(written: str, kind: PostKind | None) -> None:
    read = values.post({})
    if kind is None:
        with pytest.raises(Misread, match="Enter a post"):
            read(written)
    else:
        assert read(written) is kind


def test_a_job_title_of_the_authority_stands_before_the_usual_meaning() -> None:
    read = values.post({"practice manager": PostKind.PRACTICE_LEAD})
    assert read("Practice  MANAGER") is PostKind.PRACTICE_LEAD
    assert read("") is None


CHRISTMAS_EVE = date(2022, 12, 24)


@pytest.mark.parametrize(
    "written",
    [
        CHRISTMAS_EVE,
        datetime(2022, 12, 24, 16, 30),
        44919.0,
        44919.75,
        "44919",
        "24/12/2022",
        "24/12/22",
        "24.12.22",
        "24-12-2022",
        "24 Dec 2022",
        "24-Dec-22",
        "24th December 2022",
        "Sat 24 December 2022",
        "2022-12-24",
        "2022-12-24T09:15:00",
        "24/12/2022 09:15",
    ],
)
def test_a_date_is_understood_however_it_is_written(written: object) -> None:
    assert values.a_date(written) == CHRISTMAS_EVE


@pytest.mark.parametrize(
    "written",
    ["31/02/2023", "12/24/2022", "Christmas", "2022", "24/12", "24 Dezember 2022", 7.0, "1/1/1999",
     "24/12/2022 and 6/1/2023", "01/01/22022"],
)  # fmt: skip
def test_a_date_that_does_not_exist_is_refused(written: object) -> None:
    with pytest.raises(Misread):
        values.a_date(written)


@pytest.mark.parametrize(("written", "refused"), [("22/11/2026", False), ("23/11/2026", True)])
def test_an_audit_is_not_completed_in_the_future(written: str, refused: bool) -> None:
    read = values.past_date(TODAY)
    if refused:
        with pytest.raises(Misread, match="not in the future"):
            read(written)
    else:
        assert read(written) == TODAY


@pytest.mark.parametrize("written", ["", "ongoing", "TBC", "tbc.", "In progress", "n/a", " - "])
def test_an_action_without_a_date_of_completion_is_open(written: str) -> None:
    assert values.done_date(TODAY)(written) is None


@pytest.mark.parametrize("written", ["done", "yes", "end of May", "01/01/2031", "?"])
def test_an_action_is_not_closed_on_a_day_that_nobody_wrote(written: str) -> None:
    with pytest.raises(Misread):
        values.done_date(TODAY)(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Y", True), ("YES", True), ("true", True), (True, True), (1.0, True), ("✓", True),
     ("", False), ("n", False), ("No ", False), (False, False), (0.0, False), ("n/a", False)],
)  # fmt: skip
def test_yes_and_no_are_understood(written: object, meant: bool) -> None:
    assert values.yes_or_no(written) is meant


# A concern must never be read as none because of how it was written.
@pytest.mark.parametrize("written", ["maybe", "?", "Yes - see notes", "2", 2.0, "escalated"])
def test_what_is_neither_yes_nor_no_is_refused(written: object) -> None:
    with pytest.raises(Misread, match="Enter yes or no"):
        values.yes_or_no(written)


@pytest.mark.parametrize(
    ("written", "reference"),
    [(212794.0, "212794"), (" 216609", "216609"), ("216 609", "216609"), ("212794.0", "212794"),
     ("P/123-4", "P/123-4"), (7, "7")],
)  # fmt: skip
def test_a_case_number_is_text_however_it_was_typed(written: object, reference: str) -> None:
    assert values.case_reference(written) == reference


@pytest.mark.parametrize(
    "written",
    ["", "  ", "=B4", "Zebedee Quillfeather", "2.12794E+05", 1.5, -3.0, date(2022, 1, 1), "#REF!",
     "1" * 41],
)  # fmt: skip
def test_what_is_no_case_number_is_refused(written: object) -> None:
    with pytest.raises(Misread):
        values.case_reference(written)


def test_text_loses_what_a_database_cannot_hold() -> None:
    assert values.text(" Chronology\x00 missing\nPlan late ") == "Chronology missing\nPlan late"
    assert values.name("  Maya \n Kilpeck ") == "Maya Kilpeck"


@pytest.mark.parametrize(
    "written",
    ["March 1, 2023", "Mar 1 2023", "Wednesday, 1st of March 2023", "20230301"],
)
def test_a_date_is_read_however_its_month_is_placed(written: str) -> None:
    # Only where no other reading is possible: 03/28/2023 is refused, and 03/01/2023 is 3 January.
    assert values.a_date(written) == date(2023, 3, 1)
    with pytest.raises(Misread):
        values.a_date("03/28/2023")
