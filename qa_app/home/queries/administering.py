"""What waits for an administrator: who has no post, which posts stand empty, what failed."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ScalarSelect, exists, func, or_, select

from qa_app.accounts.models import Account, Person, PersonSource, Post, PostHolding
from qa_app.accounts.periods import open_on
from qa_app.cases.models import ImportFault, ImportRun
from qa_app.database import db
from qa_app.notify.models import Notice

IMPORTS_SHOWN = 5


class Upkeep(NamedTuple):
    """Counts to look into, and the newest imports with how many rows each refused."""

    people_without_post: int
    posts_vacant: int
    accounts_without_password: int
    failed_mail: int
    imports: list[tuple[ImportRun, int]]


def failed_mail() -> ScalarSelect[int]:
    """How many messages have failed at least once and are still unsent."""
    return (
        select(func.count())
        .select_from(Notice)
        .where(Notice.sent_at.is_(None), Notice.email.is_not(None), Notice.error != "")
        .scalar_subquery()
    )


def upkeep(today: date) -> Upkeep:
    """What an administrator looks into (two queries)."""
    held = (PostHolding.started_on <= today) & or_(
        PostHolding.ended_on.is_(None), PostHolding.ended_on >= today
    )
    people, posts, accounts, mail = db.session.execute(
        select(
            select(func.count())
            .select_from(Person)
            .where(
                or_(Person.left_on.is_(None), Person.left_on > today),
                Person.source != PersonSource.PARTNER,
                ~exists().where(PostHolding.person_id == Person.id, held),
            )
            .scalar_subquery(),
            select(func.count())
            .select_from(Post)
            .where(Post.closed_on.is_(None), ~exists().where(PostHolding.post_id == Post.id, held))
            .scalar_subquery(),
            select(func.count())
            .select_from(Account)
            .where(Account.password_hash.is_(None), open_on(today))
            .scalar_subquery(),
            failed_mail(),
        )
    ).one()
    return Upkeep(people, posts, accounts, mail, _imports())


def _imports() -> list[tuple[ImportRun, int]]:
    refused = (
        select(func.count())
        .select_from(ImportFault)
        .where(ImportFault.run_id == ImportRun.id)
        .scalar_subquery()
    )
    query = select(ImportRun, refused).order_by(ImportRun.at.desc()).limit(IMPORTS_SHOWN)
    return [(run, number) for run, number in db.session.execute(query)]
