"""C-1 and on: what was due, done, exempt, late, moderated and waived (P4, S6)."""

from typing import Final

from qa_app.reports.figures.defined.definition import CYCLE, Definition, Whose

_COMPLETED: Final = Definition(
    "C-1", "Completed of due, by role of auditor", "Due audits completed by the cycle’s last day",
    "Audits due: those expected, less those exempted in time", CYCLE, "completed", Whose.ROLE, 0,
    "high",
)  # fmt: skip
_COMPLETED_BESIDE: Final = Definition(
    "C-1b", "Expected, exempt and late, by role of auditor",
    "Audits expected, exempted, exempted too late to count, and completed after the cycle", None,
    CYCLE, "what is counted", Whose.ROLE, None,
)  # fmt: skip
_MODERATED: Final = Definition(
    "C-2r", "Moderated of completed, by role of auditor",
    "Completed audits with a finished moderation at the data cut", "Due audits completed by the "
    "cycle’s last day", CYCLE, "moderated", Whose.ROLE, 0, "high",
)  # fmt: skip
COMPLIANCE: Final = (
    _COMPLETED,
    Definition(
        "C-1s", "Completed of due, by service of the auditor", _COMPLETED.numerator,
        _COMPLETED.denominator, CYCLE, "completed", Whose.SERVICE, 0, "high",
    ),
    _COMPLETED_BESIDE,
    Definition(
        "C-1o", "Completed of due by other auditors", _COMPLETED.numerator,
        _COMPLETED.denominator, CYCLE, "completed", Whose.ROLE, 0, "high",
    ),
    Definition(
        "C-1sb", "Expected, exempt and late, by service of the auditor",
        _COMPLETED_BESIDE.numerator, None, CYCLE, "what is counted", Whose.SERVICE, None,
    ),
    Definition(
        "C-2", "Moderated of completed, by service of the auditor", _MODERATED.numerator,
        _MODERATED.denominator, CYCLE, "moderated", Whose.SERVICE, 0, "high",
    ),
    _MODERATED,
    Definition(
        "C-3", "Waivers, by role of auditor",
        "Audits or moderations allowed in spite of a conflict "
        "of interest (rules S6 and M2)", None, "Month in which the waiver was given",
        "for the audit or its moderation", Whose.ROLE, None,
    ),
    Definition(
        "C-3s", "Waivers, by service of the case", "Audits or moderations allowed in spite of a "
        "conflict of interest (rules S6 and M2)", None, "Month in which the waiver was given",
        "for the audit or its moderation", Whose.SERVICE, None,
    ),
)  # fmt: skip
