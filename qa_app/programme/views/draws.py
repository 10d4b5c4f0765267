"""The draws: all of them, a new one, and one explained so that anybody can check it (S1 to S4)."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.draws import DiscardForm, DrawForm, read_sizes
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.sampling import StratumBy
from qa_app.formatting import count_words, date_words
from qa_app.programme import queries, services
from qa_app.programme.models import Batch, Cycle, Draw
from qa_app.programme.views.room import blueprint
from qa_app.programme.views.telling_draws import explained
from qa_app.security import note_access, permission_required, signed_in_id
from qa_app.standards.models import ToolVersion

Targets = dict[str, tuple[Cycle | Batch, str]]


@blueprint.route("/draws")
@permission_required(Permission.DRAW_READ)
def draws() -> ResponseReturnValue:
    """Every draw that was ever made, also those that were not used."""
    return render_template("programme/draws.html", rows=queries.draw_rows())


@blueprint.route("/draws/new", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def new_draw() -> ResponseReturnValue:
    """Draw the cases of a month or a batch."""
    as_at = queries.latest_import()
    targets = {str(of.id): (of, name) for of, name in queries.to_draw_for()}
    tools = {str(tool.id): tool for tool in queries.tools_to_draw()}
    form = _filled(targets, tools)
    if form.validate_on_submit():
        try:
            return _draw(form, targets[str(form.of.data)][0], tools[str(form.tool.data)])
        except DomainError as error:
            form.refuse(error.message, error.field)
    sizes = queries.frame_sizes(list(tools.values()), as_at) if as_at else {}
    form.tool.choices = [
        (key, tool.name, _how_many(tool, sizes.get(tool.id, 0))) for key, tool in tools.items()
    ]
    return render_template(
        "programme/draw_new.html",
        form=form,
        as_at=as_at,
        targets=targets,
        strata=queries.stratum_names(),
    )


def _filled(
    targets: dict[str, tuple[Cycle | Batch, str]], tools: dict[str, ToolVersion]
) -> DrawForm:
    """The form with its choices; the core tool and this month stand there already."""
    core = next((key for key, tool in tools.items() if tool.code == "core"), None)
    this_month = london_date(now()).replace(day=1)
    month = [
        key for key, (of, _) in targets.items() if isinstance(of, Cycle) and of.month == this_month
    ]
    form = DrawForm(tool=core, of=next(iter(month), None), by=StratumBy.TEAM)
    form.of.choices = [(key, name) for key, (_, name) in targets.items()]
    form.tool.choices = [(key, tool.name) for key, tool in tools.items()]
    return form


def _how_many(tool: ToolVersion, size: int) -> str:
    return f"{tool.frame.words}: {count_words(size, 'case')} in the newest list"


def _draw(form: DrawForm, of: Cycle | Batch, tool: ToolVersion) -> ResponseReturnValue:
    asked = services.Asked(
        size=form.size.data,
        by=cast(StratumBy, form.by.data),
        sizes=read_sizes(form.sizes.data) or None,
        seed=form.seed.data or "",
        as_at=form.as_at.data,
    )
    with saving():
        made = services.make_draw(of, tool, asked, by=signed_in_id(), at=now())
    count = count_words(sum(each["drawn"] for each in made.strata), "case")
    flash(
        f"{made.reference}: {count} drawn from the list as at {date_words(made.frame.as_at)}. "
        "Look at it, then allocate it to auditors.",
        "success",
    )
    return redirect(url_for("programme.draw", draw_id=made.id))


def draw_or_404(draw_id: UUID) -> Draw:
    """The draw, or the page that says that there is none."""
    made = queries.draw_of(draw_id)
    if made is None:
        abort(404)
    return made


@blueprint.route("/draws/<uuid:draw_id>")
@permission_required(Permission.DRAW_READ)
def draw(draw_id: UUID) -> ResponseReturnValue:
    """One draw in plain words: from which list, by which rules, which cases, and its proof."""
    made = draw_or_404(draw_id)
    note_access("draw_viewed", made)
    return render_template(
        "programme/draw.html",
        draw=made,
        what_for=queries.what_for(made),
        known_on=date.fromisoformat(made.rules["cases_known_on"]),
        told=explained(made),
        proof=services.prove(made),
        happenings=queries.story_of(made),
        beside=queries.draws_beside(made),
    )


@blueprint.route("/draws/<uuid:draw_id>/discard", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def discard_draw(draw_id: UUID) -> ResponseReturnValue:
    """Say why a draw is not used; it stays to be seen."""
    made = draw_or_404(draw_id)
    form = DiscardForm()
    if form.validate_on_submit():
        try:
            with saving():
                services.discard(made, form.reason.data, by=signed_in_id(), at=now())
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            flash(f"{made.reference} discarded. It stays in the list with your reason.", "success")
            return redirect(url_for("programme.draws"))
    return render_template(
        "programme/draw_discard.html", form=form, draw=made, what_for=queries.what_for(made)
    )
