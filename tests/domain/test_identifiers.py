"""What in free text may identify a child or a family (A11), case by case."""

import pytest

from qa_app.domain.identifiers import Found, IdentifierKind, find_identifiers
from qa_app.domain.identifiers.numbers import is_nhs_number

NHS, POST, BORN, RING, MAIL, NAME = IdentifierKind


def found(text: str, *known: str) -> list[tuple[IdentifierKind, str]]:
    return [(each.kind, each.text) for each in find_identifiers(text, known_names=known)]


def of(kind: IdentifierKind, text: str) -> list[str]:
    return [each for is_of, each in found(text) if is_of is kind]


def test_each_kind_has_words_that_follow_this_looks_like() -> None:
    assert [kind.words for kind in IdentifierKind] == [
        "an NHS number",
        "a postcode",
        "a date of birth",
        "a telephone number",
        "an e-mail address",
        "a name with a title",
    ]


# A11: what is found says its kind, where it stands and what it is.
def test_what_is_found_is_in_order_of_place_and_says_where_it_stands() -> None:
    text = "Mrs Trelawny, HX39 4BD, DOB 3.5.14, a@example.com, 07700 900123, 999 249 5235"
    hits = find_identifiers(text)
    assert [hit.kind for hit in hits] == [NAME, POST, BORN, MAIL, RING, NHS]
    assert hits[1] == Found(POST, 14, 22, "HX39 4BD")
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # A11: of two that claim the same characters the more certain kind has them
        ("rang 7700 900 121 twice", RING),  # the check digit is wrong: no NHS number
        ("rang 7700 900 124 twice", NHS),  # it is right
        ("write to Mrs.Smith@example.com", MAIL),
        ("DOB 07700 900123", RING),
    ],
)
def test_of_two_kinds_in_one_place_the_more_certain_is_reported(text, kind) -> None:
    assert [hit.kind for hit in find_identifiers(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        # A11: together, or broken 3-3-4 (or by a careless hand 3-4-3, 4-3-3)
        ("no. 9992495235.", ["9992495235"]),
        ("no. 999 249 5235, no. 999-570-6652", ["999 249 5235", "999-570-6652"]),
        ("999 9529 658 or 9999 529 658", ["999 9529 658", "9999 529 658"]),
        ("NHS9992495235", ["9992495235"]),
        ("999\u00a0249\u20115235", ["999\u00a0249\u20115235"]),
        # A11: a wrong check digit, a longer or a shorter number, ten times the same
        ("9992495236", []),
        ("19992495235 and 99924952351 and 999249523", []),
        ("0000000000 and 9999999999", []),
        # A11: the end of a number that begins with +44 is a telephone's
        ("+44 9992495235", []),
    ],
)
def test_nhs_numbers_are_ten_digits_with_their_check_digit(text, numbers) -> None:
    assert of(NHS, text) == numbers


# The NHS Data Dictionary: a remainder of 0 gives the check digit 0, and 10 is never issued.
def test_the_check_digit_is_that_of_the_data_dictionary() -> None:
    assert is_nhs_number("9434765919")
    assert is_nhs_number("9990687110")
    assert not any(is_nhs_number(f"123456789{digit}") for digit in range(10))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # A11: every shape that Royal Mail uses, capitals or not, a space or none
        ("M91 3QT, B9 9QX, DY99 4QP, HX3 9QT", ["M91 3QT", "B9 9QX", "DY99 4QP", "HX3 9QT"]),
        ("W1A 0ZZ and EC9R 5NB and GIR 0AA", ["W1A 0ZZ", "EC9R 5NB", "GIR 0AA"]),
        ("at sy394tn, or Sy39 4tN", ["sy394tn", "Sy39 4tN"]),
        ("HR39-2PL; HR39  2PL; HR39.2PL", ["HR39-2PL", "HR39  2PL", "HR39.2PL"]),
        ("PE89 1ST", ["PE89 1ST"]),
        # A11: no area, no such third or fourth letter, no such inward letter, part of a word
        ("CP23 4AB, A1 2AB, GIR 1AA", []),
        ("W1Z 4HB, EC9C 5NB, B99A 1AA", []),
        ("SW21 3EC, SW21 3MJ", []),
        ("XM91 3QT, M91 3QTS", []),
        # A11: sections, floors and hours have the same shape
        ("s20 4th, S47 2nd, S47 2ND, E12 3rd, s17 2hr, dy9 5yr", []),
        ("A1 2 days, B2 5, N1 5pm, BV23C00417, SW1 and SW2", []),
    ],
)
def test_postcodes_are_whole_and_of_an_area_that_exists(text, codes) -> None:
    assert of(POST, text) == codes


