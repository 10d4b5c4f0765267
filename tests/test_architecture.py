"""The house stands as its plan says: arrows, guards on every route, sizes of files."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from qa_app.domain import events
from qa_app.domain.permissions import PERMISSIONS, Permission

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
LONGEST_TEST = 500
LONGEST_VIEW = 30
MOST_PUBLIC = 6
GENERATED = ("qa_app/migrations/versions",)


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(GENERATED):
                yield path


def test_rooms_import_only_what_their_arrows_allow() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("folders", "longest"), [(("qa_app", "forms"), LONGEST_FILE), (("tests",), LONGEST_TEST)]
)
def test_no_file_is_a_drawer_for_everything(folders: tuple[str, ...], longest: int) -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in _sources(*folders)
        if (length := len(path.read_text("utf-8").splitlines())) > longest
    }
    assert not long, f"find the missing room for what is too much here: {long}"


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_no_view_is_longer_than_thirty_lines() -> None:
    views = [path for path in _sources("qa_app") if "views" in path.parts or path.stem == "views"]
    long = [
        f"{path.relative_to(ROOT)}:{view.name}"
        for path in views
        for view in _functions(path)
        if (view.end_lineno or 0) - view.lineno + 1 > LONGEST_VIEW
    ]
    assert not long, f"move rules to a service and reading to a query: {long}"


def test_only_saving_commits() -> None:
    pattern = re.compile(r"session\.commit\(|\.commit\(\)")
    found = [
        str(path.relative_to(ROOT))
        for path in _sources("qa_app")
        if pattern.search(path.read_text("utf-8")) and path.name not in {"database.py", "env.py"}
    ]
    assert not found, f"open `with saving():` in the view instead: {found}"


REQUEST_KNOWN_BY = ("views", "security.py", "errors.py", "pages.py", "logs.py", "accounts")


def test_only_views_security_errors_and_accounts_know_the_request() -> None:
    pattern = re.compile(r"from flask import [^\n]*\b(request|session)\b|import current_user")
    found = [
        str(path.relative_to(ROOT))
        for path in _sources("qa_app")
        if pattern.search(path.read_text("utf-8"))
        and not any(known in str(path.relative_to(ROOT)) for known in REQUEST_KNOWN_BY)
    ]
    assert not found, f"hand the facts in as arguments: {found}"


def test_no_import_hides_inside_a_function() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _sources("qa_app", "forms")
        for function in _functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found, f"an import inside a function dodges an arrow: {found}"


# AZ-2: exactly one marker a view; the public ones are few and known.
PUBLIC = {
    "static",
    "home.health",
    "home.accessibility",
    "accounts.sign_in",
    "accounts.forgotten",
    "accounts.choose_password",
}


def test_every_route_names_its_permission(app: Flask) -> None:
    unmarked = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not hasattr(app.view_functions[rule.endpoint], "permission")
    ]
    assert not unmarked, f"mark with @permission_required or @public: {unmarked}"


def test_public_routes_are_few_and_known(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint == "static" or app.view_functions[rule.endpoint].permission is None
    }
    assert public == PUBLIC
    assert len(public) <= MOST_PUBLIC


def test_every_permission_has_a_row(app: Flask) -> None:
    assert set(PERMISSIONS) == set(Permission)


def test_ids_in_addresses_are_typed(app: Flask) -> None:
    untyped = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if re.search(r"<(?!uuid:|path:filename|string\(|month:)[a-z_]*id>", rule.rule)
    ]
    assert not untyped, f"write <uuid:…_id>: {untyped}"


def _recorded_verbs() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in _sources("qa_app"))
    return set(re.findall(r'(?:record|note_access)\(\s*"([a-z_]+)"', text))


def test_every_recorded_event_has_its_sentence() -> None:
    missing = _recorded_verbs() - set(events.SENTENCES)
    assert not missing, f"add a sentence to qa_app/domain/events.py: {missing}"


def test_templates_hold_no_script_style_or_unsafe_text() -> None:
    pattern = re.compile(r"style=|on(click|change|submit)=|<script>|\|\s*safe\b|autoescape false")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if pattern.search(path.read_text("utf-8"))
    ]
    assert not found, f"move style and script to frontend/: {found}"
