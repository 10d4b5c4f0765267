"""Every number, telephone number and label that a council may change, with its default.

One table: the settings page, the documentation and the rules read it. A change is dated, and what
was done before keeps the value that stood then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType


class Kind(StrEnum):
    """What a setting's value is: whole numbers of a unit, or text."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"
    PERCENT = "per cent"
    COUNT = "number"
    MONTH_NUMBERS = "months of the year"
    TELEPHONE = "telephone number"
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        return self not in (Kind.MONTH_NUMBERS, Kind.TELEPHONE, Kind.TEXT)


@dataclass(frozen=True)
class Setting:
    """A default, what kind of value it is, what it does in plain words, and the rule it serves."""

    default: int | str
    kind: Kind
    description: str
    rule: str


_DAYS: Final = Kind.WORKING_DAYS
NOT_SET: Final = "not set: ask your systems team"

SETTINGS: Final[dict[str, Setting]] = {
    # The programme
    "expected_audits": Setting(
        1, Kind.COUNT, "Audits that each auditor is expected to do in a month", "P2"),
    "months_without_audits": Setting(
        "8", Kind.MONTH_NUMBERS, "Months in which no audits are expected (8 is August)", "P2"),
    "extension_by_line_manager": Setting(
        5, _DAYS, "The longest extension that a line manager may give", "P3"),
    "reminder_first": Setting(
        7, Kind.DAYS, "How long before the due date an auditor is reminded first", "P6"),
    "reminder_second": Setting(
        2, Kind.DAYS, "How long before the due date an auditor is reminded again", "P6"),
    # Sampling
    "not_audited_again_within": Setting(
        12, Kind.MONTHS, "How long an audited case is left out of the draw", "S3"),
    "cases_of_one_worker": Setting(
        2, Kind.COUNT, "Cases of one social worker drawn in a month, where there are others (0 for "
        "no limit)", "S3"),
    "reserves_for_each_case": Setting(
        2, Kind.COUNT, "Reserve cases drawn for each case that is needed", "S4"),
    "load_difference": Setting(
        1, Kind.COUNT, "Audits by which two auditors of the same role may differ", "S7"),
    # Doing an audit
    "period_under_review": Setting(
        12, Kind.MONTHS, "How far back an audit looks at the child's file", "A1"),
    "period_judged": Setting(
        6, Kind.MONTHS, "The latest part of that time, on which practice is judged", "A1"),
    "thin_rationale_below": Setting(
        25, Kind.COUNT, "Different words below which a rationale is marked thin for its moderator; "
        "nobody has to reach it", "A6"),
    "short_evidence_below": Setting(
        25, Kind.COUNT, "Words of evidence below which an Outstanding or Inadequate section asks "
        "its auditor to look again; nobody has to reach it", "A6"),
    "facts_check": Setting(
        3, _DAYS, "Time for the social worker and team manager to check a draft's facts", "A12"),
    "reply_to_audit": Setting(
        10, _DAYS, "Time for the social worker and team manager to reply to an audit", "A12"),
    "partner_account_after_due": Setting(
        30, Kind.DAYS, "How long after the due date of a joint audit a partner’s account lasts, "
        "unless the QA lead says otherwise", "I2"),
    "partner_account_longest": Setting(
        6, Kind.MONTHS, "The longest time for which a partner’s account is given", "I2"),
    # Moderation
    "moderate_urgent_within": Setting(
        2, _DAYS, "Time to moderate an Inadequate audit, or one with a concern", "M0"),
    "moderate_within": Setting(10, _DAYS, "Time to moderate any other audit", "M0"),
    "second_moderator_within": Setting(5, _DAYS, "Time for a second moderator to decide", "M0"),
    "moderated_share": Setting(
        100, Kind.PERCENT, "Share of audits moderated, besides those that always are", "M1"),
    "first_audits_moderated": Setting(
        3, Kind.COUNT, "First audits of an auditor that are always moderated", "M1"),
    "blind_share": Setting(20, Kind.PERCENT, "Share of moderations done blind", "M3"),
    "auditor_answers_within": Setting(
        5, _DAYS, "Time for the auditor to answer a moderator who sees it differently", "M4"),
    "calibration_reminded_before": Setting(
        2, _DAYS, "Time before a calibration deadline at which people are reminded", "M10"),
    "talk_after_final": Setting(
        20, _DAYS, "How long after the final grade auditors and moderators can write to each other "
        "about it", "M4"),
    "agreement_shown_from": Setting(
        10, Kind.COUNT, "Audits from which agreement between grades is shown", "M9"),
    # The safety route
    "duty_team_telephone": Setting(
        NOT_SET, Kind.TELEPHONE, "The duty team's telephone, in office hours", "E1"),
    "emergency_duty_team_telephone": Setting(
        NOT_SET, Kind.TELEPHONE, "The emergency duty team's telephone, out of office hours", "E1"),
    "designated_officer_telephone": Setting(
        NOT_SET, Kind.TELEPHONE, "The designated officer's (LADO) telephone, for concerns about an "
        "adult who works with children", "E1"),
    "mash_telephone": Setting(
        NOT_SET, Kind.TELEPHONE, "The telephone of the multi-agency safeguarding hub (MASH), for a "
        "child whose case is closed or not known", "E1"),
    "service_director_telephone": Setting(
        NOT_SET, Kind.TELEPHONE, "The telephone of the service directors, or of whoever is on call "
        "for them, for a concern that nobody has acknowledged", "E1"),
    "concern_acknowledged_within": Setting(
        1, Kind.HOURS, "Time for somebody who was told of a concern to acknowledge it", "E1"),
    "designated_officer_within": Setting(
        1, _DAYS, "Time to tell the designated officer (LADO)", "E1"),
    "priority_action_within": Setting(1, _DAYS, "Time to do a priority action", "E1"),
    # After a grade
    "inadequate_head_told_within": Setting(
        1, _DAYS, "Time to tell the head of service about an Inadequate audit", "E2"),
    "inadequate_plan_within": Setting(
        5, _DAYS, "Time to agree an improvement plan after an Inadequate audit", "E2"),
    "re_audit_within": Setting(
        3, Kind.MONTHS, "Time to audit the case again after an Inadequate audit", "E2"),
    "re_audit_soon": Setting(
        20, _DAYS, "How near its due date the QA lead is told of a re-audit not yet given", "E8"),
    "requires_improvement_within": Setting(
        20, _DAYS, "Time to do the actions of a Requires improvement audit", "E2"),
    # The tracker
    "verify_within": Setting(5, _DAYS, "Time to verify an action that was marked done", "E4"),
    "verify_priority_within": Setting(
        1, _DAYS, "Time to verify a priority action that was marked done", "E4"),
    "action_started_within": Setting(
        5, _DAYS, "How long an action may stay open before it is shown as not started", "E4"),
    "ladder_priority_corporate_director": Setting(
        1, _DAYS, "When the corporate director is told of an overdue priority action", "E6"),
    "ladder_team_manager": Setting(
        5, _DAYS, "When the team manager is told of an overdue action", "E6"),
    "ladder_head_of_service": Setting(
        10, _DAYS, "When the head of service is told of an overdue action", "E6"),
    "ladder_service_director": Setting(
        15, _DAYS, "When the service director is told of an overdue action after an Inadequate "
        "audit", "E6"),
    "ladder_corporate_director": Setting(
        20, _DAYS, "When the corporate director is told of an overdue action after an Inadequate "
        "audit", "E6"),
    "plan_late_service_director": Setting(
        5, _DAYS, "When the service director is told of an improvement plan that nobody has "
        "agreed", "E6"),
    "plan_late_corporate_director": Setting(
        10, _DAYS, "When the corporate director is told of an improvement plan that nobody has "
        "agreed", "E6"),
    "at_risk_within": Setting(2, _DAYS, "How near its due date an action is at risk", "E9"),
    # Reports and records
    "suppressed_up_to": Setting(
        5, Kind.COUNT, "The largest count that a public report hides", "R5"),
    "team_shown_from": Setting(
        6, Kind.COUNT, "Audits from which a public report shows a team", "R5"),
    "too_few_to_say_below": Setting(
        10, Kind.COUNT, "Audits below which no interval or trend is shown", "R6"),
    "earlier_months_for_limits": Setting(
        12, Kind.COUNT, "Earlier months needed before one month can be called a change", "R6"),
    "key_lasts_longest": Setting(
        12, Kind.MONTHS, "The longest time for which another program is given a key to read with",
        "I2"),
    "kept_for": Setting(6, Kind.YEARS, "How long audits are kept after the final grade", "I4"),
    # Names
    "council_name": Setting("Your council", Kind.TEXT, "The council's name, on every page", "R1"),
    **{
        f"plan_label_{plan}": Setting(
            plan.words, Kind.TEXT, f"What pages call the plan type stored as {plan}", "A1")
        for plan in PlanType
    },
}  # fmt: skip

