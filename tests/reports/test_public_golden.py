"""DP-2: the legacy workbook's Q4 2022/23 report as the public has it, kept in a file and compared.

To look at a change, set QA_GOLDEN=1 and run this module: it writes the file anew.
"""

import csv
import os
from io import StringIO
from pathlib import Path

import pytest

from qa_app.cli import cli
from qa_app.database import now
from qa_app.domain.calendar import Month
from qa_app.domain.measures import MEASURES
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import figures_of
from qa_app.reports.figures import Figures
from qa_app.reports.public import PublicVersion, publicly
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.reportasked import ReportAsked
from tests.reports.recomputed import DATA

FILE = Path(__file__).resolve().parent.parent / "data" / "public-2022-23-q4.csv"
Q4 = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")


@pytest.fixture
def figures(app) -> Figures:
    """The report's figures from the workbook and the extract, as loaded on the command line."""
    runner = app.test_cli_runner()
    for name, *arguments in (
        ("import-ssd", str(DATA / "ssd"), "--as-at", "2023-04-30"),
        ("import-audits", str(DATA / "legacy-audit-log.xlsx")),
    ):
        result = runner.invoke(cli.commands[name], arguments)
        assert result.exit_code == 0, result.output
    with app.app_context():
        return figures_of(Q4, read_facts(Month(2022, 1), Month(2023, 3), now()))


def _file_of(figures: Figures, found: PublicVersion) -> str:
    hidden = {each.key: each for each in found.hidden}
    file = StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["measure", "period", "category", "scope", "in full", "in public", "why"])
    for figure in figures:
        printed = found.figures.by_key.get(figure.key)
        why = hidden[figure.key].why if figure.key in hidden else ""
        key = figure.key
        text = printed.text if printed else "left out"
        out.writerow([key.measure, key.period, key.category, key.scope, figure.text, text, why])
    return file.getvalue()


# DP-2: the same workbook gives the same public report, on every machine and database. R5: the
# authority's MTM-1 to 4 are in it in full, and no other count of 1 to 5.
def test_the_public_report_of_the_workbook_is_the_golden_one(figures) -> None:
    found = publicly(Q4, figures)
    text = _file_of(figures, found)
    if os.environ.get("QA_GOLDEN"):
        FILE.write_text(text, "utf-8")
    assert text == FILE.read_text("utf-8")
    printed = {figure.key: figure for figure in found.figures}
    for figure in figures:
        if figure.key.measure in MEASURES:
            assert printed[figure.key].text == figure.text
        elif figure.key in printed:
            number = printed[figure.key].numerator
            assert number is None or not 1 <= number <= 5
