"""People and what they may do. A role belongs to a person for a time, and has a scope."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.post_kinds import COUNTED_AUDITORS, POST_WORDS, PostKind
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Role, Scope

__all__ = [
    "COUNTED_AUDITORS",
    "POST_WORDS",
    "Account",
    "JobTitle",
    "OneTimeLink",
    "Person",
    "PersonSource",
    "Post",
    "PostHolding",
    "PostKind",
    "RoleGrant",
    "Setting",
    "SignInAttempt",
    "SignInSession",
    "Team",
    "WorkingDayClosure",
    "name_key",
]


class Team(Base):
    """A unit of the department tree. A service is a unit directly beneath the root.

    `service_id` is the service that the unit belongs to (itself, for a service; None, for the
    root). `path` holds the ids from the root down to the unit, each followed by "/".
    """

    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), default="")
    closed_on: Mapped[date | None]

    parent: Mapped["Team | None"] = relationship(foreign_keys=[parent_id], remote_side=[id])
    service: Mapped["Team | None"] = relationship(foreign_keys=[service_id], remote_side=[id])


class PersonSource(StrEnum):
    """Where a person came from; an import only ends what an import began."""

    EXTRACT = "extract"
    PEOPLE_FILE = "people_file"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"
    DEMO = "demo"


class Person(Base):
    """A member of staff, or somebody of a partner agency for a time (`organisation` says which).

    `external_id` and `staff_id` are the case system's and the payroll's.
    """

    __tablename__ = "person"
    __table_args__ = (one_of("source", PersonSource),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    staff_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    line_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[PersonSource] = mapped_column(Choice(PersonSource))
    left_on: Mapped[date | None]
    organisation: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped["Account | None"] = relationship(back_populates="person")
    holdings: Mapped[list["PostHolding"]] = relationship(back_populates="person")
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person")


def name_key(name: str) -> str:
    """The name as it is matched: any case, single spaces."""
    return " ".join(name.casefold().split())


class JobTitle(Base):
    """How a job title of the extract maps to a post kind, a rank and roles (the QA lead's table).

    `title_key` is matched in any case with single spaces; `line` says that the post manages the
    people of its department.
    """

    __tablename__ = "job_title"
    __table_args__ = (one_of("kind", PostKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[PostKind] = mapped_column(Choice(PostKind))
    rank: Mapped[int]
    line: Mapped[bool]
    roles: Mapped[list[str]] = mapped_column(JSON)


class Post(Base):
    """A post in a unit; vacant while nobody holds it."""

    __tablename__ = "post"
    __table_args__ = (one_of("kind", PostKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[PostKind] = mapped_column(Choice(PostKind))
    rank: Mapped[int]
    line: Mapped[bool]
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    closed_on: Mapped[date | None]

    team: Mapped[Team] = relationship()
    holdings: Mapped[list["PostHolding"]] = relationship(back_populates="post")


class PostHolding(Base):
    """Who held a post, from when until when (inclusive; None while they hold it)."""

    __tablename__ = "post_holding"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index(
            "uq_post_holding_open",
            "post_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    post: Mapped[Post] = relationship(back_populates="holdings")
    person: Mapped[Person] = relationship(back_populates="holdings")


class RoleGrant(Base):
    """A role held by a person, with its scope and dates; `post_id` is the post that it is for."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", Role),
        one_of("scope", Scope),
        CheckConstraint(
            "(scope IN ('team', 'service')) = (team_id IS NOT NULL)", name="scope_has_team"
        ),
        CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name="ends_after_start"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    role: Mapped[Role] = mapped_column(Choice(Role))
    scope: Mapped[Scope] = mapped_column(Choice(Scope))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    from_extract: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(back_populates="grants")
    team: Mapped[Team | None] = relationship()


class Account(Base):
    """How a person signs in. Without a password the account waits for its one-time link.

    `ends_on` is the last day of an account that was given for a time (a partner's, an inspector's).
    """

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="account")


class SignInSession(Base):
    """A session as the server knows it; ending the row ends the cookie (AU-2, AU-4)."""

    __tablename__ = "sign_in_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()


class OneTimeLink(Base):
    """A link to set or reset a password, stored as a hash, good once and for a time."""

    __tablename__ = "one_time_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()


class SignInAttempt(Base):
    """A wrong guess, by the hash of the address typed, so that all workers count alike (AU-5)."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_email_hash_at", "email_hash", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Setting(Base):
    """A setting's value from a day on; days before keep the value they had."""

    __tablename__ = "setting"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JSON)
    valid_from: Mapped[date]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkingDayClosure(Base):
    """A local closure day, taken from the working days beside England's bank holidays."""

    __tablename__ = "working_day_closure"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    year: Mapped[int] = mapped_column(Integer, default=0)
