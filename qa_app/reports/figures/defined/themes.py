"""T-1 and on: what was found, by theme (T2)."""

from typing import Final

from qa_app.reports.figures.defined.definition import PERIOD, Definition, Whose, by

_THEME: Final = "audits final at the data cut, completed in the period"
_DEVELOPMENT: Final = Definition(
    "T-1", "Areas for development by theme", "Audits with an area for development under the theme",
    f"All {_THEME}", PERIOD, "theme", good_is="low",
)  # fmt: skip
_STRENGTHS: Final = Definition(
    "T-2", "Strengths by theme", "Audits with a strength under the theme", f"All {_THEME}",
    PERIOD, "theme", good_is="high",
)  # fmt: skip
THEMES: Final = (
    _DEVELOPMENT,
    _STRENGTHS,
    *by(Whose.SERVICE, "s", _DEVELOPMENT, _STRENGTHS),
    *by(Whose.PLAN_TYPE, "p", _DEVELOPMENT, _STRENGTHS),
    Definition(
        "T-3", "Areas for development about recording only, by theme",
        "Audits whose areas for development under the theme are all about recording only",
        "Audits with an area for development under the theme", PERIOD, "theme",
    ),
    Definition(
        "L-1", "Learning: the measure of a response before it",
        "Audits that met what the response is judged by", "Audits that say whether they do",
        "Months before the one in which it was done", "response",
    ),
    Definition(
        "L-2", "Learning: the measure of a response after it",
        "Audits that met what the response is judged by", "Audits that say whether they do",
        "Months after the one in which it was done, those that are over", "response",
    ),
)  # fmt: skip
