"""The themes that findings are filed under and thematic audits are about (T1)."""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from qa_app.database import db, now
from qa_app.domain.grades import Grade
from qa_app.standards.models import Theme
from qa_app.standards.queries import themes
from qa_app.standards.services import install_shipped

pytestmark = pytest.mark.usefixtures("context")

# A person goes through the list with every finding.
MOST = 40


# T1: themes are a short managed list
def test_the_list_is_short_and_in_order() -> None:
    names = [theme.name for theme in themes()]

    assert 15 <= len(names) <= MOST
    assert names == sorted(names)
    assert len({name.casefold() for name in names}) == len(names)


# T1: with synonyms
def test_each_theme_says_what_it_is_and_has_synonyms() -> None:
    for theme in themes():
        assert theme.description.strip(), theme.code
        assert theme.synonyms, theme.code
        assert all(each == each.strip().lower() and len(each) > 3 for each in theme.synonyms)


# T1: a finding has one main theme; a phrase that meant two would suggest both
def test_no_synonym_belongs_to_two_themes() -> None:
    counted = Counter(each for theme in themes() for each in theme.synonyms)

    assert [each for each, times in counted.items() if times > 1] == []


def test_a_theme_is_not_a_grade() -> None:
    grades = {grade.words.casefold() for grade in Grade}

    assert not [theme.code for theme in themes() if theme.name.casefold() in grades]


def test_installing_again_adds_nothing() -> None:
    before = db.session.scalar(select(func.count()).select_from(Theme))
    install_shipped(at=now())

    assert db.session.scalar(select(func.count()).select_from(Theme)) == before


# T1: one list: a code names one theme
def test_a_code_is_used_once() -> None:
    taken = themes()[0].code
    db.session.add(Theme(code=taken, name="Another", description="", synonyms=["another one"]))
    with pytest.raises(IntegrityError):
        db.session.flush()
