"""How long the facts and the figures of a quarterly report take, with 100 audits a month.

`python -m bench.reports [AUDITS]` fills a new SQLite database in a temporary folder with 16 months
of audits (a quarter with what it is compared with), each with grades, answers, voices, findings and
an action, from a fixed seed. It takes a data cut and works the report's figures out three times,
and adds the best to bench/RESULTS.md. The goal is 5 seconds for a whole report, drawn as PDF too;
the floor is the reading of the grades alone, row by row.
"""

import platform
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.draw import best
from bench.import_audits import RESULTS
from qa_app import config, create_app
from qa_app.accounts.models import Person, PersonSource, PostKind, Team
from qa_app.accounts.teams import rebuild_tree
from qa_app.audits.models import (
    Audit,
    AuditSource,
    Finding,
    GradeRow,
    GradeSource,
    QuestionAnswer,
    Voice,
)
from qa_app.bulk import insert_columns, new_ids
from qa_app.cases.models import Case
from qa_app.cli import flask_migrate
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.answers import FindingAbout, FindingKind, QuestionKind, VoiceOf
from qa_app.domain.calendar import Month
from qa_app.domain.grades import GRADES, ComplianceAnswer, PlanType, Selection
from qa_app.domain.publishing import ReportKind
from qa_app.domain.workflow import AuditState
from qa_app.reports.building import figures_of
from qa_app.reports.facts.storing import to_bytes
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.reportasked import ReportAsked
from qa_app.standards.models import Section, Theme
from qa_app.standards.queries import current_version, sections_of
from qa_app.standards.services import install_shipped
from qa_app.tracker.models import Action, ActionSource

MONTHS = Month.range(Month(2021, 12), Month(2023, 3))
AT = datetime(2023, 5, 2, 9, tzinfo=UTC)
TEAMS = 12


class Filler:
    """Adds the rows of a month's audits."""

    def __init__(self, sections: list[Section], themes: list[str], tool: str) -> None:
        self.chance = random.Random(7)
        self.sections, self.themes, self.tool = sections, themes, tool
        self.people, self.cases = new_ids(1), new_ids(1)
        self.questions = [
            each.id.hex
            for section in sections
            for each in section.questions
            if each.kind is QuestionKind.COMPLIANCE
        ]
        root = Team(code="BENCH", name="Children")
        db.session.add(root)
        db.session.flush()
        self.services = [
            Team(code=f"B-S{n}", name=f"Service {n}", parent_id=root.id) for n in (1, 2)
        ]
        db.session.add_all(self.services)
        db.session.flush()
        self.teams = [
            Team(code=f"B-T{n}", name=f"Team {n:02}", parent_id=self.services[n % 2].id)
            for n in range(TEAMS)
        ]
        db.session.add_all(self.teams)
        db.session.flush()
        rebuild_tree()
        _insert(Person, 1, id=self.people, name="An Auditor", name_key="an auditor",
                source=PersonSource.EXTRACT)  # fmt: skip
        _insert(Case, 1, id=self.cases, reference="900001", plan_type=PlanType.CHILD_IN_NEED,
                family_reference="F1", team_id=self.teams[0].id, opened_on=date(2020, 1, 6),
                as_at=date(2020, 1, 6))  # fmt: skip

    def pick(self, options: Any, number: int) -> list[Any]:
        """So many of the options, by chance."""
        return [self.chance.choice(list(options)) for _ in range(number)]

    def month(self, month: Month, number: int) -> None:
        """Its audits, all final, and everything in them."""
        ids, grades = new_ids(number), self.pick(GRADES, number)
        teams = self.pick(self.teams, number)
        at = datetime(month.year, month.month, 10, 9, tzinfo=UTC)
        _insert(
            Audit, number, id=ids, reference=[f"A-{month}-{n}" for n in range(number)],
            state=AuditState.FINAL, source=AuditSource.MADE, selection=Selection.RANDOM,
            tool_version_id=self.tool, case_id=self.cases[0], case_reference="900001",
            plan_type=self.pick(PlanType, number), team_id=[each.id.hex for each in teams],
            service_id=[each.service_id.hex for each in teams if each.service_id],
            auditor_id=self.people[0], auditor_post=PostKind.TEAM_MANAGER, due_on=month.last,
            submitted_at=at, completed_on=at.date(), completed_month=month.first,
            auditor_grade=grades, final_grade=grades, final_at=at + timedelta(days=5),
        )  # fmt: skip
        for source in (GradeSource.AUDITOR, GradeSource.FINAL):
            _insert(GradeRow, number, audit_id=ids, source=source, grade=grades, at=at)
            for section in self.sections:
                _insert(GradeRow, number, audit_id=ids, source=source, section_id=section.id.hex,
                        grade=self.pick(GRADES, number), at=at)  # fmt: skip
        for question in self.questions:
            answers = self.pick(ComplianceAnswer, number)
            _insert(QuestionAnswer, number, audit_id=ids, question_id=question,
                    compliance=answers, saved_at=at)  # fmt: skip
        for voice in VoiceOf:
            _insert(Voice, number, audit_id=ids, voice_of=voice, saved_at=at,
                    obtained=self.pick((True, False), number))  # fmt: skip
        for kind in (*FindingKind, FindingKind.DEVELOPMENT):
            _insert(
                Finding, number, audit_id=ids, kind=kind, about=FindingAbout.PRACTICE, text="Text",
                section_id=self.sections[0].id.hex, theme_id=self.pick(self.themes, number),
                added_at=at,
            )  # fmt: skip
        _insert(
            Action, number, reference=[f"X-{month}-{n}" for n in range(number)],
            kind=self.pick(ActionKind, number), status=ActionStatus.OPEN,
            source=ActionSource.AUDIT, source_key=[f"b-{month}-{n}" for n in range(number)],
            what="Text", audit_id=ids, team_id=[each.id.hex for each in teams],
            owner_id=self.people[0], owner_name="An Owner", raised_at=at, raised_on=at.date(),
            original_due_on=month.last, due_on=month.last, version=1,
        )  # fmt: skip


