"""What other programs may ask, and the rows they get: the API's document is made of these.

The names of columns stay as they are: a program was written against them. A new one may be added.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_app.domain.actions import ActionKind, ActionStatus, Impact
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.escalation import Brag
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.reports.asked import GradeBasis, Selected

MOST: Final = 1_000
USUAL: Final = 500
_MONTH: Final = r"^(19|20)\d\d-(0[1-9]|1[0-2])$"
_NAME: Final = r"^[^\x00-\x1f\x7f]+$"
_MARK: Final = r"^[A-Za-z0-9_-]+$"

MonthText = Annotated[str, Field(pattern=_MONTH, examples=["2026-11"])]
Name = Annotated[str, Field(pattern=_NAME, max_length=200)]


class Asking(BaseModel):
    """What every list can be asked; a parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "csv"] = Field("json", description="json or csv")
    limit: int = Field(USUAL, ge=1, le=MOST, description=f"rows in one answer, 1 to {MOST}")
    after: str | None = Field(
        None, pattern=_MARK, max_length=400, description="where to go on: take it from “next”"
    )


class MonthsAsked(Asking):
    """From which month to which, both included."""

    first: MonthText | None = Field(None, alias="from", description="a month such as 2026-04")
    last: MonthText | None = Field(None, alias="to", description="a month such as 2026-09")


class MeasuresAsked(MonthsAsked):
    """The questions of the page of measures; the last twelve months unless said."""

    grades: GradeBasis = Field(GradeBasis.FINAL, description="final or auditor")
    selection: Selected = Field(Selected.ALL, description="all or random")
    service: Name | None = Field(None, description="the name of a service")
    team: Name | None = Field(None, description="the name of a team")
    plan_type: PlanType | None = Field(None, description="the code of a plan type")


class AuditsAsked(MonthsAsked):
    """Audits by their month of completion; every month unless said."""

    plan_type: PlanType | None = Field(None, description="the code of a plan type")


class ActionsAsked(Asking):
    """Actions, every one unless said."""

    kind: ActionKind | None = Field(None, description="the kind of action")
    outstanding: bool | None = Field(None, description="true or false")


class ThemesAsked(MonthsAsked):
    """Counts of themes by month of completion; the last twelve months unless said."""


class MeasureRow(BaseModel):
    """One figure, as the measures print it."""

    measure: str = Field(description="MTM-1 to MTM-4")
    period: str = Field(description="the month, as 2026-11")
    category: str = Field(description="what is counted")
    numerator: int
    denominator: int | None = Field(description="empty for a total and for a stock")
    text: str = Field(description="the figure as it is printed")
    scope: str = Field(description="authority, or the team, service or plan type asked for")


class AuditRow(BaseModel):
    """One completed audit, without narrative. Grades are empty until it is final."""

    reference: str = Field(description="the audit's number")
    month: date | None = Field(description="first day of the month of completion")
    completed_on: date
    source: Literal["made", "imported"]
    tool: str | None = Field(description="the audit tool's code; empty where imported")
    tool_name: str | None
    counts: bool = Field(description="whether its tool counts in MTM-1 to MTM-3")
    selection: Selection = Field(description="how its case was chosen")
    plan_type: PlanType | None
    age_band: str | None
    team: str | None = Field(description="the child's team when the audit began")
    service: str | None
    auditor_post: str = Field(description="the kind of post that the auditor held")
    re_audit: bool
    graded: bool = Field(description="whether its tool gives grades")
    final: bool
    moderated: bool = Field(description="whether it is final, and a moderator graded it")
    auditor_grade: Grade | None = Field(description="empty until it is final")
    final_grade: Grade | None = Field(description="empty until it is final")
    final_on: date | None


class ActionRow(BaseModel):
    """One action: never what is to be done, and never whose it is."""

    reference: str
    audit_reference: str | None
    kind: ActionKind
    status: ActionStatus
    brag: Brag = Field(description="computed from status and dates, as on the day of reading")
    imported: bool
    outstanding: bool = Field(description="neither verified nor withdrawn; done is outstanding")
    raised_on: date
    original_due_on: date | None
    due_on: date | None
    done_on: date | None
    settled_on: date | None
    impact: Impact | None
    theme: str | None = Field(description="the theme's code")
    theme_name: str | None
    team: str | None
    service: str | None


class ThemeRow(BaseModel):
    """How often a theme was found in final audits of a month; only what was found has a row."""

    month: date | None = Field(description="first day of the month of completion")
    theme: str = Field(description="the theme's code, as merged")
    theme_name: str
    main: bool = Field(description="whether it is the findings' main theme, or one beside it")
    kind: FindingKind
    about: FindingAbout | None = Field(description="about practice, or recording only")
    section: str | None = Field(description="the section's code")
    selection: Selection
    plan_type: PlanType | None
    service: str | None
    findings: int
    audits: int


class Answer(BaseModel):
    """One answer: rows in an order that stays, and the address of the next ones."""

    as_at: datetime = Field(description="the moment at which the rows were read")
    basis: str = Field(description="what the rows are, in words")
    next: str | None = Field(description="the path of the next rows; empty at the end")


class MeasuresAnswer(Answer):
    """Figures."""

    rows: list[MeasureRow]


class AuditsAnswer(Answer):
    """Audits."""

    rows: list[AuditRow]


class ActionsAnswer(Answer):
    """Actions."""

    rows: list[ActionRow]


class ThemesAnswer(Answer):
    """Counts of themes."""

    rows: list[ThemeRow]


class Problem(BaseModel):
    """What went wrong and what to do, as application/problem+json (RFC 9457)."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
