"""Audits that wait for a blind moderator, submitted through the services themselves (M3)."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from typing import NamedTuple
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, FactPoint, Finding, ModerationSeed
from qa_app.audits.services.conversations import Invitation, invite
from qa_app.audits.services.thanking import thank
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.answers import (
    ContributionKind,
    FactAnswer,
    FindingAbout,
    FindingKind,
    QuestionKind,
    VoiceOf,
)
from qa_app.domain.grades import Grade, Limiting, LimitingRule
from qa_app.moderation import services
from qa_app.moderation.models import Moderation
from qa_app.moderation.views.actions import pinned
from qa_app.standards.models import Theme
from qa_app.tracker.models import ActionSource
from qa_app.tracker.services import finish, raise_action, start
from tests.audits.making import AT, MONTH, Writer, given, submitted, whole_answers
from tests.council import Council, hold

GOOD = Grade.GOOD
# A head of another service than the audited one and the auditor's: they cannot read the audit.
MODERATOR = "other_head"


def a_blind_audit(council: Council, **options: str) -> Audit:
    """An audit that was chosen to be moderated blind, with its facts checked."""
    hold("blind_share", 100)
    return submitted(council, **{"auditor": "auditor", **options})


def taken(council: Council, audit: Audit, key: str = MODERATOR) -> Moderation:
    """The moderation that this person begins now."""
    person = db.session.get_one(Person, council.people[key])
    return services.start(audit, person, by=person.id, at=now())


def taken_blind(app, council: Council, key: str = MODERATOR, **options: str) -> tuple[UUID, UUID]:
    """The ids of a blind audit and of the moderation that has begun, stored."""
    with app.app_context(), saving():
        audit = a_blind_audit(council, **options)
        moderation = taken(council, audit, key)
        db.session.flush()
        return audit.id, moderation.id


def first_grades(moderation: Moderation, grade: Grade = GOOD) -> dict[str, Grade]:
    """The same grade for everything that is graded first."""
    return dict.fromkeys([*moderation.blind_sections, "overall"], grade)


# --- An audit with a word of its own in every box, judged in one way or another


class Judged(NamedTuple):
    """How an auditor judged: overall, each section (the last one for all others), each question."""

    overall: Grade
    sections: tuple[Grade, ...]
    questions: tuple[Grade, ...]


def word(name: str) -> str:
    """The canary of one box: letters alone, the same for ever."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:14]
    return "canary" + digest.translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass
class Planted:
    """What was planted: ids by name, the words that a blind moderator reads, and all others."""

    ids: dict[str, UUID] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def keep(self, name: str) -> str:
        """A word that is part of the auditor's judgement, or of what came of it."""
        self.hidden.add(word(name))
        return word(name)

    def show(self, name: str) -> str:
        """A word of the evidence, or of what others signed."""
        self.shown.add(word(name))
        return word(name)


def plant(council: Council, judged: Judged) -> Planted:
    """An audit as its auditor judged it, chosen to be moderated blind, with what came of it."""
    planted, people = Planted(), council.people
    hold("blind_share", 100)
    # The month's seed is made at random: here it is the same in every world.
    db.session.add(ModerationSeed(month=MONTH, seed="the same seed", made_at=AT))
    audit = given(council, auditor="auditor")
    by = people["auditor"]
    Writer(audit, by)({"overall.rationale": planted.keep("an earlier rationale")})
    _invite(audit, planted, people)
    Writer(audit, by, AT + timedelta(minutes=10))(_answers(audit, judged, planted))
    planted.ids["finding_id"] = _findings(audit, planted)
    thank(audit, people["worker"], planted.keep("thanks"), by=by, at=AT)
    view = {"kind": ContributionKind.VIEW, "text": planted.show("a view"), "at": AT}
    audits.send_contribution(audit, by=people["worker"], **view)
    audit = audits.submit(audit, by=by, at=AT + timedelta(hours=1))
    _check_facts(audit, planted, people)
    _raise_actions(audit, planted, people)
    planted.ids["audit_id"] = audit.id
    return planted


