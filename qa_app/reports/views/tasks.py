"""A version in work as tasks, each with its state: the data, the parts, the checks, the moves."""

from typing import Any

from flask import url_for

from qa_app.domain.publishing import ReportState
from qa_app.domain.versions import word_count
from qa_app.formatting import count_words, date_words, datetime_words
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import ReportVersion
from qa_app.reports.services.checking import Checks

Task = dict[str, Any]
_DONE = (ReportState.CHECKED, ReportState.APPROVED)


def groups(version: ReportVersion, checks: Checks) -> list[tuple[str, list[Task]]]:
    """Headed groups of tasks in their order; a task without a link is for somebody else, or not to
    be done yet."""
    return [
        ("The data", [_data(version)]),
        ("What you write", [*_parts(version), _elsewhere(version)]),
        ("Check and publish", [_checks(version, checks), *_moves(version)]),
    ]


def _data(version: ReportVersion) -> Task:
    taken = datetime_words(version.cut.at) if version.cut else "not yet"
    return {
        "text": "Figures from the audits",
        "href": url_for("reports.version", version_id=version.id),
        "hint": f"Data as at {taken}. Look at the report as it is.",
        "status": "Taken",
        "done": True,
    }


def _parts(version: ReportVersion) -> list[Task]:
    texts = {each.slot: each.text for each in version.texts}
    draft = version.state is ReportState.DRAFT
    found = []
    for slot in RECIPES[version.report.kind].slots:
        text = texts.get(slot.code, "")
        status = count_words(word_count(text), "word") if text else "To write"
        if not text and not slot.needed:
            status = "May stay empty"
        href = url_for("reports.write_part", version_id=version.id, slot=slot.code)
        found.append(
            {
                "text": slot.heading,
                "href": href if draft else None,
                "hint": slot.hint,
                "status": status,
                "done": bool(text),
                "colour": "blue" if slot.needed else "grey",
            }
        )
    return found


def _elsewhere(version: ReportVersion) -> Task:
    number = len(version.others)
    draft = version.state is ReportState.DRAFT
    return {
        "text": "Figures from elsewhere",
        "href": url_for("reports.other_figures", version_id=version.id) if draft else None,
        "hint": "If you have any: from the performance team, complaints or a survey.",
        "status": count_words(number, "figure") if number else "None",
        "done": True,
    }


def _checks(version: ReportVersion, checks: Checks) -> Task:
    task = {
        "text": "Checks",
        "href": url_for("reports.checks", version_id=version.id),
        "hint": "Of the audits and of the texts. Each finding is put right or explained.",
    }
    if version.state in _DONE:
        hint = f"Confirmed on {date_words(version.checked_at)}."
        return task | {"hint": hint, "status": "Checked", "done": True}
    if checks.open:
        return task | {"status": f"{checks.open} open", "colour": "orange"}
    return task | {"status": "Ready to confirm"}


def _moves(version: ReportVersion) -> list[Task]:
    checked, approved = version.state in _DONE, version.state is ReportState.APPROVED
    return [
        {
            "text": "What is hidden in public",
            "href": url_for("reports.suppressed", version_id=version.id) if checked else None,
            "hint": "Small counts, and those that would give them away.",
            "status": "To look at" if checked else "After the check",
            "colour": "blue" if checked else "grey",
        },
        {
            "text": "Approval",
            "hint": "By a head of service or above who neither checked it nor wrote in it.",
            "status": _approval(version),
            "done": approved,
            "colour": "yellow" if checked else "grey",
        },
        {
            "text": "Publish",
            "href": url_for("reports.publish", version_id=version.id) if approved else None,
            "hint": "It is locked then, and everybody with a role here can read its public form.",
            "status": "Ready to publish" if approved else "After approval",
            "colour": "blue" if approved else "grey",
        },
    ]


def _approval(version: ReportVersion) -> str:
    if version.state is ReportState.APPROVED:
        return "Approved"
    return "Waiting" if version.state is ReportState.CHECKED else "After the check"
