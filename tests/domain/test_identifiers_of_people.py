"""Names with a title, which may identify a child or a family (A11), case by case."""

import pytest

from qa_app.domain.identifiers import IdentifierKind, find_identifiers


def names(text: str, *known: str) -> list[str]:
    hits = find_identifiers(text, known_names=known)
    assert all(hit.kind is IdentifierKind.TITLED_NAME for hit in hits)
    return [hit.text for hit in hits]


@pytest.mark.parametrize(
    "name",
    [
        # A11: titles, with their stop or without
        *("Mr Pellow", "Mrs Pellow", "Ms Pellow", "Miss Pellow", "Mx Pellow", "Dr Pellow"),
        *("Mr. Pellow", "Prof. Pellow", "Professor Pellow", "Rev Pellow", "Sister Bernadette"),
        *("Doctor Pellow", "PC Pellow", "Judge Pellow", "Mr.Pellow"),
        # A11: surnames of several parts, initials, first names
        *("Mr O'Brien", "Mrs O’Brien", "Ms Smith-Jones", "Mr van der Berg", "Mr Van der Berg"),
        *("Mrs J. Smith", "Mrs J Smith", "Dr. K. L. Venkataraman", "Dr K.L. Rao", "Mx Rowan Tide"),
        *("Mrs de Souza Pinto", "Mr & Mrs St John-Hyde", "Mrs Ní Bhriain", "Mr Al-Amin", "Mrs Le"),
        *("Rev St. John Hyde", "Ms O'Shea"),
        # A11: two at once
        *("Mr and Mrs Pellow", "Mr/Mrs Pellow", "Dr & Mrs. Pellow"),
        # A11: in capitals, and in small letters after the two titles that are nothing else
        *("MRS PELLOW", "Mrs PELLOW", "mrs pellow", "mr o'brien", "Mr pellow"),
        # A11: surnames that are words
        *("Mrs May", "Mr English", "Dr Young", "Miss Day", "Ms White", "Mr Friday"),
        # A11: relatives
        *("Aunt Sarah", "Uncle Dave", "Nana Pat", "Grandma Jean", "Mum Kelly", "Grandad Ron"),
    ],
)
def test_a_name_with_a_title_is_found(name) -> None:
    assert names(f"It was {name} who rang.") == [name]
    assert names(f"{name}'s view is missing") == [name]
    assert names(f"The plan relies on {name}. School agreed.") == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A11: relatives in small letters, with half- and great-
        ("his half-brother Kyle and great-aunt Vera", ["brother Kyle", "aunt Vera"]),
        # A11: families by surname
        ("The Harkness family and the O'Brien siblings", ["Harkness family", "O'Brien siblings"]),
        ("the Smith-Jones family's home", ["Smith-Jones family"]),
        ("the Polish family, the whole family, the birth children, The Two Sisters", []),
        ("the Wirral children's services, the Northgate family hub, the A family", []),
        # A11: one after another
        ("Mrs Pellow Mr Quist Dr Rao", ["Mrs Pellow", "Mr Quist", "Dr Rao"]),
        ("Mrs Bell Head Teacher, Mr Khan CAMHS, Mr Khan SEN", ["Mrs Bell", "Mr Khan", "Mr Khan"]),
        ("MRS BELL Teacher", ["MRS BELL"]),
        # A11: a title without a name
        ("Mrs alone, Mr and Mrs, Miss out, Dr said, Dr appointment, a Dr. School knew", []),
        ("Miss School on Friday, did not miss Contact, MS Teams, Ms Word", []),
        ("Dr Appointment, Doctor and nurse, Sister Project, Nurse Practitioner", []),
        ("mr was late, mrs said, Mr who", []),
        ("Mr Mr and Mrs", []),
        ("Mrs van der de la le van Berg", []),
        # A11: initials alone are what an auditor is asked to write
        ("Mrs J and Mr X. and Ms A, Mrs van said", []),
        # A11: relatives without a name
        ("Mum said, Dad Says, mum DV, father PR, brother (CIN), Nan No", []),
        ("mother Polish, Father Christmas, Baby Box, Mum and Dad, aunt", []),
        # A11: part of a word
        ("alarm's Mr'Smith xMr Smith Mrs7 Smith", []),
        # A11: what the patterns do not find, and say so: first names and surnames alone
        ("Kayden was seen; Harkness was not", []),
    ],
)
def test_names_are_told_from_other_words(text, expected) -> None:
    assert names(text) == expected


STAFF = ("Wendy Worker", "Dee van der Berg", "Mona", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A11: staff of this audit by surname, initial or whole name
        ("Ms Worker, MS WORKER, Ms W. Worker, Ms Wendy Worker, Ms Worker's", []),
        ("Mrs van der Berg and Mrs Dee Van Der Berg and Miss Mona", []),
        # A11: the same surname with another first name, and a couple, are somebody else
        ("Mr Sam Worker, Ms S Worker", ["Mr Sam Worker", "Ms S Worker"]),
        ("Mr and Mrs Worker, Ms Worker-Bee", ["Mr and Mrs Worker", "Ms Worker-Bee"]),
        # A11: a relative is never staff
        ("Aunt Wendy, Auntie Worker, the Worker family", ["Aunt Wendy", "Auntie Worker"]),
    ],
)
def test_the_staff_of_the_audit_are_not_reported(text, expected) -> None:
    assert names(text, *STAFF) == expected
