"""Reading a question to the issues log from an address, and writing it back into links (T2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import abort, url_for
from werkzeug.datastructures import MultiDict

from forms.issues import IssuesForm
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.reports.learning.issues import Across, IssuesAsked, IssuesLog, Span
from qa_app.reports.queries import parts
from qa_app.reports.queries.issues import issues_log

NAMES: Final = ("month", "by", "over", "service", "plan_type", "section")
_FILTERS: Final = ("service", "plan_type", "section")


@dataclass(frozen=True)
class IssuesQuestion:
    """What an address asks of the log; `log` is None where it makes no sense."""

    form: IssuesForm
    given: Mapping[str, str]
    log: IssuesLog | None = None

    @property
    def across(self) -> Across:
        """By what the second table is divided."""
        return Across(str(self.form.by.data))

    @property
    def over(self) -> Span:
        """Which months the second table counts."""
        return Span(str(self.form.over.data))

    def address(self, endpoint: str, **more: str) -> str:
        """The address of another page about the same question."""
        values: dict[str, Any] = {**self.given, **more}
        return url_for(endpoint, **values)

    @property
    def codes(self) -> dict[str, str]:
        """What an address calls each part that the second table is divided into, by its name."""
        return {each.text: each.value for each in self.form[self.across.value].choices}

    @property
    def chosen(self) -> list[dict[str, str]]:
        """Each filter as a tag, with the address of the log without it."""
        tags = []
        for name in _FILTERS:
            field = self.form[name]
            texts = [each.text for each in field.choices if field.is_chosen(each.value)]
            if texts and name in self.given:
                kept: dict[str, Any] = {key: self.given[key] for key in self.given if key != name}
                href = url_for("reports.issues", **kept)
                tags.append({"text": f"{field.label.text}: {texts[0]}", "href": href})
        return tags

    @property
    def scope(self) -> str:
        """Whose audits are counted, in words."""
        return "; ".join(each["text"] for each in self.chosen) or "Whole authority"


def issues_in(values: Mapping[str, str], at: datetime) -> IssuesQuestion:
    """The question that an address asks: the last whole month unless it says another."""
    given = {name: values[name] for name in NAMES if values.get(name)}
    last = Month.of(london_date(at)).previous()
    usual = {"month": str(last), "by": Across.SERVICE.value, "over": Span.MONTH.value}
    form = IssuesForm(MultiDict(usual | given))
    units = parts.units()
    form.service.choices = [(str(each.id), each.name) for each in units if _is_service(each)]
    form.plan_type.choices = [(plan.value, plan.words) for plan in PlanType]
    form.by.choices = [(each.value, each.words) for each in Across if each is not Across.TEAM]
    form.over.choices = [
        (Span.MONTH.value, "The month"),
        (Span.QUARTER.value, "The quarter to date"),
        (Span.YEAR.value, "The year to date"),
    ]
    # A section is known by its title once the log was read; until then every title will do.
    form.section.choices = [(given["section"], given["section"])] if "section" in given else []
    if not form.validate():
        return IssuesQuestion(form, given)
    try:
        log = issues_log(_asked(form))
    except DomainError as error:
        form.refuse(error.message, "month")
        return IssuesQuestion(form, given)
    titles = sorted({*log.sections, *filter(None, [given.get("section")])})
    form.section.choices = [(title, title) for title in titles]
    return IssuesQuestion(form, given, log)


def log_in(values: Mapping[str, str], at: datetime) -> tuple[IssuesQuestion, IssuesLog]:
    """The same for a page that has no form of its own: 404 where it makes no sense."""
    question = issues_in(values, at)
    if question.log is None:
        abort(404)
    return question, question.log


def _is_service(unit: Any) -> bool:
    return bool(unit.service_id == unit.id)


def _asked(form: IssuesForm) -> IssuesAsked:
    return IssuesAsked(
        Month.parse(form.month.data),
        UUID(form.service.data) if form.service.data else None,
        PlanType(form.plan_type.data) if form.plan_type.data else None,
        str(form.section.data or ""),
    )
