"""Installing what the product ships: audit tools, themes and the job titles of an extract.

Installing again changes nothing that is there: a published version never changes, and a job title
that the QA lead has mapped otherwise stays as it is.
"""

import tomllib
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import JobTitle, name_key
from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import Limiting
from qa_app.standards.models import (
    Question,
    Section,
    Theme,
    ToolVersion,
    ToolVersionState,
)

TOOLS = ("core-case-file-audit.toml",)


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads(files("qa_app.standards").joinpath("shipped", name).read_text("utf-8"))


def install_shipped(*, at: datetime) -> None:
    """Add every shipped tool version, theme and job title that is not there yet."""
    for name in TOOLS:
        _install_tool(_shipped(name), at)
    _install_themes(_shipped("themes.toml")["themes"])
    _install_job_titles(_shipped("job-titles.toml")["job_titles"])


def _install_tool(data: dict[str, Any], at: datetime) -> None:
    known = select(ToolVersion).where(
        ToolVersion.code == data["code"], ToolVersion.number == data["version"]
    )
    if db.session.scalars(known).first() is not None:
        return
    version = ToolVersion(
        code=data["code"],
        name=data["name"],
        number=data["version"],
        state=ToolVersionState.PUBLISHED,
        graded=data["graded"],
        voices=data["voices"],
        gates=data["gates"],
        moderated=data["moderated"],
        counts_in_mtm=data["counts_in_mtm"],
        published_at=at,
        sections=[_section(n, section) for n, section in enumerate(data["sections"], start=1)],
    )
    db.session.add(version)
    db.session.flush()
    history.record(
        "tool_installed", version, by=None, at=at, tool=version.code, version=version.number
    )


def _section(position: int, data: dict[str, Any]) -> Section:
    return Section(
        position=position,
        code=data["code"],
        title=data["title"],
        guidance=data["guidance"],
        limiting=Limiting(data["limiting"]),
        plan_types=data["plan_types"],
        descriptors=data["descriptors"],
        questions=[
            Question(
                position=n,
                code=question["code"],
                kind=QuestionKind(question["kind"]),
                wording=question["wording"],
                guidance=question.get("guidance", ""),
                standard=question.get("standard", ""),
                plan_types=question.get("plan_types", []),
            )
            for n, question in enumerate(data["questions"], start=1)
        ],
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
