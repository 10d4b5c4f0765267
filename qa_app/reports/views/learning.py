"""What is done about themes, and whether it helped (T3)."""

from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.learning import ConcludeForm, DoneForm, DropForm, LearningFilterForm, ResponseForm
from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.learning import JudgedBy, ResponseKind, ResponseState
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.reports.learning import telling
from qa_app.reports.models import LearningResponse
from qa_app.reports.queries import learning as queries
from qa_app.reports.queries import parts
from qa_app.reports.render.pictures import svg_of
from qa_app.reports.services import learning as services
from qa_app.reports.services.judging import judge
from qa_app.reports.views.learning_room import blueprint, saved
from qa_app.security import fetch, permission_required
from qa_app.standards.queries.themes import theme_named, themes
from qa_app.tracker.views.room import owner_named


@blueprint.route("")
@permission_required(Permission.LEARNING_READ)
def index() -> ResponseReturnValue:
    """Every response, overdue ones first."""
    form = LearningFilterForm(request.args)
    form.theme.choices = [(each.code, each.name) for each in themes()]
    form.validate()
    theme = theme_named(str(form.theme.data)) if form.theme.data else None
    state = ResponseState(form.state.data) if form.state.data in set(ResponseState) else None
    rows = queries.responses(london_date(now()), theme, state)
    return render_template(
        "learning/index.html", form=form, rows=rows, chosen=_chosen(form)
    ), 400 if form.errors else 200


def _chosen(form: LearningFilterForm) -> list[dict[str, str]]:
    tags = []
    for name, other in (("state", "theme"), ("theme", "state")):
        field = form[name]
        kept: dict[str, Any] = {other: form[other].data} if form[other].data else {}
        tags += [
            {"text": each.text, "href": url_for("learning.index", **kept)}
            for each in field.choices
            if field.data and field.is_chosen(each.value)
        ]
    return tags


@blueprint.route("/<uuid:response_id>")
@permission_required(Permission.LEARNING_READ)
def show(response_id: UUID) -> ResponseReturnValue:
    """One response: who does what by when, and the measure before and after."""
    response, at = _response(response_id), now()
    found = judge(response, at)
    title = queries.judged_name(response)
    events = queries.events_of(response.id)
    return render_template(
        "learning/show.html",
        response=response,
        state=queries.state_of(response, london_date(at)),
        found=found,
        service=found.judged.service,
        judged_name=title,
        rows=telling.side_rows(found),
        told=telling.sentences(found, response.theme.name, title),
        chart=telling.chart(found, response.title),
        may_conclude=found.is_whole,
        events=events,
        who=names({each.actor_id for each in events}),
        at=at,
    )


@blueprint.route("/<uuid:response_id>/before-after.svg")
@permission_required(Permission.LEARNING_READ)
def chart(response_id: UUID) -> ResponseReturnValue:
    """The measure before and after as a picture."""
    response = _response(response_id)
    drawn = telling.chart(judge(response, now()), response.title)
    if drawn is None:
        abort(404)
    return Response(svg_of(drawn), mimetype="image/svg+xml")


