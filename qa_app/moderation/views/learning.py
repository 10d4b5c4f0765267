"""Learning from moderation: an auditor's own page, a moderator's, and what was done well (M9)."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms.agreement import AgreementForm
from qa_app.accounts import settings
from qa_app.database import now
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.moderation.queries import learning
from qa_app.moderation.queries.agreement import agreement_from
from qa_app.moderation.views import agreement_words as words
from qa_app.moderation.views.room import blueprint
from qa_app.security import actor, note_access, permission_required, signed_in_id

_MONTHS_SHOWN = 3


@blueprint.route("/moderation/mine")
@permission_required(Permission.AUDITS_LIST)
def my_audits() -> ResponseReturnValue:
    """How the reader's own audits were moderated, and what their moderators wrote."""
    found = learning.moderated_audits_of(signed_in_id(), _before())
    note_access("audits_listed", None, count=len(found.rows), figure="own moderated audits")
    return render_template(
        "moderation/mine.html",
        found=found,
        older=_following(found.older),
        examples=learning.examples_to_read(),
    )


@blueprint.route("/moderation/mine/decided-again")
@permission_required(Permission.MODERATION_QUEUE)
def my_moderations() -> ResponseReturnValue:
    """The reader's moderations about which a second moderator decided, beside the decisions."""
    at = now()
    found = learning.decided_again_of(signed_in_id(), _before())
    against = agreement_from(learning.against_second_moderators(signed_in_id()), at)
    note_access("audits_listed", None, count=len(found.rows), figure="own moderations")
    return render_template(
        "moderation/decided_again.html",
        found=found,
        older=_following(found.older),
        against=against,
        figures=words.figures(against, words.OF_MODERATOR) if against.exact is not None else [],
        too_few=words.too_few(against.n),
        fewest=settings.number("agreement_shown_from", london_date(at)),
    )


@blueprint.route("/moderation/good")
@permission_required(Permission.AUDITS_LIST)
def good() -> ResponseReturnValue:
    """Audits finally graded Good or better, with the strengths to share."""
    form = AgreementForm(_months())
    months = _asked(form) if form.validate() else None
    if months is None:
        return render_template("moderation/good.html", form=form, found=None), 400
    first, last = months
    found = learning.good_audits(actor(), first.first, last.first, _before())
    note_access("audits_listed", None, count=len(found.rows), figure=f"Good {first} to {last}")
    return render_template(
        "moderation/good.html",
        form=form,
        found=found,
        period=first.words if first == last else f"{first.words} to {last.words}",
        older=_following(found.older, **{"from": str(first), "to": str(last)}),
    )


def _months() -> MultiDict[str, str]:
    """What the address asks: this month and the two before it unless it says others."""
    last = Month.of(london_date(now()))
    first = Month.of(add_months(last.first, 1 - _MONTHS_SHOWN))
    values = {"from": str(first), "to": str(last)}
    return MultiDict({name: request.args.get(name) or values[name] for name in values})


def _asked(form: AgreementForm) -> tuple[Month, Month] | None:
    months = []
    for name in ("first", "last"):
        try:
            months.append(Month.parse(str(form[name].data)))
        except DomainError as error:
            form.refuse(error.message, name)
            return None
    first, last = months
    if last < first:
        form.refuse("Enter the earlier month first", "first")
        return None
    return first, last


def _before() -> UUID | None:
    return request.args.get("before", type=UUID)


def _following(older: UUID | None, **more: Any) -> str | None:
    if older is None or request.endpoint is None:
        return None
    return url_for(request.endpoint, before=older, **more)
