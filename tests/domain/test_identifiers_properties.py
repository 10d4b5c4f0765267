"""What holds of the search for identifying text whatever the text (A11)."""

import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.identifiers import IdentifierKind, find_identifiers
from qa_app.domain.identifiers.addresses import AREAS
from qa_app.domain.identifiers.numbers import is_nhs_number

PIECES = (
    *("Mr", "mrs", "Dr.", "Miss", "and", "van", "J.", "Smith", "O'Brien", "SMITH", "the", "family"),
    *("born", "DOB", "d.o.b.", "3 May 2014", "03/05/2014", "030514", "May", "2014", "1st", "is"),
    *("07700 900123", "+44", "(0)", "999 249 5235", "9992495235", "ext 4", "rang", "7700 900 120"),
    *("HX39 4BD", "s47 2nd", "GIR 0AA", "a@example.com", "@", "'s", "’", "Aunt", "Nan", "Jean"),
    *(
        " ",
        " ",
        " ",
        "\n",
        "\u00a0",
        ",",
        ".",
        "(",
        ")",
        "/",
        "-",
        ":",
        "٣",
        "é",
        "\0",
        "👩‍👧",
        "ǅ",
    ),
)
texts = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


@given(texts, st.lists(st.text(max_size=8) | st.just("Jean Smith"), max_size=3))
def test_what_is_found_lies_in_the_text_in_order_and_apart(text, known) -> None:
    hits = find_identifiers(text, known_names=known)
    assert all(text[hit.start : hit.end] == hit.text != "" for hit in hits)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(one.end <= other.start for one, other in pairwise(hits))


SENTENCES = (
    "The plan of 3 May 2023 names {} and should not.",
    "{} was copied from the front sheet.",
    "Seen at school (10.30, 2 children): {}",
    "Nobody asked why “{}” is in the record; case 205705.",
    "Mother gave {}, and the worker wrote it down on 12/03/2023.",
)
sentences = st.sampled_from(SENTENCES)


@st.composite
def nhs_numbers(draw) -> str:
    """A number with the right check digit, whole or broken 3-3-4."""
    digits = [draw(st.text("0123456789", min_size=9, max_size=9))]
    whole = next((digits[0] + d for d in "0123456789" if is_nhs_number(digits[0] + d)), None)
    number = whole or "9992495235"
    between = draw(st.sampled_from(("", " ", "-", "\u00a0")))
    return between.join((number[:3], number[3:6], number[6:]))


@st.composite
def postcodes(draw) -> str:
    """One of any shape, in capitals or small letters, with a space or without."""
    area = draw(st.sampled_from(sorted(AREAS)))
    last = st.sampled_from(["", "0", "7", "A", "H"])
    letters = st.text("ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2)
    inward = "5" + draw(letters.filter(lambda two: two not in {"TH", "HR", "YR", "WD", "FT", "LB"}))
    whole = area + draw(st.sampled_from("123456789")) + draw(last)
    whole += draw(st.sampled_from(("", " "))) + inward
    return whole.lower() if draw(st.booleans()) else whole


names = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
emails = st.tuples(
    st.lists(names, min_size=1, max_size=3).map(".".join),
    st.lists(names, min_size=1, max_size=3).map(".".join),
    st.sampled_from(("example", "com", "co.uk", "nhs.uk")),
).map(lambda parts: "{}@{}.{}".format(*parts))


@given(
    st.tuples(st.just(IdentifierKind.NHS_NUMBER), nhs_numbers())
    | st.tuples(st.just(IdentifierKind.POSTCODE), postcodes())
    | st.tuples(st.just(IdentifierKind.EMAIL), emails),
    sentences,
)
# A11: an NHS number, a postcode and an e-mail address are found wherever they stand.
def test_what_is_planted_in_an_ordinary_sentence_is_found(planted, sentence) -> None:
    hits = find_identifiers(sentence.format(planted[1]))
    assert [(hit.kind, hit.text) for hit in hits] == [planted]


MEGABYTE = 1_000_000


@pytest.mark.parametrize("piece", ["1", " ", "A", "A ", "0 ", "07", "Aa "])
def test_a_megabyte_of_digits_spaces_or_capitals_takes_less_than_a_second(piece) -> None:
    assert seconds(piece) < 1


@pytest.mark.parametrize(
    "piece",
    [
        *("01 ", "999 ", "a@", "a.", "a@a.", "@", "Mr ", "Mr A ", "mr and ", "Mr Van ", "Mrs J. "),
        *(
            "born ",
            "d.o.b",
            "1/1/20 ",
            "DOB 1/1/20 ",
            "1 may ",
            "born 1 may ",
            "the Aa ",
            "B1 1AA ",
        ),
        *("é’", "👩‍👧", "\0", "+44", "(0", "'", "-", "\n", "Smith-", "O'"),
    ],
)
def test_no_pattern_runs_away_on_hostile_text(piece) -> None:
    assert seconds(piece, MEGABYTE // 5) < 2


def seconds(piece: str, length: int = MEGABYTE) -> float:
    """Processor time, so that a busy machine does not matter, for a text of one piece."""
    text = piece * (length // len(piece))
    began = time.process_time()
    find_identifiers(text)
    return time.process_time() - began