@pytest.mark.parametrize(
    "date",
    [
        *("03/05/2014", "3/5/14", "3.5.14", "03-05-2014", "3 5 2014", "6 / 4 / 2018"),
        *("2014-05-03", "2014/05/03", "05/23/2014", "3 May 2014", "3rd of May 2014", "3May2014"),
        *("3rd May, 2014", "3-May-14", "May 3, 2014", "May the 3rd 2014", "3 Sept. 2014"),
        *("7th day of September 2017", "1 april '12", "3 MAY 2014", "3rd\u00a0May\u00a02014"),
    ],
)
# A11: in all the usual ways of writing, beside a word of birth on either side
def test_a_date_beside_a_word_of_birth_is_a_date_of_birth(date) -> None:
    for text in (
        f"DOB {date}",
        f"The child (born {date}) was seen.",
        f"Her d.o.b. is given as {date} in the plan",
        f"date of birth:\n{date}\n",
        f"His birthday is on {date}, a Sunday.",
        f"Born in Leeds, at home, on {date}",
        f"DATE OF BIRTH IS {date}.",
        f"{date} is his date of birth",
        f"{date} (DoB)",
        f"on {date} he was born",
        f"Mother gave birth to a boy in the early hours of {date}",
        f"Name | DOB; {date} | plan",
    ):
        assert found(text) == [(BORN, date)], text
    assert found(f"Seen at home on {date} by the social worker.") == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        # A11: several after one word, with names between
        ("dobs 12/04/2010, 30/08/2012 and 7/1/17", ["12/04/2010", "30/08/2012", "7/1/17"]),
        ("(DOB 3.5.14), Tom (4.6.16) and his sister 1/1/20", ["3.5.14", "4.6.16", "1/1/20"]),
        ("born 3/5/14 and, when seen by the nurse at length, 4/5/23", ["3/5/14"]),
        ("born 3/5/14" + " and" * 10 + " 4/5/16", ["3/5/14"]),
        # A11: digits without breaks only straight after the word
        ("DOB 030514, DOB: 03052014, DOB 20140503", ["030514", "03052014", "20140503"]),
        ("born to case 205705; DOB 991399", []),
        ("030514 DOB", []),
        # A11: a word of birth with a date of its own leaves the one before it alone
        ("03/05/2023: DOB 04/06/2014 seen", ["04/06/2014"]),
        ("03/05/2014 DOB, seen by the worker on 04/06/2023", ["03/05/2014"]),
        # A11: the ordinary dates of an audit, near such a word or not
        ("Seen 03/05/2023, DOB not known", []),
        ("The DOB was recorded on 3 May 2023", []),
        ("Date of birth was missing until 4 July 2022", []),
        ("Since the baby was born there have been visits on 02/02/2023", []),
        ("Born early. 3 May 2023: visit", []),
        ("Newborn hearing test on 18 January 2023", []),
        ("Unborn baby's plan of 14/02/2023", []),
        ("Born well, CIN Visit 3 May 2023", []),
        ("born " + "in the big city hospital of the north " * 2 + "on 3 May 2014", []),
        ("3 May 2014 " + "the young person " * 5 + "was born", []),
        # A11: no dates, or not whole ones
        ("born 31/31/2014, born 45 May 2014, born May 2014, born 2014, DOB 13.13.13", []),
        ("born under section 3.2.14.1 of it", []),
    ],
)
def test_dates_that_are_of_birth_are_told_from_the_others(text, dates) -> None:
    assert of(BORN, text) == dates


@pytest.mark.parametrize(
    "number",
    [
        *("07700 900123", "07700900123", "07700-900-123", "07700 900 123", "0770 0900 123"),
        *("+44 7700 900123", "+447700900123", "0044 7700 900123", "+44 (0)7700 900123"),
        *("020 7946 0018", "(0113) 496 0742", "02920180227", "01632.960.456", "01632 96045"),
        *("0161 496 0099 ext 12", "0161 496 0099 x12", "0161 496 0099, extension 1234"),
    ],
)
# A11: mobile and landline, +44, spaces, brackets, hyphens, extension
def test_a_telephone_number_is_found_however_it_is_broken(number) -> None:
    assert found(f"Rang {number}, no reply.") == [(RING, number)]
    assert found(f"The record holds “{number}”.") == [(RING, number)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        # A11: without its 0 only after a word for telephoning, and not far from it
        ("mob 7700 900384", ["7700 900384"]),
        ("invoice 7700 900384", []),
        ("Called. Invoice 7700 900384", []),
        # A11: both of two; the bracket around one is not its own
        ("07700900124/07700900125", ["07700900124", "07700900125"]),
        ("her phone (07700900124)", ["07700900124"]),
        # A11: case references, dates, scores, money and references
        ("205705, case 0123456 789, ref 0123456789, 0223 456 789", []),
        ("03-05-2014 1030, 03 05 2014 10 30, 01.02.2023 12.30", []),
        ("£07700900123 and 0770 0 900123 and 12.07700900123", []),
        ("1,247.50, 999, 101, 0 1 2 3 4 5 6 7 8 9 10", []),
    ],
)
def test_other_numbers_are_no_telephone_numbers(text, numbers) -> None:
    assert of(RING, text) == numbers


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        # A11: as they are usually written, and with the stop or bracket after them left out
        ("Write to dana.k@example.com.", ["dana.k@example.com"]),
        ("<o'hara_p+1@mail.example.co.uk>", ["o'hara_p+1@mail.example.co.uk"]),
        ("'a@example.com' …b@example.org", ["a@example.com", "b@example.org"]),
        ("office@ st-aidans.example.org", ["office@ st-aidans.example.org"]),
        ("josé@exämple.org", ["josé@exämple.org"]),
        # A11: an @ by itself is none
        ("resolved @ team level, a@b, @manager, a@-b.example, a@@example.org", []),
        ("x" * 65 + "@example.org", []),
    ],
)
def test_email_addresses(text, addresses) -> None:
    assert of(MAIL, text) == addresses
