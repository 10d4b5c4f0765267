"""A report of a period, its numbered versions, and what people write and explain in them."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Permission, Subject
from qa_app.domain.publishing import ReportKind, ReportState
from qa_app.reports.models.cuts import DataCut

_UNPUBLISHED = "state IN ('draft', 'checked', 'approved')"


class Report(Base):
    """One report: its kind, its period (2023-02, 2022/23-Q4 or 2022/23) and its parameters.

    `parameters` is what ReportAsked.to_json() says; `key` is their hash with kind and period, so
    that there is one report of each and it gets versions.
    """

    __tablename__ = "report"
    __table_args__ = (one_of("kind", ReportKind), Index("ix_report_period", "period", "kind"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ReportKind] = mapped_column(Choice(ReportKind))
    period: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    versions: Mapped[list["ReportVersion"]] = relationship(
        back_populates="report", order_by="ReportVersion.number"
    )


class ReportVersion(Base):
    """One version. Its figures and documents are stored when it is checked, and are locked from
    its publication on: the database refuses to change them (R3).

    `figures` and `public_figures` are lists of figures as ReportFigure.to_row() says, and
    `public_hidden` of what the public form hides, as Hidden.to_row() does; `document` and
    `public_document` are what Document.to_json() says; `hash` is SHA-256 over figures, texts,
    parameters and data cut. `erratum` lists what changed since the version before, old → new.
    """

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        one_of("state", ReportState),
        CheckConstraint(
            "state NOT IN ('checked', 'approved', 'published', 'withdrawn')"
            " OR (cut_id IS NOT NULL AND figures IS NOT NULL AND hash <> '')",
            name="checked_has_figures",
        ),
        CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)",
            name="published_has_its_time",
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_its_time"
        ),
        Index(
            "uq_report_version_one_unpublished",
            "report_id",
            unique=True,
            sqlite_where=text(_UNPUBLISHED),
            postgresql_where=text(_UNPUBLISHED),
        ),
    )

    seen_with: ClassVar[Permission] = Permission.REPORT_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    number: Mapped[int]
    state: Mapped[ReportState] = mapped_column(Choice(ReportState), default=ReportState.DRAFT)
    why: Mapped[str] = mapped_column(Text, default="")
    cut_id: Mapped[UUID | None] = mapped_column(ForeignKey("data_cut.id"))
    figures: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    public_figures: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    public_hidden: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    public_document: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True
    )
    erratum: Mapped[list[Any]] = mapped_column(JSON, default=list)
    public_erratum: Mapped[list[Any]] = mapped_column(JSON, default=list)
    hash: Mapped[str] = mapped_column(String(64), default="")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)

    report: Mapped[Report] = relationship(back_populates="versions")
    cut: Mapped[DataCut | None] = relationship()
    texts: Mapped[list["ReportText"]] = relationship(order_by="ReportText.slot")
    answers: Mapped[list["CheckAnswer"]] = relationship()
    others: Mapped[list["OtherFigure"]] = relationship(order_by="OtherFigure.id")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def permission_subject(self) -> Subject:
        """A report is nobody's case: what counts is whether it has been published."""
        return Subject(readable=self.published_at is not None)


class ReportText(Base):
    """What a person wrote in one place of a version (R7)."""

    __tablename__ = "report_text"
    __table_args__ = (UniqueConstraint("version_id", "slot"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"))
    slot: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it as it is


class CheckAnswer(Base):
    """Why something that a data-quality check found is right as it stands (R8).

    `about` is the id of the audit, or "" where the check is about the whole report.
    """

    __tablename__ = "check_answer"
    __table_args__ = (UniqueConstraint("version_id", "check_code", "about"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"))
    check_code: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(40), default="")
    explanation: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OtherFigure(Base):
    """A figure from elsewhere, set beside ours and marked as such (R1)."""

    __tablename__ = "other_figure"
    __table_args__ = (
        CheckConstraint("numerator >= 0", name="not_negative"),
        CheckConstraint("denominator IS NULL OR denominator >= numerator", name="a_part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"), index=True)
    section: Mapped[str] = mapped_column(String(60), default="")
    words: Mapped[str] = mapped_column(String(300))
    numerator: Mapped[int]
    denominator: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(200))
    as_at: Mapped[date]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