@blueprint.route("/plan", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def plan() -> ResponseReturnValue:
    """Plan what is done about a theme."""
    usual = {"months_before": 6, "months_after": 6, "theme": request.args.get("theme")}
    form = ResponseForm(data=usual)
    _offer(form)
    owner = owner_named(form)
    made: list[LearningResponse] = []
    if owner is not None:
        theme = theme_named(str(form.theme.data))
        if theme is not None and saved(
            form,
            lambda **who: made.append(services.plan_response(theme, _plan(form, owner), **who)),
        ):
            flash(f"Planned. {owner.name} has been told.", "success")
            return redirect(url_for("learning.show", response_id=made[0].id))
    return render_template("learning/plan.html", form=form), 400 if form.errors else 200


@blueprint.route("/<uuid:response_id>/change", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def change(response_id: UUID) -> ResponseReturnValue:
    """Change a response that is planned."""
    response = _response(response_id)
    form = ResponseForm(data=_standing(response))
    del form.theme
    _offer(form)
    owner = owner_named(form)
    if owner is not None and saved(
        form,
        partial(services.change_response, response, _plan(form, owner), seen=form.revision),
    ):
        flash("Changed.", "success")
        return redirect(url_for("learning.show", response_id=response_id))
    page = render_template("learning/change.html", form=form, response=response)
    return page, 400 if form.errors else 200


@blueprint.route("/<uuid:response_id>/done", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def done(response_id: UUID) -> ResponseReturnValue:
    """Note the day on which it was done."""
    response, form = _response(response_id), DoneForm()
    if form.validate_on_submit() and saved(
        form, partial(services.mark_done, response, on=form.on.data)
    ):
        last = queries.window_of(response).after[-1].words
        flash(
            f"Done on {date_words(form.on.data)}. It can be judged once {last} is over.", "success"
        )
        return redirect(url_for("learning.show", response_id=response_id))
    return _step("learning/done.html", form, response)


@blueprint.route("/<uuid:response_id>/conclude", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def conclude(response_id: UUID) -> ResponseReturnValue:
    """Write what came of it."""
    response, form, at = _response(response_id), ConcludeForm(), now()
    if form.validate_on_submit() and saved(
        form, partial(services.conclude, response, conclusion=form.conclusion.data)
    ):
        flash("Concluded. What came of it stands beside the figures.", "success")
        return redirect(url_for("learning.show", response_id=response_id))
    told = telling.sentences(
        judge(response, at), response.theme.name, queries.judged_name(response)
    )
    return _step("learning/conclude.html", form, response, told=told)


@blueprint.route("/<uuid:response_id>/give-up", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def give_up(response_id: UUID) -> ResponseReturnValue:
    """Give it up, with the reason."""
    response, form = _response(response_id), DropForm()
    if form.validate_on_submit() and saved(
        form, partial(services.drop, response, why=form.why.data)
    ):
        flash(f"Given up. {response.owner_name} has been told.", "success")
        return redirect(url_for("learning.show", response_id=response_id))
    return _step("learning/give_up.html", form, response)


def _response(response_id: UUID) -> LearningResponse:
    return fetch(LearningResponse, response_id, needs=Permission.LEARNING_READ)


def _step(template: str, form: Any, response: LearningResponse, **more: Any) -> ResponseReturnValue:
    page = render_template(template, form=form, response=response, **more)
    return page, 400 if form.errors else 200


def _offer(form: ResponseForm) -> None:
    if "theme" in form:
        form.theme.choices = [(each.code, each.name) for each in themes()]
    units = parts.units()
    form.service.choices = [
        (str(each.id), each.name) for each in units if each.service_id == each.id
    ]
    form.section.choices = queries.section_choices()
    form.standard.choices = queries.standard_choices()


def _plan(form: ResponseForm, owner: Person) -> services.Plan:
    return services.Plan(
        kind=cast(ResponseKind, form.kind.data),
        title=form.title.data,
        what=form.what.data or "",
        owner=owner,
        service_id=UUID(form.service.data) if form.service.data else None,
        due_on=form.due_on.data,
        judged_by=cast(JudgedBy, form.judged_by.data),
        judged_code=form.judged_code,
        months_before=form.months_before.data,
        months_after=form.months_after.data,
    )


def _standing(response: LearningResponse) -> dict[str, Any]:
    code = response.judged_code
    return {
        "seen": str(response.revision),
        "kind": response.kind,
        "title": response.title,
        "what": response.what,
        "owner": response.owner_name,
        "which": str(response.owner_id),
        "service": str(response.service_id) if response.service_id else None,
        "due_on": response.due_on,
        "judged_by": response.judged_by,
        "section": code if response.judged_by is JudgedBy.SECTION else None,
        "standard": code if response.judged_by is JudgedBy.STANDARD else None,
        "months_before": response.months_before,
        "months_after": response.months_after,
    }
