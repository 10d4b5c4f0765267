"""What the pages of a concern are made of: whom to telephone, the forms, and what is late (E1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms.base import GovForm
from forms.concerns import (
    CallForm,
    ConcernForm,
    DecisionForm,
    ReferralForm,
    WithdrawConcernForm,
    clock_time,
)
from qa_app.accounts import settings
from qa_app.audits.models import Concern, ConcernReferral, ReferralTo, SafetyDecision
from qa_app.audits.queries.late_concerns import number_of, referrals_of
from qa_app.audits.services import StrategyDiscussion, TelephoneCall
from qa_app.database import now
from qa_app.domain.calendar import LONDON
from qa_app.domain.escalation import acknowledge_by
from qa_app.domain.safety import decision_by, referral_late_at
from qa_app.domain.settings import NOT_SET

Numbers = list[dict[str, str]]

_NUMBERS_OF = {
    ReferralTo.DESIGNATED_OFFICER: "designated_officer_telephone",
    ReferralTo.MASH: "mash_telephone",
}


def telephone_numbers(*, service_director: str | None = None) -> Numbers:
    """Whom to telephone, and when, from the settings; a number not set is left empty.

    `service_director` is the name of the one to telephone because nobody has acknowledged.
    """
    first = {"who": "Police and ambulance", "number": "999", "when": "where life is at risk"}
    known = [
        _number("Duty team", "duty_team_telephone", "in office hours"),
        _number("Emergency duty team", "emergency_duty_team_telephone", "out of office hours"),
    ]
    if service_director is not None:
        who = f"Service director ({service_director})" if service_director else "Service director"
        known.insert(0, _number(who, "service_director_telephone", "now"))
    return [first, *known]


def _number(who: str, setting: str, when: str) -> dict[str, str]:
    return {"who": who, "number": number_called(setting), "when": when}


def number_called(setting: str) -> str:
    """A telephone number from the settings; empty where it is not set."""
    return settings.text(setting).replace(NOT_SET, "")


@dataclass(frozen=True)
class ReferralLine:
    """Somebody outside who is to be told, as the page shows it."""

    row: ConcernReferral
    who: str
    number: str
    overdue: bool

    @property
    def told(self) -> bool:
        """Whether somebody noted that they were told."""
        return self.row.told_at is not None


@dataclass(frozen=True)
class Clocks:
    """By when what is to be done, and what of it is late by now."""

    acknowledge_by: datetime
    decide_by: datetime
    unacknowledged: bool
    undecided: bool
    referrals: Sequence[ReferralLine]

    @property
    def to_refer(self) -> list[ReferralLine]:
        """Those outside whom nobody has told yet."""
        return [each for each in self.referrals if not each.told]


def clocks_of(concern: Concern, at: datetime) -> Clocks:
    """Every clock of a concern (one query)."""
    number = number_of(concern)
    hour, decide = acknowledge_by(concern.raised_at, number), decision_by(concern.raised_at, number)
    undecided = concern.decision in (None, SafetyDecision.NEITHER_YET)
    return Clocks(
        acknowledge_by=hour,
        decide_by=decide,
        unacknowledged=concern.acknowledged_at is None and at > hour,
        undecided=undecided and at > decide,
        referrals=[_line(each, concern, at) for each in referrals_of([concern.id])],
    )


def _line(row: ConcernReferral, concern: Concern, at: datetime) -> ReferralLine:
    late = referral_late_at(row.due_on, concern.raised_at, number_of(concern))
    who = f"{row.kind.words}: {row.authority}" if row.authority else row.kind.words
    setting = _NUMBERS_OF.get(row.kind)
    number = number_called(setting) if setting else ""
    return ReferralLine(row, who[0].upper() + who[1:], number, row.told_at is None and at >= late)


def call_of(form: ConcernForm | CallForm) -> TelephoneCall | None:
    """The call that a form tells of; None where nobody answered."""
    at = moment(form.call_on.data, form.call_time.data)
    if form.answered.data != "yes" or at is None:
        return None
    return TelephoneCall(form.call_whom.data or "", at)


def told_by(form: ReferralForm) -> TelephoneCall:
    """Who outside was told and when, of a form that was found right."""
    at = moment(form.told_on.data, form.told_time.data)
    return TelephoneCall(form.told_whom.data or "", at or now())


def strategy_of(form: DecisionForm) -> StrategyDiscussion | None:
    """The strategy discussion that a form tells of; None where none was held."""
    at = moment(form.held_on.data, form.held_time.data)
    return None if at is None else StrategyDiscussion(at, form.outcome.data or "")


def moment(day: date | None, clock: str | None) -> datetime | None:
    """A day and a time in London as they were typed; None where one of them is missing."""
    time = clock_time(clock)
    if day is None or time is None:
        return None
    return datetime(day.year, day.month, day.day, *time, tzinfo=LONDON)


def decision_form(**options: Any) -> DecisionForm:
    """The form of the safety decision, with its answers."""
    form = DecisionForm(**options)
    form.decision.choices = [(each.value, each.words) for each in SafetyDecision]
    return form


def referral_form(to_refer: Sequence[ReferralLine], **options: Any) -> ReferralForm:
    """The form that says who outside was told; the only one there is is chosen."""
    if len(to_refer) == 1:
        options.setdefault("told_to", to_refer[0].row.kind.value)
    form = ReferralForm(**options)
    form.told_to.choices = [(each.row.kind.value, each.who) for each in to_refer]
    return form


def blank_forms(clocks: Clocks, sent: GovForm | None) -> dict[str, GovForm]:
    """The forms of a concern's page; the one that was sent stands in its place, with what was typed
    and what is wrong with it."""
    today = now().astimezone(LONDON).date()
    blank: dict[str, GovForm] = {
        "call": CallForm(formdata=None, call_on=today),
        "decision": decision_form(formdata=None, held_on=today),
        "referral": referral_form(clocks.to_refer, formdata=None, told_on=today),
        "withdrawal": WithdrawConcernForm(formdata=None),
    }
    return {
        name: sent if sent is not None and type(sent) is type(each) else each
        for name, each in blank.items()
    }
