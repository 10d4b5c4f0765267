"""Notices and jobs as rows, so that a promise to tell somebody is kept with the change itself."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of


class Notice(Base):
    """One message to one person: shown in the app, and sent by e-mail where an address is known.

    Holds no case content: a subject, a short text with references only, and a path that needs
    sign-in. `key` makes a retried change tell nobody twice. An `urgent` one is never kept for a
    daily message. Several sent in one message share its `sent_with`. `passed_on_at`: it could not
    be sent, and somebody else was told instead.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_notice_person_id_created_at", "person_id", "created_at"),
        Index(
            "ix_notice_waiting",
            "created_at",
            sqlite_where=text("sent_at IS NULL AND email IS NOT NULL"),
            postgresql_where=text("sent_at IS NULL AND email IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str | None] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(2000))
    path: Mapped[str] = mapped_column(String(200), default="")
    key: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(200), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urgent: Mapped[bool] = mapped_column(default=False)
    sent_with: Mapped[UUID | None] = mapped_column(index=True)
    passed_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailChoice(Base):
    """How somebody wants e-mail: one a day with everything, or each as it comes (no row)."""

    __tablename__ = "mail_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    daily: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Work that outlasts a request: an import, a report. Its page shows `done` of `total`.

    `worker` is the process that does it and `touched_at` its last sign of life.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        Index("ix_job_state_created_at", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(Choice(JobState), default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(100), default="")
