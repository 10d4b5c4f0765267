"""Who moderates what: giving audits to moderators, covering absences, what is late (M0, M2, M5)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.giving import BACK, CoverForm, GiveModeratorForm, OutsiderForm
from qa_app.accounts.absences import deputies
from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.moderation.models import ModerationStage
from qa_app.moderation.queries.given import is_away
from qa_app.moderation.queries.giving import Candidate, candidates, in_hand_of
from qa_app.moderation.queries.inhand import InHand
from qa_app.moderation.queries.late import late_now, on_the_way
from qa_app.moderation.services import giving
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id

AnyForm = GiveModeratorForm | OutsiderForm | CoverForm


@blueprint.route("/moderation/in-hand")
@permission_required(Permission.MODERATION_MANAGE)
def in_hand() -> ResponseReturnValue:
    """Every audit that waits for a moderator or is with one, and who has it."""
    today = london_date(now())
    return render_template(
        "moderation/in_hand.html", rows=on_the_way(signed_in_id(), today), today=today
    )


@blueprint.route("/moderation/late")
@permission_required(Permission.MODERATION_MANAGE)
def late() -> ResponseReturnValue:
    """What is late, which steps of the ladder were taken, and who was told."""
    today = london_date(now())
    return render_template(
        "moderation/late.html", rows=late_now(signed_in_id(), today), today=today
    )


@dataclass(frozen=True)
class Giving:
    """An audit with everybody who could get it; `holder_away` while its moderator is away."""

    row: InHand
    people: list[Candidate]
    deputy: Candidate | None
    holder_away: bool

    @classmethod
    def of(cls, audit: Audit, today: date) -> "Giving":
        """The same, read for today."""
        row = in_hand_of(audit)
        people = candidates(row, today)
        holder = row.open.moderator_id if row.open is not None else None
        if holder is None:
            return cls(row, people, None, False)
        deputy_id = deputies([holder], today).get(holder)
        deputy = next((each for each in people if each.person.id == deputy_id), None)
        return cls(row, people, deputy, is_away(holder, today))

    @property
    def free(self) -> list[Candidate]:
        """Those whom nothing keeps from it."""
        return [each for each in self.people if each.free]

    @property
    def barred(self) -> list[Candidate]:
        """Those whom something does."""
        return [each for each in self.people if not each.free]

    @property
    def waits(self) -> bool:
        """Whether it can be given to somebody."""
        return self.row.waits


@blueprint.route("/moderation/audits/<uuid:audit_id>/give", methods=["GET", "POST"])
@permission_required(Permission.MODERATION_MANAGE)
def give_to(audit_id: UUID) -> ResponseReturnValue:
    """Give an audit that waits to a moderator, or move it from one who is away."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    page = Giving.of(audit, london_date(now()))
    form, status = _form_for(page), 200
    if form is not None and form.validate_on_submit():
        try:
            with saving():
                said = _change(page, form)
        except DomainError as error:
            if error.field is None:
                raise
            form.refuse(error.message, error.field)
        else:
            flash(said, "success")
            return redirect(url_for("moderation.in_hand"))
    if form is not None and form.errors:
        status = 400
    return render_template("moderation/give.html", audit=audit, page=page, form=form), status


def _form_for(page: Giving) -> AnyForm | None:
    """The question to ask, with its choices; None where there is nothing to decide."""
    if page.holder_away:
        return _cover_form(page)
    if not page.waits:
        return None
    if page.free:
        form: AnyForm = GiveModeratorForm()
        form.person.choices = [_choice(each) for each in page.free]
        return form
    outside = [each for each in page.people if each.free_from_outside]
    if page.row.stage is not ModerationStage.SECOND or not outside:
        return None
    form = OutsiderForm()
    form.person.choices = [_choice(each) for each in outside]
    return form


def _cover_form(page: Giving) -> CoverForm:
    form = CoverForm()
    choices = [(BACK, "Put it back in the queue", "Somebody else can take it")]
    if page.deputy is not None and page.deputy.free:
        person = page.deputy.person
        choices.append((str(person.id), f"Give it to {person.name}", "Who stands in for them"))
    form.what.choices = choices
    return form


def _choice(each: Candidate) -> tuple[str, str, str]:
    words = ", ".join(part for part in (each.person.name, each.post, each.service) if part)
    hints = [f"{count_words(each.in_hand, 'audit')} in hand"]
    if each.away:
        hints.append(f"away today, {each.deputy or 'nobody'} stands in")
    if each.own_service:
        hints.append("own service: somebody from another is better placed")
    if each.waived:
        hints.append("a conflict was waived")
    return str(each.person.id), words, "; ".join(hints)


def _change(page: Giving, form: AnyForm) -> str:
    """Do what the form asks; what to say about it."""
    audit, by, at = page.row.audit, signed_in_id(), now()
    if isinstance(form, CoverForm):
        moderation = page.row.open
        assert moderation is not None  # noqa: S101 -- the form is there for an open one
        given = giving.cover(moderation, to=form.to, by=by, at=at)
        if given is None:
            return f"Audit {audit.reference} is back in the queue for somebody else."
    elif isinstance(form, OutsiderForm):
        person_id, reason = UUID(str(form.person.data)), form.reason.data or ""
        given = giving.give(audit, person_id, outsider=True, reason=reason, by=by, at=at)
    else:
        given = giving.give(audit, UUID(str(form.person.data)), by=by, at=at)
    name = given.person.name
    return f"Audit {audit.reference} was given to {name}, who has been told. Nobody else takes it."


@blueprint.route("/moderation/audits/<uuid:audit_id>/take-off", methods=["POST"])
@permission_required(Permission.MODERATION_MANAGE)
def take_off(audit_id: UUID) -> ResponseReturnValue:
    """Give an audit that waits back to the queue."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    with saving():
        giving.take_off(audit, by=signed_in_id(), at=now())
    flash(f"Audit {audit.reference} is back in the queue. Whoever had it has been told.", "success")
    return redirect(url_for("moderation.in_hand"))
