"""MTM-1 and MTM-4 as statements that a view of the database can keep (PostgreSQL)."""

from typing import Any, Final

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    text,
    union_all,
)

from qa_app.audits.models import Audit
from qa_app.audits.queries.blind import judgement_hidden
from qa_app.database import UtcDateTime, now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import GRADES
from qa_app.domain.measures import (
    GRADES_MEASURE,
    OUTSTANDING_CATEGORY,
    OUTSTANDING_MEASURE,
    TOTAL_CATEGORY,
)
from qa_app.reports.asked import Asked
from qa_app.reports.queries.population import counted, open_priority, standing_inadequate
from qa_app.tracker.models import Action

# Each month since the first action, with the end of its last day in London, or the present.
_MOMENTS: Final = """
SELECT to_char(first, 'YYYY-MM') AS period,
  least((first + interval '1 month' - interval '1 day')::date,
        timezone('Europe/London', now())::date) AS day,
  least(timezone('Europe/London', first + interval '1 month') - interval '1 microsecond', now())
    AS moment
FROM generate_series(
  (SELECT date_trunc('month', min(raised_on)::timestamp) FROM public.action),
  date_trunc('month', timezone('Europe/London', now())),
  interval '1 month') AS first
"""


def _every_audit() -> list[Any]:
    """The audits that count in MTM (P7), of any selection (S5): nothing of it depends on a day."""
    month = Month.of(london_date(now()))
    return counted(Asked(month, month, now()))


def grades_by_month() -> Select[Any]:
    """MTM-1's counts: four rows for each month in which an audit was completed, zeros included."""
    grades = union_all(
        *(
            select(literal(grade.value).label("grade"), literal(grade.words).label("category"))
            for grade in GRADES
        )
    ).subquery("grades")
    final, number = Audit.final_grade, func.count(Audit.id)
    audits = number.filter(cast(final, String) == grades.c.grade)
    columns = (Audit.completed_month.label("month"), grades.c.grade, grades.c.category)
    return (
        select(*columns, audits.label("audits"), number.filter(final.is_not(None)).label("total"))
        .select_from(Audit)
        .join(grades, literal(True))
        .where(Audit.completed_month.is_not(None), *_every_audit())
        .group_by(*columns)
    )


def measure_counts() -> Any:
    """MTM-1 and MTM-4 in the columns of the measures, without the text.

    What is kept from a blind moderator is not in MTM-4 (M3).
    """
    by_grade = grades_by_month().subquery("by_grade")
    period = func.to_char(by_grade.c.month, "YYYY-MM").label("period")
    measure = literal(GRADES_MEASURE).label("measure")
    rows = select(
        measure,
        period,
        by_grade.c.category.label("category"),
        by_grade.c.audits.label("numerator"),
        by_grade.c.total.label("denominator"),
    )
    total = select(
        measure, period, literal(TOTAL_CATEGORY), by_grade.c.total, cast(null(), Integer)
    )
    days = text(_MOMENTS).columns(period=String(), day=Date(), moment=UtcDateTime()).cte("moments")
    outstanding = (
        select(func.count())
        .select_from(Action)
        .join(Audit, Audit.id == Action.audit_id)
        .where(
            open_priority(days.c.day),
            standing_inadequate(days.c.moment),
            ~judgement_hidden(),
            *_every_audit(),
        )
        .correlate(days)
        .scalar_subquery()
    )
    stock = select(
        literal(OUTSTANDING_MEASURE),
        days.c.period,
        literal(OUTSTANDING_CATEGORY),
        outstanding,
        cast(null(), Integer),
    )
    return union_all(rows, total.distinct(), stock)


def read_as_now() -> Any:
    """As which theme one that was merged is read (T1): (theme_id, into_id), for a view.

    The newest of merging and reopening counts; chains are followed, and a loop, which the services
    never make, ends within ten steps.
    """
    return (
        text(
            """
            SELECT DISTINCT ON (theme_id) theme_id, into_id FROM (
              WITH RECURSIVE step AS (
                SELECT theme_id, into_id FROM (
                  SELECT DISTINCT ON (theme_id) theme_id, into_id, kind
                  FROM public.theme_change WHERE kind IN ('merged', 'reopened')
                  ORDER BY theme_id, at DESC, id DESC
                ) AS newest WHERE kind = 'merged'
              ), chain AS (
                SELECT theme_id, into_id, 1 AS depth FROM step
                UNION ALL
                SELECT chain.theme_id, step.into_id, depth + 1
                FROM chain JOIN step ON step.theme_id = chain.into_id
                WHERE depth < 10 AND step.into_id <> chain.theme_id
              )
              SELECT * FROM chain
            ) AS found ORDER BY theme_id, depth DESC
            """
        )
        .columns(theme_id=Audit.id.type, into_id=Audit.id.type)
        .subquery("read_as")
    )
