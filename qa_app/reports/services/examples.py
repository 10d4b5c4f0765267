"""Good practice as an example: marked, agreed to by its team, published, withdrawn (T4)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.filing import main_themes
from qa_app.database import db
from qa_app.domain.answers import FindingKind
from qa_app.domain.errors import DomainError
from qa_app.domain.learning import ExampleState
from qa_app.domain.workflow import AuditState
from qa_app.notify import services as notify
from qa_app.reports.models import GoodExample
from qa_app.reports.queries.examples import identifying_in, manager_to_ask, state_of
from qa_app.standards.queries.themes import merged_into


class ExampleRefused(DomainError):
    """An example that cannot be marked, or a step that does not fit where it stands."""


class MayIdentify(DomainError):
    """Words that may identify a child or family, which nobody has looked at yet (A11)."""


def mark_example(finding: Finding, *, title: str, text: str, by: UUID, at: datetime) -> GoodExample:
    """Mark a strength as an example, in words written anew; its team's manager is asked.

    ExampleRefused for a finding that is no strength of a finished audit, one of an audit without a
    team (nobody could consent), and one that is an example already.
    """
    audit = db.session.get_one(Audit, finding.audit_id, with_for_update=True)
    if audit.state is not AuditState.FINAL or finding.kind is not FindingKind.STRENGTH:
        raise ExampleRefused("Choose a strength of an audit that has its final grade")
    if audit.team_id is None or audit.team is None:
        raise ExampleRefused(
            f"Audit {audit.reference} names no team, so nobody can consent. Choose another strength"
        )
    standing = db.session.query(GoodExample).filter_by(finding_id=finding.id, withdrawn_at=None)
    if any(state_of(each) is not ExampleState.REFUSED for each in standing):
        raise ExampleRefused("This strength is an example already. There is nothing to do")
    main = main_themes([finding.id])[finding.id]
    example = GoodExample(
        finding_id=finding.id,
        theme_id=merged_into().get(main, main) if main else None,
        team_id=audit.team_id,
        team_name=audit.team.name,
        title=title,
        text=text,
        marked_by=by,
        marked_at=at,
    )
    db.session.add(example)
    db.session.flush()
    history.record("example_marked", example, by=by, at=at, team=example.team_name)
    _ask(example, at)
    return example


def change_example(example: GoodExample, *, title: str, text: str, by: UUID, at: datetime) -> bool:
    """Change its words before it is published. A team that had agreed or not is asked again, since
    it agreed to other words."""
    _refuse_unless(example, ExampleState.ASKED, ExampleState.AGREED, ExampleState.REFUSED)
    if (example.title, example.text) == (title, text):
        return False
    example.title, example.text = title, text
    example.consented_at = example.consented_by = example.refused_at = None
    example.refused_why = ""
    history.record("example_changed", example, by=by, at=at)
    db.session.flush()
    _ask(example, at)
    return True


def consent(example: GoodExample, *, by: UUID, at: datetime) -> None:
    """Agree for the team to the words as they stand; whoever marked it is told."""
    _refuse_unless(example, ExampleState.ASKED)
    example.consented_by, example.consented_at = by, at
    history.record("example_consented", example, by=by, at=at)
    _tell_marker(example, "The team agreed", "Publish it when you are ready.", at)


def refuse(example: GoodExample, *, why: str, by: UUID, at: datetime) -> None:
    """Do not agree, with the reason; whoever marked it is told. It may be agreed to or not, and not
    to have agreed is the end of these words."""
    _refuse_unless(example, ExampleState.ASKED)
    example.refused_at, example.refused_why = at, why
    history.record("example_refused", example, by=by, at=at)
    _tell_marker(
        example, "The team did not agree", "Its reason stands with the example.", at,
    )  # fmt: skip


def publish(example: GoodExample, *, looked: bool, by: UUID, at: datetime) -> None:
    """Show it to everybody who has a role here.

    MayIdentify where its words may name somebody and nobody said that they were `looked` at: it
    asks once more, and stops nothing.
    """
    _refuse_unless(example, ExampleState.AGREED)
    if not looked and identifying_in(example.title, example.text):
        raise MayIdentify(
            "Look at the words marked below once more: confirm that they identify no child or "
            "family, or change them",
            "looked",
        )
    example.published_at = at
    history.record("example_published", example, by=by, at=at)


def withdraw(example: GoodExample, *, by: UUID, at: datetime) -> None:
    """Take it away from everybody's eyes, at any time."""
    _refuse_unless(example, *(each for each in ExampleState if each is not ExampleState.WITHDRAWN))
    example.withdrawn_at = at
    history.record("example_withdrawn", example, by=by, at=at)


def _refuse_unless(example: GoodExample, *states: ExampleState) -> None:
    db.session.flush()
    db.session.refresh(example, with_for_update=True)
    state = state_of(example)
    if state not in states:
        raise ExampleRefused(
            f"This cannot be done now: it stands as “{state.words.lower()}”. Nothing was changed"
        )


def _ask(example: GoodExample, at: datetime) -> None:
    manager = manager_to_ask(example)
    if manager is None:
        return
    notify.queue(
        manager.id,
        manager.email,
        f"Good practice of {example.team_name}: may it be shared?",
        "An example of good practice of your team was written down, without saying of which child. "
        "Open it to read it, and to agree or not.",
        f"/learning/examples/{example.id}",
        f"example:{example.id}:asked:{example.revision}",
        at,
    )


def _tell_marker(example: GoodExample, what: str, then: str, at: datetime) -> None:
    marker = db.session.get_one(Person, example.marked_by)
    notify.queue(
        marker.id,
        marker.email,
        f"{what}: the example of {example.team_name}",
        then,
        f"/learning/examples/{example.id}",
        f"example:{example.id}:answered:{example.revision}",
        at,
    )
