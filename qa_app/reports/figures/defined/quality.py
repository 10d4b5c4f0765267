"""Q-1 to Q-7: how good practice is, whether standards are met, who was heard."""

from typing import Final

from qa_app.reports.figures.defined.definition import GRADED, MONTH, PERIOD, Definition, Whose, by

# S5: rates leave out targeted, thematic and re-audits, and keep "not recorded" in.
_RATE_BASIS: Final = f"{MONTH}; without targeted, thematic and re-audits"
_GOOD: Final = Definition(
    "Q-1", "Good or better", "Audits graded Good or Outstanding",
    "Audits completed in the period that have a final grade, without targeted and thematic ones "
    "and re-audits", _RATE_BASIS, "good or better", good_is="high",
)  # fmt: skip
_GOOD_RANDOM: Final = Definition(
    "Q-1b", "Good or better, randomly chosen cases alone", "Audits graded Good or Outstanding",
    "Audits of randomly chosen cases completed in the period that have a final grade", MONTH,
    "good or better", good_is="high",
)  # fmt: skip
_SECTIONS: Final = Definition(
    "Q-2", "Sections graded Good or better", "Audits whose section is graded Good or Outstanding",
    "Audits whose section is graded", GRADED, "section", good_is="high",
)  # fmt: skip
_SECTION_GRADES: Final = Definition(
    "Q-2g", "Grades of each section", "Audits whose section holds that grade",
    "Audits whose section is graded", GRADED, "section: grade",
)  # fmt: skip
_STANDARDS: Final = Definition(
    "Q-3", "Compliance with a practice standard", "Answers yes", "Answers yes and no", GRADED,
    "standard", good_is="high",
)  # fmt: skip
_EXCEPTIONS: Final = Definition(
    "Q-3b", "Approved exceptions from a practice standard",
    "Answers no, with an approved exception",
    None, GRADED, "standard", decimals=None,
)  # fmt: skip
_VOICES: Final = Definition(
    "Q-7", "Voices", "Audits with the child’s view; with a parent’s or carer’s; talked through "
    "with the worker", "Audits completed, of tools that ask for voices and final at the data cut",
    PERIOD, "whose voice", good_is="high",
)  # fmt: skip
_UNHEARD: Final = Definition(
    "Q-7b", "Voices not heard", "Audits where somebody was asked and nothing was obtained, or "
    "where it is not said", None, PERIOD, "whose voice: why", decimals=None,
)  # fmt: skip
QUALITY: Final = (
    _GOOD,
    _GOOD_RANDOM,
    *by(Whose.SERVICE, "s", _GOOD),
    *by(Whose.TEAM, "t", _GOOD),
    *by(Whose.PLAN_TYPE, "p", _GOOD),
    Definition(
        "Q-2", "Sections graded Good or better, the authority and each team", _SECTIONS.numerator,
        _SECTIONS.denominator, GRADED, "section", Whose.TEAM, good_is="high",
    ),
    *by(Whose.SERVICE, "s", _SECTIONS),
    _SECTION_GRADES,
    *by(Whose.SERVICE, "s", _SECTION_GRADES),
    *by(Whose.TEAM, "t", _SECTION_GRADES),
    _STANDARDS,
    *by(Whose.SERVICE, "s", _STANDARDS),
    _EXCEPTIONS,
    _VOICES,
    *by(Whose.SERVICE, "s", _VOICES),
    _UNHEARD,
    Definition(
        "Q-4", "Agreement between auditors and moderation", "Moderated audits whose auditor’s "
        "grade and final grade were the same; within one grade; the auditor’s better, or worse; "
        "kappa and AC2 with linear weights, each with its 95% interval",
        "Moderated audits with both grades; nothing else is shown below 10 (rule M9)", MONTH,
        "what is compared", good_is="high",
    ),
    Definition(
        "Q-4m", "Agreement, moderated blind and sighted apart", "As Q-4",
        "As Q-4, of audits whose moderator saw the auditor’s grades first, or did not", MONTH,
        "what is compared, of each way of moderating", good_is="high",
    ),
    Definition(
        "Q-5", "Actions done on time",
        "Actions done by the date first set, and verified since; those not verified yet and those "
        "not in time beside it",
        "Actions first due in the period, without imported and withdrawn ones",
        "Month of the first due date", "what became of it", good_is="high",
    ),
    Definition(
        "Q-6", "Movement from audit to re-audit",
        "Pairs whose overall grade moved up, stayed, moved down",
        "Re-audits that got their final grade in the period",
        "Day of the re-audit’s final grade", "movement", good_is="high",
    ),
    Definition(
        "Q-6g", "Movement of each section from audit to re-audit",
        "Pairs whose grade of the section moved up, stayed, moved down",
        "Pairs of the period in which both audits graded the section",
        "Day of the re-audit’s final grade", "section: movement", good_is="high",
    ),
)  # fmt: skip
