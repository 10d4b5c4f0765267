"""A-1 and on: actions and concerns (E1 to E9)."""

from typing import Final

from qa_app.reports.figures.defined.definition import Definition, Whose

_CUT: Final = "The data cut"

ACTIONS: Final = (
    Definition(
        "A-1", "Actions raised and ended",
        "Actions raised, verified, withdrawn, or closed in an import in the period; outstanding at "
        "the end of its last day", None, "Day on which it happened", "what happened",
        decimals=None,
    ),
    Definition(
        "A-2", "Actions outstanding", "Actions raised by the end of the period, neither verified "
        "nor withdrawn nor closed in an import", None, _CUT, "word of the action, then all",
        decimals=None, good_is="low",
    ),
    Definition(
        "A-2s", "Actions outstanding, by service", "Actions of the service neither verified nor "
        "withdrawn nor closed in an import; those of them that are overdue", None, _CUT,
        "all, then overdue", Whose.SERVICE, None, "low",
    ),
    Definition(
        "A-3", "Concerns about significant harm",
        "Concerns raised in the period; of them, those acknowledged or decided on the same day and "
        "those withdrawn since", "Concerns raised in the period", "Day on which it was raised",
        "what became of it",
    ),
    Definition(
        "A-4", "Priority actions outstanding", "Priority actions neither verified nor withdrawn "
        "nor closed in an import", None, _CUT, "word of the action, then all", decimals=None,
        good_is="low",
    ),
    Definition(
        "A-5", "Actions outstanding, by theme", "Actions raised under the theme, neither verified "
        "nor withdrawn nor closed in an import", None, _CUT, "theme", decimals=None,
        good_is="low",
    ),
)  # fmt: skip
