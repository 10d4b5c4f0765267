"""Which themes the words of a finding suggest (T1), measured on findings not among the examples."""

import csv
import tomllib
from pathlib import Path

import pytest

from qa_app.domain.suggesting import MOST, suggest

QA_APP = Path(__file__).resolve().parent.parent.parent / "qa_app"

LABELLED = Path(__file__).resolve().parent.parent / "data" / "findings-with-themes.csv"
"""Findings as auditors word them, written for this test, each with the theme that a person chose:
told plainly, or otherwise than the theme's name and synonyms would have it."""


def _labelled(told: str) -> list[tuple[str, str]]:
    with LABELLED.open(encoding="utf-8", newline="") as rows:
        return [(row["theme"], row["text"]) for row in csv.DictReader(rows) if row["told"] == told]


PLAIN, OBLIQUE = _labelled("plainly"), _labelled("otherwise")


def _read(path: str) -> dict:
    return tomllib.loads((QA_APP / path).read_text("utf-8"))


@pytest.fixture(scope="module")
def examples() -> dict[str, list[str]]:
    """The shipped themes, and the findings of the demonstration as those that people filed."""
    known = {
        theme["code"]: [theme["name"], theme["description"], *theme["synonyms"]]
        for theme in _read("standards/shipped/themes.toml")["themes"]
    }
    for code, phrases in _read("demo/phrases/findings.toml").items():
        known[code] += phrases["strength"] + phrases["development"]
    return known


def _found(labelled: list[tuple[str, str]], examples: dict[str, list[str]]) -> list[str]:
    """Those whose theme is not among the three suggested."""
    return [text for theme, text in labelled if theme not in suggest(text, examples)]


# T1: the tool suggests themes from the words. Asked for: 20 of 24 among the first three.
def test_the_right_theme_is_among_the_three(examples, record_property) -> None:
    missed, far = _found(PLAIN, examples), _found(OBLIQUE, examples)
    record_property(
        "counted",
        f"{len(PLAIN) - len(missed)} of {len(PLAIN)} plain and {len(OBLIQUE) - len(far)} of "
        f"{len(OBLIQUE)} oblique findings have their theme among the first three",
    )
    assert len(PLAIN) >= 24
    assert len(missed) <= len(PLAIN) // 6, missed
    assert len(far) <= len(OBLIQUE) // 2, far


# T1: on the first day there are no findings yet: names, descriptions and synonyms do.
def test_names_and_synonyms_alone_are_enough_to_begin_with() -> None:
    themes = _read("standards/shipped/themes.toml")["themes"]
    alone = {
        each["code"]: [each["name"], each["description"], *each["synonyms"]] for each in themes
    }
    assert len(_found(PLAIN, alone)) <= len(PLAIN) // 6


# T1: what people filed teaches it.
def test_a_finding_like_one_that_was_filed_follows_it(examples) -> None:
    text = "Dirty clothes, no food in the cupboards, untreated head lice."
    assert "neglect" not in suggest(text, examples)
    taught = examples | {"neglect": [*examples["neglect"], "Head lice untreated, clothes dirty"]}
    assert suggest(text, taught)[0] == "neglect"


# T1: a theme that is often found is not suggested for that alone.
def test_many_examples_do_not_make_a_theme_likelier(examples) -> None:
    text = "His father was never spoken to, although he sees him every weekend."
    many = [f"Visits of week {week} were in time and he was seen" for week in range(500)]
    crowded = examples | {"visits": [*examples["visits"], *many]}
    assert suggest(text, crowded)[0] == "fathers"


@pytest.mark.parametrize("text", ["", "   ", "?!", "zz", "qqqq wwww", "\u4f60\u597d"])
def test_words_that_say_nothing_suggest_nothing(text, examples) -> None:
    assert suggest(text, examples) == []


def test_without_examples_nothing_is_suggested() -> None:
    assert suggest("Seen alone", {}) == []
    assert suggest("Seen alone", {"visits": []}) == []


def test_never_more_than_three_and_always_the_same(examples) -> None:
    text = "The plan, the visits, supervision, the father and the chronology are all late."
    found = suggest(text, examples)
    assert len(found) == MOST
    assert found == suggest(text, examples)
    assert found[:1] == suggest(text, examples, most=1)


def test_themes_equally_near_keep_their_order() -> None:
    same = ["seen alone at home"]
    assert suggest("seen alone", {"b": same, "a": same}) == ["b", "a"]
