"""The list of themes, one theme with its history, and every change of the list (T1)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.themes import EndThemeForm, MergeThemeForm, ReopenThemeForm, SplitThemeForm, ThemeForm
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.security import permission_required, signed_in_id
from qa_app.standards.models import Theme
from qa_app.standards.queries.themes import history_of, rows, theme_named, themes
from qa_app.standards.queries.usage import findings_by_theme
from qa_app.standards.services import themes as services
from qa_app.standards.services.themes import ThemeWords
from qa_app.standards.views.room import blueprint


@blueprint.get("/themes")
@permission_required(Permission.TOOLS_READ)
def theme_list() -> ResponseReturnValue:
    """Every theme: those in use, then the others with what became of each."""
    every = rows()
    return render_template(
        "themes/list.html",
        in_use=[row for row in every if row.theme.ended_at is None],
        gone=[row for row in every if row.theme.ended_at is not None],
        counts=findings_by_theme(),
    )


@blueprint.get("/themes/<theme_code>")
@permission_required(Permission.TOOLS_READ)
def theme(theme_code: str) -> ResponseReturnValue:
    """One theme: what belongs to it, what went into it, and what happened to it."""
    found = _theme(theme_code)
    row = rows([found])[0]
    return render_template(
        "themes/theme.html",
        theme=found,
        row=row,
        count=findings_by_theme().get(found.id, 0),
        events=history_of(found),
    )


@blueprint.route("/themes/add", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def add_theme() -> ResponseReturnValue:
    """A new theme."""
    form = ThemeForm()
    made: list[Theme] = []
    if form.validate_on_submit() and _saved(
        form,
        lambda **who: made.append(services.add_theme(_words(form), **who)),
    ):
        flash(
            f"Added “{made[0].name}”. Auditors can file findings under it from now on.", "success"
        )
        return redirect(url_for("standards.theme", theme_code=made[0].code))
    return render_template("themes/add.html", form=form), 400 if form.errors else 200


@blueprint.route("/themes/<theme_code>/change", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def change_theme(theme_code: str) -> ResponseReturnValue:
    """Another name, description or phrases."""
    found = _theme(theme_code)
    words = ThemeWords.of(found)
    form = ThemeForm(data=vars(words) | {"synonyms": "\n".join(words.synonyms), "seen": words.seen})
    change = partial(services.change_theme, found, _words(form), seen=str(form.seen.data))
    if form.validate_on_submit() and _saved(form, change):
        return _done(found, "Changed. Findings stay under it; published reports keep its old name.")
    return render_template("themes/change.html", form=form, theme=found), _status(form)


@blueprint.route("/themes/<theme_code>/merge", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def merge_theme(theme_code: str) -> ResponseReturnValue:
    """Let it be read as another theme from now on."""
    found, form = _theme(theme_code), MergeThemeForm()
    choices = {str(each.id): each for each in themes() if each.id != found.id}
    form.into.choices = [(key, each.name) for key, each in choices.items()]
    if form.validate_on_submit():
        into = choices[str(form.into.data)]
        if _saved(form, partial(services.merge_theme, found, into, why=form.why.data)):
            return _done(into, f"“{found.name}” is counted as “{into.name}” from now on.")
    return _asked("themes/merge.html", form, found)


@blueprint.route("/themes/<theme_code>/split", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def split_theme(theme_code: str) -> ResponseReturnValue:
    """Let new themes come of it."""
    found, form = _theme(theme_code), SplitThemeForm()
    parts = [ThemeWords(name) for name in form.names]
    change = partial(services.split_theme, found, parts, why=form.why.data)
    if form.validate_on_submit() and _saved(form, change):
        return _done(
            found,
            f"{count_words(len(parts), 'new theme')} made. Next, file the findings that stand "
            f"under “{found.name}” anew.",
        )
    return _asked("themes/split.html", form, found)


@blueprint.route("/themes/<theme_code>/end", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def end_theme(theme_code: str) -> ResponseReturnValue:
    """Take it out of use."""
    found, form = _theme(theme_code), EndThemeForm()
    change = partial(services.end_theme, found, why=form.why.data)
    if form.validate_on_submit() and _saved(form, change):
        return _done(found, f"“{found.name}” takes no new findings from now on.")
    return _asked("themes/end.html", form, found)


@blueprint.route("/themes/<theme_code>/reopen", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def reopen_theme(theme_code: str) -> ResponseReturnValue:
    """Take it into use again."""
    found, form = _theme(theme_code), ReopenThemeForm()
    change = partial(services.reopen_theme, found, why=form.why.data)
    if form.validate_on_submit() and _saved(form, change):
        return _done(found, f"“{found.name}” is in use again: auditors can choose it.")
    return _asked("themes/reopen.html", form, found)


def _theme(code: str) -> Theme:
    found = theme_named(code)
    if found is None:
        abort(404)
    return found


def _words(form: ThemeForm) -> ThemeWords:
    return ThemeWords(form.name.data or "", form.description.data or "", form.phrases)


def _asked(template: str, form: GovForm, found: Theme) -> ResponseReturnValue:
    """The page that says what will follow before it is done."""
    row, count = rows([found])[0], findings_by_theme().get(found.id, 0)
    page = render_template(template, form=form, theme=found, row=row, count=count)
    return page, _status(form)


def _status(form: GovForm) -> int:
    return 400 if form.errors else 200


def _saved(form: GovForm, change: Callable[..., Any]) -> bool:
    """Whether the change was made; where a rule refuses it, the form says so at its field."""
    try:
        with saving():
            change(by=signed_in_id(), at=now())
    except DomainError as error:
        # Nothing of what was refused may be shown as if it stood.
        db.session.rollback()
        form.refuse(error.message, error.field if error.field in form else None)
        return False
    return True


def _done(found: Theme, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("standards.theme", theme_code=found.code))
