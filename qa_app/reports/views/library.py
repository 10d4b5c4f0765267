"""The library: published reports by period, the current version first; what is in work (R3)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms.drafting import LibraryForm
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportState
from qa_app.formatting import date_words
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries import library as shelves
from qa_app.reports.queries.library import Shelved
from qa_app.reports.services.drafting import IN_WORK
from qa_app.reports.views.room import blueprint
from qa_app.security import can, permission_required

_NAMES = ("kind", "year")
# Pages of the room that hang on no report: (words, endpoint, who finds something there).
BESIDE = (
    ("The measures of any month, as they stand now", "reports.measures", Permission.MEASURES_READ),
    ("Issues log: which themes were found, where", "reports.issues", Permission.ISSUES_LOG_READ),
    ("Learning: what is done about themes", "learning.index", Permission.LEARNING_READ),
    ("Good practice to learn from", "learning.examples", Permission.LEARNING_READ),
    ("Board packs", "reports.boards", Permission.REPORT_READ_IN_FULL),
    ("Audits for inspectors", "reports.inspection_list", Permission.INSPECTION_LIST),
    ("Themes: the list, and what became of them", "standards.theme_list", Permission.THEMES_MANAGE),
    ("Keys for other programs", "reports.keys", Permission.TOKENS_MANAGE),
)


@blueprint.get("/")
@permission_required(Permission.REPORTS_READ)
def library() -> ResponseReturnValue:
    """Published reports, the newest period first; drafts and what waits for approval above them."""
    every = shelves.published()
    given = {name: request.args[name] for name in _NAMES if request.args.get(name)}
    form = LibraryForm(MultiDict(given))
    form.year.choices = [(year, year) for year in dict.fromkeys(each.year for each in every)]
    shown = [each for each in every if _wanted(each, given)]
    return render_template(
        "reports/library.html",
        form=form,
        chosen=_chosen(form, given),
        any=bool(every),
        years=[(year, _rows(found)) for year, found in groupby(shown, lambda each: each.year)],
        drafts=_in_work(Permission.REPORTS_DRAFT, IN_WORK),
        waiting=_in_work(Permission.REPORT_APPROVE, (ReportState.CHECKED,)),
        beside=BESIDE,
    )


def _wanted(found: Shelved, given: Mapping[str, str]) -> bool:
    kind = given.get("kind", found.report.kind.value) == found.report.kind.value
    return kind and given.get("year", found.year) == found.year


def _chosen(form: LibraryForm, given: Mapping[str, str]) -> list[dict[str, str]]:
    """What is chosen, each with the page without it."""
    tags = []
    for name in given:
        field = form[name]
        text = next((each.text for each in field.choices if each.value == given[name]), given[name])
        kept: dict[str, Any] = {other: given[other] for other in given if other != name}
        href = url_for("reports.library", **kept)
        tags.append({"text": f"{field.label.text}: {text}", "href": href})
    return tags


def _rows(found: Iterable[Shelved]) -> list[list[Any]]:
    """A row for each version, the current one of a report first."""
    return [
        [
            {
                "text": f"{each.report.kind.words}{_about(each)}",
                "href": url_for("reports.version", version_id=version.id),
            },
            each.asked.period_words,
            f"Version {version.number}: {each.standing(version).words.lower()}",
            date_words(version.published_at),
        ]
        for each in found
        for version in each.versions
    ]


def _about(found: Shelved) -> str:
    """What tells a report from another of its kind and period."""
    asked = found.asked
    parts = [*asked.services, *(plan.words for plan in asked.plan_types), *asked.tools]
    if asked.theme:
        parts.append(asked.theme.replace("_", " ").replace("-", " "))
    if asked.selection.value != "all":
        parts.append(asked.selection.words)
    return f" ({', '.join(parts)})" if parts else ""


def _in_work(permission: Permission, states: Iterable[ReportState]) -> Sequence[ReportVersion]:
    return shelves.in_work(tuple(states)) if can(permission) else ()
