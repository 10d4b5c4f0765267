"""Making the demonstration council, whole and in one transaction, from a seed and a day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import insert

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Setting
from qa_app.database import db, new_id
from qa_app.demo.actions import ActionPlanner
from qa_app.demo.ahead import Ahead
from qa_app.demo.audits import AuditWriter
from qa_app.demo.calibrating import Calibrating
from qa_app.demo.cases import build_cases
from qa_app.demo.concerns import ConcernWriter
from qa_app.demo.content import ContentWriter
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.drawing import Drawing
from qa_app.demo.grading import Tool
from qa_app.demo.guard import MARK, NotADemonstration, is_empty
from qa_app.demo.joint import Joint
from qa_app.demo.lateness import Lateness
from qa_app.demo.learning import Learning
from qa_app.demo.ledger import Ledger
from qa_app.demo.logins import set_password
from qa_app.demo.oversight import Oversight
from qa_app.demo.people import build_people
from qa_app.demo.plans import Plans
from qa_app.demo.programme import Planner
from qa_app.demo.reaudits import ReAudits
from qa_app.demo.reporting import Reports
from qa_app.demo.structure import COUNCIL_NAME, LOGINS, TELEPHONES
from qa_app.demo.together import Together
from qa_app.standards.queries import current_version, sections_of, themes

TOOL = "core"


@dataclass(frozen=True)
class Made:
    """How many rows of each kind were made."""

    people: int
    cases: int
    audits: int
    actions: int


@dataclass(frozen=True)
class Composed:
    """The council in memory, ready to be saved."""

    ledger: Ledger
    council: Council
    days: Days


def compose(seed: int, *, today: date, at: datetime) -> Composed:
    """Make the council in memory: the same for the same seed, day and moment, identifiers aside.

    Reads the installed audit tool, the themes and the closure days; changes nothing.
    """
    ledger, rng = Ledger(), Random(seed)  # noqa: S311  # a council to look at, not a secret
    days = Days(today, at, settings.calendar())
    council = build_people(rng, days, ledger)
    cases = build_cases(rng, days, council, ledger)
    planner = Planner(rng, days, council, cases, ledger)
    tool = _tool()
    content = ContentWriter(rng, days, ledger, tool, _themes())
    pieces, drawing = planner.plan(), Drawing(seed, council, planner.made, ledger)
    again = ReAudits(seed, days, council, planner.made, ledger)
    again.plan(pieces)
    drawing.draw(pieces)
    writer = AuditWriter(rng, days, council, ledger, planner.made, tool, content, drawing)
    concerns = ConcernWriter(rng, days, council, ledger)
    actions = ActionPlanner(rng, days, council, ledger)
    written = []
    for piece in pieces:
        told = writer.write(piece)
        actions.of(told, concerns.write(told))
        written.append(told)
    actions.write()
    again.write(written, tool)
    Lateness(days, council, planner.made, ledger).tell(written)
    Plans(days, council, ledger).write(written)
    Calibrating(days, council, ledger, tool).write()
    ledger.note("demo_made", "", None, by=None, at=at, seed=seed)
    return Composed(ledger, council, days)


def make(seed: int, *, today: date, at: datetime, password: str) -> Made:
    """Fill an empty database with the demonstration council; the caller saves.

    Raises NotADemonstration outside demo mode, and on a database that holds anything already.
    """
    _refuse()
    composed = compose(seed, today=today, at=at)
    _save(composed.ledger)
    _mark(seed, composed)
    Ahead(composed.council, composed.days, seed, at).set_going()
    Joint(composed.council, composed.days, at).share()
    Together(composed.council, composed.days, at).meet()
    Oversight(composed.council, composed.days, at).decide()
    Learning(composed.council, composed.days, at).learn()
    Reports(composed.council, composed.days).report()
    set_password(password, at=at)
    rows = composed.ledger.rows
    counts = Counter({table.name: len(found) for table, found in rows.items()})
    return Made(counts["person"], counts["case"], counts["audit"], counts["action"])


def _refuse() -> None:
    if not current_app.config.get("DEMO"):
        raise NotADemonstration(
            "The demonstration council is only made in demo mode. Set QA_DEMO=1, and DATABASE_URL "
            "to a database of its own."
        )
    if not is_empty():
        raise NotADemonstration(
            "This database is not empty. The demonstration council needs one of its own."
        )


def _tool() -> Tool:
    version = current_version(TOOL)
    return Tool(version.id, tuple(sections_of(version)))


def _themes() -> dict[str, UUID]:
    return {theme.code: theme.id for theme in themes()}


def _save(ledger: Ledger) -> None:
    token = history.origin.set(("demo", ""))
    try:
        ledger.save()
    finally:
        history.origin.reset(token)


def _mark(seed: int, composed: Composed) -> None:
    """Mark the database as the demonstration's, and set what its pages need."""
    logins, days = composed.council.logins, composed.days
    accounts = [(login.label, logins[login.key].email) for login in LOGINS]
    values: dict[str, Any] = {
        MARK: {"seed": seed, "accounts": accounts},
        "council_name": COUNCIL_NAME,
        **TELEPHONES,
    }
    first = days.months[0].first
    rows = [
        {"id": new_id(), "name": name, "value": value, "valid_from": first, "changed_by": None,
         "changed_at": days.at}
        for name, value in values.items()
    ]  # fmt: skip
    db.session.execute(insert(Setting), rows)
