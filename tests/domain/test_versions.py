"""Which replaced texts are kept (A8), what changed between two, and which say the same (R8)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.textchanges import Excerpt, Run, Since, changes, excerpts
from qa_app.domain.versions import (
    SHORTEST_COPY,
    STOOD,
    Written,
    is_worth_keeping,
    likeness,
    says_all_of,
    word_count,
)

ME, SHE = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
JUST_NOW = AT - timedelta(seconds=5)
LONG_AGO = AT - STOOD
OLD = "Seen alone on 3 May, and again in June."

WORDS = st.lists(st.sampled_from(["the", "child", "was", "not", "seen", "at home"]), max_size=30)
TEXTS = st.one_of(WORDS.map(" ".join), st.text("ab \n", max_size=40))


@pytest.mark.parametrize(
    ("old", "new", "written", "kept"),
    [
        # A8: a text that grows under the same hand needs no version of each step
        (OLD, f"{OLD} She likes her school.", Written(JUST_NOW, ME), False),
        (OLD, f"First: {OLD}", Written(JUST_NOW, ME), False),
        ("Seen alo", "Seen alone on 3 May", Written(JUST_NOW, ME), False),
        (OLD, OLD.replace("3 May", "Sunday, 3 May, with her sister"), Written(JUST_NOW, ME), False),
        # A8: words added in several places at once, as a page without scripts is saved
        (OLD, f"First. {OLD.replace('and', 'and once')} Twice.", Written(JUST_NOW, ME), False),
        # A8: something was taken away, however little and however soon
        (OLD, "Seen alone on 3 May.", Written(JUST_NOW, ME), True),
        (OLD, OLD.replace("alone ", ""), Written(JUST_NOW, ME), True),
        (OLD, "", Written(JUST_NOW, ME), True),
        # A8: letters or a space within a word that was mistyped
        ("Seen alne on 3 May", "Seen alone on 3 May", Written(JUST_NOW, ME), False),
        ("Seen aloneon 3 May", "Seen alone on 3 May", Written(JUST_NOW, ME), False),
        # A8: but another word in its place is a change, though its letters are in the new ones
        ("She was ill at home", "She was in hill at home", Written(JUST_NOW, ME), True),
        ("hat", "ham sat", Written(JUST_NOW, ME), True),
        ("hat", "A hat", Written(JUST_NOW, ME), False),
        # A8: the same words in another order may say something else
        ("safe, not at risk", "not safe, at risk", Written(JUST_NOW, ME), True),
        # A8: a word was changed; a conflict was resolved by choosing one's own
        (OLD, OLD.replace("May", "June"), Written(JUST_NOW, ME), True),
        (OLD, "Never seen.", Written(JUST_NOW, ME), True),
        # A8: it stood for five minutes: a text for each sitting
        (OLD, f"{OLD} More.", Written(LONG_AGO, ME), True),
        (OLD, f"{OLD} More.", Written(LONG_AGO + timedelta(seconds=1), ME), False),
        # A8: somebody else wrote it
        (OLD, f"{OLD} More.", Written(JUST_NOW, SHE), True),
        # A8: a box that does not say who wrote it is kept for what is taken away, and for its age
        (OLD, f"{OLD} More.", Written(JUST_NOW, None), False),
        (OLD, "Other.", Written(JUST_NOW, None), True),
        (OLD, f"{OLD} More.", Written(LONG_AGO, None), True),
        # A8: there was nothing, or nothing changed
        ("", "More", Written(LONG_AGO, SHE), False),
        (OLD, OLD, Written(LONG_AGO, SHE), False),
    ],
)
def test_what_is_kept_when_a_text_is_replaced(
    old: str, new: str, written: Written, kept: bool
) -> None:
    assert is_worth_keeping(old, new, written, ME, AT) is kept


def _letters_in_order(inner: str, outer: str) -> bool:
    letters = iter(outer)
    return all(letter in letters for letter in inner if not letter.isspace())


# A8: nothing that was saved becomes unreachable.
@given(st.lists(TEXTS, min_size=2, max_size=8))
def test_every_letter_ever_saved_is_in_a_kept_text_or_in_the_last(saves: list[str]) -> None:
    kept = [
        old
        for old, new in pairwise(saves)
        if is_worth_keeping(old, new, Written(JUST_NOW, ME), ME, AT)
    ]
    reachable = [*kept, saves[-1]]
    assert all(any(_letters_in_order(each, text) for text in reachable) for each in saves)


@given(TEXTS, st.data())
def test_typing_in_one_place_takes_nothing_away(old: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(old)))
    in_a_word = not any(each.isspace() for each in old[max(place - 1, 0) : place + 1] or " ")
    letters = st.text("xyz", max_size=10)
    typed = data.draw(letters if in_a_word else st.text(max_size=10).map("{} ".format))
    assert says_all_of(old[:place] + typed + old[place:], old)


@given(WORDS, st.data())
def test_a_word_taken_out_is_noticed(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words)))
    with_one_more = [*words[:place], "bruised", *words[place:]]
    assert not says_all_of(" ".join(words), " ".join(with_one_more))


@pytest.mark.parametrize(("text", "words"), [("", 0), ("  ", 0), ("Seen on\n3 May", 4)])
def test_words_are_counted(text: str, words: int) -> None:
    assert word_count(text) == words


TWELVE = "the child was seen alone at home and at school in may"


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        # R8: case, spacing and punctuation do not make a text another one
        (TWELVE.upper(), True),
        (f"  {TWELVE.replace(' ', chr(10))} ", True),
        ("The child was seen – alone – at home, and at school (in May).", True),
        (TWELVE.replace("home", "home 🙂"), True),
        # R8: a word does
        (TWELVE.replace("may", "june"), False),
        (f"{TWELVE} again", False),
    ],
)
def test_texts_that_say_the_same_are_alike(other: str, alike: bool) -> None:
    assert (likeness(other) == likeness(TWELVE)) is alike
    assert len(likeness(TWELVE) or "") == 64


def test_a_short_text_is_like_no_other() -> None:
    # R8: fewer than 12 words may well be written twice
    assert len(TWELVE.split()) == SHORTEST_COPY
    assert likeness(TWELVE.removesuffix(" may") + " … – !") is None
    assert likeness("") is None


@pytest.mark.parametrize(
    ("earlier", "later", "runs"),
    [
        ("", "", []),
        ("", "Seen", [Run(Since.NEW, "Seen ")]),
        ("Seen", "", [Run(Since.GONE, "Seen ")]),
        ("Seen at home", "Seen\nat  home", [Run(Since.SAME, "Seen at home ")]),
        (
            "She was seen on Monday at home",
            "She was not seen at home on Tuesday",
            [
                Run(Since.SAME, "She was "),
                Run(Since.NEW, "not "),
                Run(Since.SAME, "seen "),
                Run(Since.GONE, "on Monday "),
                Run(Since.SAME, "at home "),
                Run(Since.NEW, "on Tuesday "),
            ],
        ),
        (
            "one\n\ntwo",
            "zero one",
            [Run(Since.NEW, "zero "), Run(Since.SAME, "one\n\n"), Run(Since.GONE, "two ")],
        ),
    ],
)
def test_changes_are_told_word_by_word(earlier: str, later: str, runs: list[Run]) -> None:
    assert changes(earlier, later) == runs


def _words(runs: list[Run], *since: Since) -> list[str]:
    return "".join(run.text for run in runs if run.since in since).split()


LONGER = st.lists(st.sampled_from("abcdefgh"), min_size=90, max_size=260).map(" ".join)


@given(st.one_of(TEXTS, LONGER), st.one_of(TEXTS, LONGER))
def test_both_texts_can_be_read_from_the_changes(earlier: str, later: str) -> None:
    runs = changes(earlier, later)
    assert _words(runs, Since.SAME, Since.GONE) == earlier.split()
    assert _words(runs, Since.SAME, Since.NEW) == later.split()


def _many(*words: str) -> str:
    return " ".join(f"{word}{number}" for number in range(200) for word in words)


def test_small_changes_of_a_long_text_are_found_where_they_are() -> None:
    earlier = _many("the", "child")
    later = earlier.replace("the7 ", "").replace("child150", "child150 again")
    assert [run for run in changes(earlier, later) if run.since is not Since.SAME] == [
        Run(Since.GONE, "the7 "),
        Run(Since.NEW, "again "),
    ]


def test_a_long_text_of_few_words_is_compared_by_its_phrases() -> None:
    numbers = [f"{number:03d}" for number in range(600)]
    earlier = " ".join(digit for number in numbers for digit in number)
    runs = changes(earlier, earlier.replace("1 2 3", "1 9 2 3"))
    assert "".join(_words(runs, Since.NEW)) == "9" * len(_words(runs, Since.NEW))
    assert not _words(runs, Since.GONE)


# A text that repeats itself cannot be compared word by word in a bounded time.
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("a " * 15_000, "b " + "a " * 14_000 + "c a"),
        ("a b " * 7_500, "b b a " * 5_000),
        (_many("u", *"ab" * 30), _many("u", *"bba" * 20)),
    ],
)
def test_the_longest_texts_are_compared_whatever_they_hold(earlier: str, later: str) -> None:
    runs = changes(earlier, later)
    assert _words(runs, Since.SAME, Since.GONE) == earlier.split()
    assert _words(runs, Since.SAME, Since.NEW) == later.split()


def test_what_did_not_change_is_left_out_but_for_its_edges() -> None:
    same = "w " * 100
    runs = [
        Run(Since.SAME, same),
        Run(Since.GONE, "x "),
        Run(Since.SAME, same),
        Run(Since.NEW, "y " * 90),
        Run(Since.SAME, "w " * 60),
        Run(Since.GONE, "z "),
        Run(Since.SAME, same),
    ]
    edge = "w " * 25
    assert excerpts(runs) == [
        Excerpt(Since.SAME, "", 75),
        Excerpt(Since.SAME, edge),
        Excerpt(Since.GONE, "x "),
        Excerpt(Since.SAME, edge, 50),
        Excerpt(Since.SAME, edge),
        Excerpt(Since.NEW, "y " * 90),
        Excerpt(Since.SAME, "w " * 60),
        Excerpt(Since.GONE, "z "),
        Excerpt(Since.SAME, edge, 75),
    ]


def test_a_text_that_did_not_change_is_left_out_as_a_whole() -> None:
    assert excerpts([Run(Since.SAME, "w " * 50)]) == [Excerpt(Since.SAME, "", 50)]
    assert excerpts([]) == []