def _insert(model: Any, count: int, **columns: Any) -> None:
    insert_columns(model.__table__, columns, count)


def fill(number: int) -> None:
    """16 months with so many audits each."""
    tool = current_version("core")
    themes = [each.hex for each in db.session.scalars(select(Theme.id).order_by(Theme.code))]
    filler = Filler(sections_of(tool), themes, tool.id.hex)
    for month in MONTHS:
        filler.month(month, number)


def main(number: int) -> None:
    """Measure, print and keep the result."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "SECRET_KEY": "a secret of this benchmark and of nothing else",
        })  # fmt: skip
        with create_app(settings).app_context():
            flask_migrate.upgrade()
            with saving():
                install_shipped(at=now())
                fill(number)
            size = 0

            def cut() -> None:
                nonlocal size
                size = len(to_bytes(read_facts(MONTHS[0], MONTHS[-1], AT)))

            cut_took = best(cut)
            facts = read_facts(MONTHS[0], MONTHS[-1], AT)
            asked = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")
            figures_took = best(lambda: figures_of(asked, facts))
            figures = len(figures_of(asked, facts).rows)
            columns = (GradeRow.audit_id, GradeRow.section_id, GradeRow.grade, GradeRow.at)
            floor = best(lambda: db.session.execute(select(*columns)).all())
    took = cut_took + figures_took
    line = (
        f"| {time.strftime('%Y-%m-%d')} | facts and {figures:,} figures of a quarter, "
        f"{len(facts.audits):,} audits in {len(MONTHS)} months, cut of {size // 1000:,} kB, SQLite "
        f"| cut {cut_took:.2f} s, figures {figures_took:.2f} s | reading the grades alone "
        f"{floor:.2f} s | {took / floor:.1f} | ≤ 5 s with PDF "
        f"| Python {platform.python_version()}, `python -m bench.reports {number}` |"
    )
    print(line)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
