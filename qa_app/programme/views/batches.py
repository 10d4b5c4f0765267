"""Thematic audits and batches: the list, one with its progress, planning, changing, closing."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.batches import BatchAuditorsForm, BatchForm, CloseBatchForm
from forms.cycles import with_numbers
from qa_app.accounts.queries import people_with
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission, Role
from qa_app.formatting import count_words
from qa_app.programme import services
from qa_app.programme.models import Batch, BatchKind
from qa_app.programme.queries import batches as queries
from qa_app.programme.queries.batches import BatchPage
from qa_app.programme.services import BatchPlan
from qa_app.programme.views.answers import saved
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id
from qa_app.standards.queries import themes


@blueprint.route("/batches")
@permission_required(Permission.PROGRAMME_MANAGE)
def batches() -> ResponseReturnValue:
    """Every thematic audit, look-back and dip sample, with how far each has come."""
    today = london_date(now())
    return render_template("programme/batches.html", rows=queries.list_batches(today), today=today)


@blueprint.route("/batches/plan", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def plan_batch() -> ResponseReturnValue:
    """Plan one (P7)."""
    form = _form()
    made: list[Batch] = []
    if form.validate_on_submit() and saved(
        form,
        lambda: made.append(services.plan_batch(_plan(form), by=signed_in_id(), at=now())),
    ):
        flash(f"Planned “{made[0].name}”. Next, say who audits.", "success")
        return redirect(url_for("programme.batch_auditors", batch_id=made[0].id))
    return render_template("programme/batch_plan.html", form=form, batch=None)


@blueprint.route("/batches/<uuid:batch_id>")
@permission_required(Permission.PROGRAMME_MANAGE)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """One batch: what it is, and how far it has come, by auditor too."""
    return render_template("programme/batch.html", page=_page(batch_id), today=london_date(now()))


@blueprint.route("/batches/<uuid:batch_id>/change", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def change_batch(batch_id: UUID) -> ResponseReturnValue:
    """Change the plan."""
    found = _open(batch_id).batch
    form = _form(found)
    if form.validate_on_submit() and saved(
        form, lambda: services.change_batch(found, _plan(form), by=signed_in_id(), at=now())
    ):
        flash(f"Changed “{found.name}”.", "success")
        return redirect(url_for("programme.batch", batch_id=batch_id))
    return render_template("programme/batch_plan.html", form=form, batch=found)


@blueprint.route("/batches/<uuid:batch_id>/auditors", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def batch_auditors(batch_id: UUID) -> ResponseReturnValue:
    """Who audits in it, and how many."""
    page = _open(batch_id)
    form = _auditors_form(page.batch)
    if form.validate_on_submit():
        numbers = {UUID(hex=key): number for key, number in form.numbers().items()}
        if saved(
            form,
            lambda: services.set_auditors(page.batch, numbers, by=signed_in_id(), at=now()),
        ):
            flash("Saved. Those whose number changed have been told.", "success")
            return redirect(url_for("programme.batch", batch_id=batch_id))
    return render_template("programme/batch_auditors.html", form=form, page=page)


def _auditors_form(found: Batch) -> Any:
    """A box for each auditor of today and everybody who is in the batch already."""
    names = {each.id: each.name for each in people_with(Role.AUDITOR, london_date(now()))}
    there = {each.person_id: each for each in found.auditors}
    names |= {each.person_id: each.person.name for each in found.auditors}
    order = sorted(names, key=lambda each: names[each].casefold())
    return with_numbers(BatchAuditorsForm, [(each.hex, names[each], "") for each in order])(
        **{f"number_{each.hex}": there[each].number for each in there}
    )


@blueprint.route("/batches/<uuid:batch_id>/close", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def close_batch(batch_id: UUID) -> ResponseReturnValue:
    """Close it: no more audits are given in it; unfinished ones stay."""
    page, form = _open(batch_id), CloseBatchForm()
    if form.validate_on_submit() and saved(
        form, lambda: services.close_batch(page.batch, by=signed_in_id(), at=now())
    ):
        left = page.progress.given - page.progress.done
        stays = (
            f" {count_words(left, 'audit')} unfinished, to be done all the same." if left else ""
        )
        flash(f"“{page.batch.name}” is closed.{stays}", "success")
        return redirect(url_for("programme.batch", batch_id=batch_id))
    return render_template("programme/batch_close.html", form=form, page=page)


def _page(batch_id: UUID) -> BatchPage:
    return queries.batch_page(batch_id, london_date(now())) or abort(404)


def _open(batch_id: UUID) -> BatchPage:
    page = _page(batch_id)
    services.refuse_closed_batch(page.batch)
    return page


def _form(found: Batch | None = None) -> BatchForm:
    form = BatchForm(**({} if found is None else _as_it_is(found)))
    form.kind.choices = [(each.value, each.words) for each in BatchKind]
    form.theme.choices = [(str(each.id), each.name) for each in themes()]
    tools = dict(queries.published_tools())
    if found is not None and found.tool_code not in tools:
        tools[found.tool_code] = f"{found.tool_code} (no longer published)"
    form.tool.choices = list(tools.items())
    return form


def _as_it_is(found: Batch) -> dict[str, Any]:
    names = ("kind", "name", "purpose", "number", "starts_on", "ends_on", "report_due_on")
    theme = str(found.theme_id) if found.theme_id else ""
    return {name: getattr(found, name) for name in names} | {
        "theme": theme,
        "tool": found.tool_code,
    }


def _plan(form: BatchForm) -> BatchPlan:
    return BatchPlan(
        kind=BatchKind(str(form.kind.data)),
        name=form.name.data,
        purpose=form.purpose.data or "",
        theme_id=UUID(form.theme.data) if form.theme.data else None,
        tool_code=str(form.tool.data),
        number=form.number.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        report_due_on=form.report_due_on.data,
    )
