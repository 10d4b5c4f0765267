"""Examples of good practice: the library, and the way of one from a strength to there (T4)."""

from functools import partial
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.examples import ExampleForm, PublishForm, RefuseForm
from qa_app.accounts.queries import names
from qa_app.database import now, saving
from qa_app.domain.learning import masked
from qa_app.domain.permissions import Permission
from qa_app.reports.models import GoodExample
from qa_app.reports.queries import examples as queries
from qa_app.reports.queries.learning import events_of
from qa_app.reports.services import examples as services
from qa_app.reports.views.learning_room import blueprint, saved
from qa_app.security import actor, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/examples")
@permission_required(Permission.LEARNING_READ)
def examples() -> ResponseReturnValue:
    """The library; and, for who answers for them, those that are not published."""
    return render_template(
        "learning/examples.html",
        rows=queries.published(),
        under_way=[(each, queries.state_of(each)) for each in queries.under_way(actor())],
    )


@blueprint.route("/examples/<uuid:example_id>")
@permission_required(Permission.EXAMPLE_READ)
def example(example_id: UUID) -> ResponseReturnValue:
    """One example: its words, where it stands, and what can be done with it."""
    return _shown(fetch(GoodExample, example_id, needs=Permission.EXAMPLE_READ), PublishForm())


def _shown(found: GoodExample, form: PublishForm) -> ResponseReturnValue:
    events = events_of(found.id)
    page = render_template(
        "learning/example.html",
        example=found,
        state=queries.state_of(found),
        identifying=queries.identifying_in(found.title, found.text),
        form=form,
        events=events,
        who=names({each.actor_id for each in events}),
    )
    return page, 400 if form.errors else 200


@blueprint.route("/examples/mark/<uuid:finding_id>", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def mark_example(finding_id: UUID) -> ResponseReturnValue:
    """Write an example anew from a strength; its team's manager is asked."""
    strength = queries.strength_of(finding_id, actor()) or abort(404)
    form = ExampleForm()
    made: list[GoodExample] = []
    if form.validate_on_submit():
        words = {"title": form.title.data, "text": form.text.data}
        if saved(
            form,
            lambda **who: made.append(services.mark_example(strength.finding, **words, **who)),
        ):
            flash("Saved. The team’s manager has been asked to agree to it.", "success")
            return redirect(url_for("learning.example", example_id=made[0].id))
    note_access("findings_viewed", strength.finding, audit_id=strength.audit.id, count=1)
    shown = masked(strength.finding.text, hidden=[strength.audit.case_reference])
    page = render_template("learning/mark.html", form=form, strength=strength, shown=shown)
    return page, 400 if form.errors else 200


@blueprint.route("/examples/<uuid:example_id>/change", methods=["GET", "POST"])
@permission_required(Permission.LEARNING_MANAGE)
def change_example(example_id: UUID) -> ResponseReturnValue:
    """Change its words; the team is asked again."""
    found = fetch(GoodExample, example_id, needs=Permission.EXAMPLE_READ)
    form = ExampleForm(data={"title": found.title, "text": found.text})
    change = partial(services.change_example, found, title=form.title.data, text=form.text.data)
    if form.validate_on_submit() and saved(form, change):
        flash("Saved. The team’s manager has been asked about these words.", "success")
        return redirect(url_for("learning.example", example_id=example_id))
    page = render_template("learning/change_example.html", form=form, example=found)
    return page, 400 if form.errors else 200


@blueprint.route("/examples/<uuid:example_id>/agree", methods=["POST"])
@permission_required(Permission.EXAMPLE_CONSENT)
def agree_to_example(example_id: UUID) -> ResponseReturnValue:
    """Agree for the team."""
    found = fetch(GoodExample, example_id, needs=Permission.EXAMPLE_CONSENT)
    with saving():
        services.consent(found, by=signed_in_id(), at=now())
    flash("You agreed for the team. The QA lead has been told, and can publish it.", "success")
    return redirect(url_for("learning.example", example_id=example_id))


@blueprint.route("/examples/<uuid:example_id>/refuse", methods=["GET", "POST"])
@permission_required(Permission.EXAMPLE_CONSENT)
def refuse_example(example_id: UUID) -> ResponseReturnValue:
    """Do not agree, with the reason."""
    found = fetch(GoodExample, example_id, needs=Permission.EXAMPLE_CONSENT)
    form = RefuseForm()
    if form.validate_on_submit() and saved(
        form, partial(services.refuse, found, why=form.why.data)
    ):
        flash("You did not agree. It is not published; the QA lead has been told.", "success")
        return redirect(url_for("learning.example", example_id=example_id))
    page = render_template("learning/refuse.html", form=form, example=found)
    return page, 400 if form.errors else 200


@blueprint.route("/examples/<uuid:example_id>/publish", methods=["POST"])
@permission_required(Permission.LEARNING_MANAGE)
def publish_example(example_id: UUID) -> ResponseReturnValue:
    """Show it to everybody who has a role here; once more asked where words may identify."""
    found = fetch(GoodExample, example_id, needs=Permission.EXAMPLE_READ)
    form = PublishForm()
    if form.validate_on_submit():
        try:
            with saving():
                looked = bool(form.looked.data)
                services.publish(found, looked=looked, by=signed_in_id(), at=now())
        except services.MayIdentify as error:
            form.refuse(error.message, error.field)
        else:
            flash("Published. Everybody who has a role here can read it.", "success")
            return redirect(url_for("learning.example", example_id=example_id))
    return _shown(found, form)


@blueprint.route("/examples/<uuid:example_id>/withdraw", methods=["POST"])
@permission_required(Permission.LEARNING_MANAGE)
def withdraw_example(example_id: UUID) -> ResponseReturnValue:
    """Take it out of the library."""
    found = fetch(GoodExample, example_id, needs=Permission.EXAMPLE_READ)
    with saving():
        services.withdraw(found, by=signed_in_id(), at=now())
    flash("Withdrawn. Only you, the team and its leaders can read it now.", "success")
    return redirect(url_for("learning.examples"))