Numbers = Callable[[str], int]
"""Looks up a number by its setting's name, as it stood on the day that matters."""


def default_number(name: str) -> int:
    """The default of a number. TypeError where the setting is text; KeyError where unknown."""
    default = SETTINGS[name].default
    if not isinstance(default, int):
        raise TypeError(f"{name} is not a number")
    return default


class SettingRefused(DomainError):
    """A value that a setting cannot take."""


LONGEST: Final = 200
"""Characters in a text setting, and far above any sensible number of days."""


def parse_setting(name: str, text: str) -> int | str:
    """The value that somebody typed for a setting. SettingRefused, KeyError where unknown."""
    kind = SETTINGS[name].kind
    text = text.strip()
    if kind.is_number:
        return _whole_number(text, 100 if kind is Kind.PERCENT else LONGEST, kind)
    if kind is Kind.MONTH_NUMBERS:
        return _month_numbers(text)
    if not 1 <= len(text) <= LONGEST:
        raise SettingRefused(f"Enter a {kind} of 1 to {LONGEST} characters", "value")
    return text


def _whole_number(text: str, most: int, kind: Kind) -> int:
    # Length first: reading a number of a million digits would take its time.
    if text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST)) and int(text) <= most:
        return int(text)
    if kind is Kind.PERCENT:
        raise SettingRefused(f"Enter a percentage from 0 to {most}, as a whole number", "value")
    unit = "" if kind is Kind.COUNT else f" of {kind}"
    raise SettingRefused(f"Enter a whole number{unit} from 0 to {most}", "value")


def _month_numbers(text: str) -> str:
    months = text.replace(",", " ").split()
    if not all(month in _MONTH_NUMBERS for month in months):
        raise SettingRefused("Enter months as numbers from 1 to 12, for example 8, 12", "value")
    return " ".join(months)


_MONTH_NUMBERS: Final = frozenset(str(number) for number in range(1, 13))
