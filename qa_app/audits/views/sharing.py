"""A second auditor: a colleague, or somebody of a partner agency with an account for a time."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.sharing import ColleagueForm, PartnerForm, TakeOffForm
from qa_app.accounts import links
from qa_app.accounts.access import longest_last_day
from qa_app.accounts.invitations import Partner
from qa_app.accounts.models import Person
from qa_app.audits import queries, services
from qa_app.audits.models import Audit
from qa_app.audits.queries.sharing import colleagues_for, last_day_for_partner, partner_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import db, now, saving
from qa_app.domain.auditreasons import TakenOffBecause
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_LINK = "partner_link"


def _load(audit_id: UUID) -> Audit:
    return fetch(Audit, audit_id, needs=Permission.AUDIT_SHARE)


def _back(audit: Audit) -> ResponseReturnValue:
    return redirect(url_for("audits.co_auditor", audit_id=audit.id))


def _colleague_form(audit: Audit, **options: Any) -> ColleagueForm:
    form = ColleagueForm(**options)
    free = colleagues_for(audit, london_date(now())).free
    form.auditor.choices = [(str(each.id), each.words) for each in free]
    return form


def _page(audit: Audit, form: GovForm | None = None, status: int = 200) -> ResponseReturnValue:
    """The page; `form` is the one that was sent and refused, the others are empty."""
    note_access("audit_viewed", audit, audit_id=audit.id)
    today, path = london_date(now()), session.pop(_LINK, None)
    forms: dict[str, GovForm] = {
        "colleague": _colleague_form(audit, formdata=None),
        "partner": PartnerForm(formdata=None, last_day=last_day_for_partner(audit, today)),
        "removal": TakeOffForm(formdata=None),
    }
    for name, empty in forms.items():
        forms[name] = form if form is not None and type(form) is type(empty) else empty
    return audit_page(
        "audits/co_auditor.html",
        audit,
        status=status,
        form=form,
        outsider=partner_of(audit),
        barred=colleagues_for(audit, today).barred,
        is_open=audit.state in OPEN_FOR_WRITING,
        longest=longest_last_day(today),
        link=path and request.url_root.rstrip("/") + path,
        **forms,
    )


@blueprint.route("/<uuid:audit_id>/co-auditor", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_SHARE)
def co_auditor(audit_id: UUID) -> ResponseReturnValue:
    """Who the second auditor is, and who could be; a POST adds a colleague."""
    audit = _load(audit_id)
    if request.method == "GET":
        return _page(audit)
    services.check_sharing(audit, adding=True)
    form = _colleague_form(audit)
    if form.validate_on_submit():
        try:
            return _add(audit, db.session.get_one(Person, UUID(str(form.auditor.data))))
        except DomainError as error:
            form.refuse(error.message, error.field)
    return _page(audit, form, status=400)


def _add(audit: Audit, colleague: Person) -> ResponseReturnValue:
    with saving():
        services.share_with_colleague(audit, colleague, by=signed_in_id(), at=now())
    flash(
        f"{colleague.name} does audit {audit.reference} with {audit.auditor_name}. Both have been "
        f"told; {audit.auditor_name} sends it when it is finished.",
        "success",
    )
    return _back(audit)


@blueprint.route("/<uuid:audit_id>/co-auditor/partner", methods=["POST"])
@permission_required(Permission.AUDIT_SHARE)
def invite_partner(audit_id: UUID) -> ResponseReturnValue:
    """Invite somebody of a partner agency: an account for a time that sees this audit alone."""
    audit, form = _load(audit_id), PartnerForm()
    services.check_sharing(audit, adding=True)
    if form.validate_on_submit():
        try:
            return _invite(audit, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return _page(audit, form, status=400)


def _invite(audit: Audit, form: PartnerForm) -> ResponseReturnValue:
    partner = Partner(form.name.data, form.organisation.data, form.email.data, form.last_day.data)
    with saving():
        party, link = services.share_with_partner(audit, partner, by=signed_in_id(), at=now())
        name, path = party.name, links.path_of(link)
    if not current_app.config["MAIL_SERVER"]:
        session[_LINK] = path
    flash(
        f"{name} does audit {audit.reference} with {audit.auditor_name}, and can sign in until "
        f"{date_words(partner.last_day)}. Both have been told.",
        "success",
    )
    return _back(audit)


@blueprint.route("/<uuid:audit_id>/co-auditor/remove", methods=["POST"])
@permission_required(Permission.AUDIT_SHARE)
def take_off(audit_id: UUID) -> ResponseReturnValue:
    """Take the second auditor off, with the reason."""
    audit, form = _load(audit_id), TakeOffForm()
    services.check_sharing(audit, adding=False)
    second = queries.second_auditor(audit)
    name = second.name if second is not None else ""
    if not form.validate_on_submit():
        return _page(audit, form, status=400)
    reason, words = TakenOffBecause(str(form.reason.data)), form.words.data or ""
    with saving():
        services.take_off(audit, reason, words, by=signed_in_id(), at=now())
    flash(
        f"{name} does audit {audit.reference} no more. What they wrote stays, and both have been "
        "told.",
        "success",
    )
    return _back(audit)
