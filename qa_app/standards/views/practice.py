"""The library of practice standards: the list on a day, and one standard with its versions."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.standards import LibraryFilterForm
from qa_app.accounts.queries import names
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.security import permission_required
from qa_app.standards.models import SOURCE_WORDS, PracticeStandard
from qa_app.standards.queries import practice as queries
from qa_app.standards.views.room import blueprint

SOURCES = [(source.value, words) for source, words in SOURCE_WORDS.items()]
_DAY_PARTS = ("on-day", "on-month", "on-year")


class Chapter(NamedTuple):
    """A chapter of the library with its standards in order."""

    name: str
    standards: list[PracticeStandard]


@blueprint.get("/practice-standards")
@permission_required(Permission.TOOLS_READ)
def practice_library() -> ResponseReturnValue:
    """The standards in force on a day, narrowed as the address says."""
    form = LibraryFilterForm(request.args)
    today = london_date(now())
    on = today if form.on.process_errors else form.on.data or today
    standards = queries.library(on)
    form.chapter.choices = [(name, name) for name in dict.fromkeys(_chapters(standards))]
    form.source.choices = SOURCES
    form.validate()
    shown = [each for each in standards if _is_wanted(each, form)]
    return render_template(
        "practice/library.html",
        form=form,
        chosen=_chosen(form),
        on=on,
        today=today,
        count=len(shown),
        chapters=[
            Chapter(name, list(found)) for name, found in groupby(shown, lambda each: each.chapter)
        ],
    ), 400 if form.errors else 200


def _chapters(standards: list[PracticeStandard]) -> list[str]:
    return [each.chapter for each in standards]


def _is_wanted(standard: PracticeStandard, form: LibraryFilterForm) -> bool:
    plan, plans = form.plan.data, standard.plan_types
    return (
        form.chapter.data in (None, standard.chapter)
        and form.source.data in (None, standard.source.value)
        and (plan is None or not plans or plan in plans)
    )


def _chosen(form: LibraryFilterForm) -> list[dict[str, str]]:
    """Each choice as a tag, whose link is the list without it."""
    tags = []
    for name in ("chapter", "plan", "source"):
        words = [each.text for each in form[name].choices if each.value == form[name].data]
        tags += [{"text": text, "href": _address_without(name)} for text in words]
    if form.on.data:
        text = f"In force on {date_words(form.on.data)}"
        tags.append({"text": text, "href": _address_without(*_DAY_PARTS)})
    return tags


def _address_without(*names_left: str) -> str:
    known = ("chapter", "plan", "source", *_DAY_PARTS)
    kept: Mapping[str, Any] = {
        name: value
        for name, value in request.args.items()
        if name in known and name not in names_left and value
    }
    return url_for("standards.practice_library", **kept)


@blueprint.get("/practice-standards/<standard_number>")
@permission_required(Permission.TOOLS_READ)
def practice_standard(standard_number: str) -> ResponseReturnValue:
    """One standard: every version with its dates, and the questions that test it."""
    versions = queries.versions_of(standard_number) or abort(404)
    today = london_date(now())
    return render_template(
        "practice/standard.html",
        number=standard_number,
        newest=versions[0],
        versions=versions,
        names=names({each.changed_by for each in versions}),
        tested=queries.tested_by(standard_number),
        today=today,
        stands=_stands(versions, today),
    )


def _stands(versions: list[PracticeStandard], today: date) -> str:
    """Whether it is in force, in a sentence."""
    newest = versions[0]
    current = next((each for each in versions if each.in_force(today, today)), None)
    if newest.valid_from > today:
        before = f"Version {current.version} is in force. " if current else ""
        return f"{before}Version {newest.version} begins on {date_words(newest.valid_from)}."
    if current is None:
        return f"No longer in force: it ended on {date_words(newest.valid_until)}."
    if current.valid_until is not None:
        return f"In force until {date_words(current.valid_until)}."
    wording = "" if current.version == 1 else " in this wording"
    return f"In force{wording} since {date_words(current.valid_from)}."
