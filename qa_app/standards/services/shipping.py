"""Installing what the product ships: standards, audit tools, themes and job titles of an extract.

Installing again changes nothing that is there: a published version never changes, and a job title
that the QA lead has mapped otherwise stays as it is.
"""

import tomllib
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import JobTitle, name_key
from qa_app.database import db
from qa_app.domain.tools import ToolContent
from qa_app.standards.models import Theme, ToolVersion
from qa_app.standards.services.practice import install_standards
from qa_app.standards.services.storing import add_draft, publish_draft
from qa_app.standards.toolfile import read_tool


def _folder() -> Traversable:
    return files("qa_app.standards").joinpath("shipped")


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads(_folder().joinpath(name).read_text("utf-8"))


def shipped_tools() -> list[ToolContent]:
    """Every tool that the product ships, by code. Raises ValueError for a file with a fault."""
    found = []
    for file in _folder().joinpath("tools").iterdir():
        reading = read_tool(file.read_bytes())
        if reading.tool is None:
            raise ValueError(f"{file.name}: {'; '.join(map(str, reading.faults))}")
        found.append(reading.tool)
    return sorted(found, key=lambda tool: tool.code)


def install_shipped(*, at: datetime) -> None:
    """Add every shipped standard, tool version, theme and job title that is not there yet."""
    install_standards(at=at)
    known = _newest_numbers()
    for tool in shipped_tools():
        # A council that went on from a shipped version by itself keeps its own.
        if tool.version > known.get(tool.code, 0):
            _install_tool(tool, at)
    _install_themes(_shipped("themes.toml")["themes"])
    _install_job_titles(_shipped("job-titles.toml")["job_titles"])


def _newest_numbers() -> dict[str, int]:
    newest = func.max(ToolVersion.number).label("newest")
    query = select(ToolVersion.code, newest).group_by(ToolVersion.code)
    return {row.code: row.newest for row in db.session.execute(query)}


def _install_tool(tool: ToolContent, at: datetime) -> None:
    version = add_draft(tool)
    for older in publish_draft(version, at):
        history.record("tool_retired", older, by=None, at=at, tool=older.code, version=older.number)
    history.record(
        "tool_installed", version, by=None, at=at, tool=version.code, version=version.number
    )


def _install_themes(rows: list[dict[str, Any]]) -> None:
    known = set(db.session.scalars(select(Theme.code)))
    db.session.add_all(Theme(**row) for row in rows if row["code"] not in known)


def _install_job_titles(rows: list[dict[str, Any]]) -> None:
    known = set(db.session.scalars(select(JobTitle.title_key)))
    for row in rows:
        for title in [row["title"], *row["spellings"]]:
            key = name_key(title)
            if key in known:
                continue
            known.add(key)
            db.session.add(
                JobTitle(
                    title=title,
                    title_key=key,
                    kind=row["post"],
                    rank=row["rank"],
                    line=row["line"],
                    roles=row["roles"],
                )
            )