def _answers(audit: Audit, judged: Judged, planted: Planted) -> dict[str, str]:
    values = whole_answers(audit)
    Writer(audit, audit.auditor_id)(values)
    draft = Draft(audit)
    questions = cycle(judged.questions)
    for number, section in enumerate(draft.sections):
        code = section.code
        last = len(judged.sections) - 1
        values[f"{code}.grade"] = judged.sections[min(number, last)].value
        values[f"{code}.evidence"] = planted.show(f"{code}.evidence")
        values[f"{code}.impact"] = planted.keep(f"{code}.impact")
        for question in draft.questions_of(section):
            if question.kind is QuestionKind.QUALITY:
                values[f"question.{question.code}"] = next(questions).value
            if question.kind is QuestionKind.TEXT:
                values[f"question.{question.code}"] = planted.show(question.code)
    away = next(each.code for each in reversed(draft.sections) if each.limiting is Limiting.NONE)
    values[f"{away}.grade"] = "not_applicable"
    for box in ("not_applicable", "evidence"):
        planted.shown.discard(word(f"{away}.{box}"))
        values[f"{away}.{box}"] = planted.keep(f"{away}.{box}")
    values |= {f"override.{rule.value}": planted.keep(f"override.{rule}") for rule in LimitingRule}
    for name in ("rationale", "why_not_above", "why_not_below"):
        values[f"overall.{name}"] = planted.keep(f"overall.{name}")
    for name in ("safe.how_known", "none_found.strength", "none_found.development"):
        values[name] = planted.keep(name)
    return values | _voices(planted) | {"overall.grade": judged.overall.value}


def _voices(planted: Planted) -> dict[str, str]:
    """The child was heard in confidence, the worker too; the others were not, for a reason."""
    values = {f"voice.{each.value}.why_not": planted.keep(f"{each}.why_not") for each in VoiceOf}
    for each in (VoiceOf.CHILD, VoiceOf.SOCIAL_WORKER):
        name = f"voice.{each.value}"
        values |= {f"{name}.obtained": "yes", f"{name}.on": "2026-11-10"}
        values[f"{name}.said"] = planted.keep(f"{each}.said")
    child = f"voice.{VoiceOf.CHILD.value}"
    return values | {f"{child}.safe_to_contact": "yes", f"{child}.in_confidence": "yes"}


def _findings(audit: Audit, planted: Planted) -> UUID:
    theme, section = db.session.query(Theme).first(), Draft(audit).sections[0]
    for kind in FindingKind:
        audits.add_finding(
            audit, kind=kind, text=planted.keep(f"finding {kind}"), theme_id=theme.id,
            section_id=section.id, about=FindingAbout.PRACTICE, by=audit.auditor_id, at=AT,
        )  # fmt: skip
    return db.session.query(Finding).first().id


def _invite(audit: Audit, planted: Planted, people: dict[str, UUID]) -> None:
    guests = frozenset({people["worker"]})
    tomorrow = Invitation(AT + timedelta(days=1), 30, planted.keep("a place"), guests)
    invite(audit, tomorrow, by=people["auditor"], at=AT)


def _check_facts(audit: Audit, planted: Planted, people: dict[str, UUID]) -> None:
    """The worker says what is not right, and the auditor that it stands; the manager replies."""
    points = [audits.Point("risk", planted.keep("a point"))]
    audits.answer_check(audit, points=points, by=people["worker"], at=AT)
    audits.answer_check(audit, points=[], by=people["manager"], at=AT)
    point = db.session.query(FactPoint).one()
    audits.answer_point(
        audit, point.id, answer=FactAnswer.STANDS, text=planted.keep("an answer"),
        by=people["auditor"], at=AT,
    )  # fmt: skip
    reply = {"kind": ContributionKind.REPLY, "text": planted.keep("a reply"), "at": AT}
    audits.send_contribution(audit, by=people["manager"], **reply)
    planted.ids["point_id"] = point.id


def _raise_actions(audit: Audit, planted: Planted, people: dict[str, UUID]) -> None:
    """A priority action that waits for its owner, and one that waits for verification (E4)."""
    for number in range(2):
        action = raise_action(
            kind=ActionKind.PRIORITY, what=planted.keep(f"action {number}"),
            owner=db.session.get_one(Person, people["manager"]), source=ActionSource.AUDIT,
            source_key=f"audit:{audit.id}:{number}", by=people["auditor"], at=AT,
            audit=pinned(audit),
        )  # fmt: skip
        planted.ids["action_id" if number else "open_action_id"] = action.id
    start(action, by=people["manager"], at=AT)
    evidence = planted.keep("what shows it")
    finish(action, evidence=evidence, done_on=AT.date(), by=people["manager"], at=AT)
