"""What the documents list is what there is: rules, commands, settings, environment, decisions."""

import re
from pathlib import Path

import click
import pytest

from qa_app.cli import cli
from qa_app.domain.events import SENTENCES
from qa_app.domain.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
CITED = re.compile(r"\b([PSAMETRI])(\d{1,2})\b(?!\.\d)")
# Letters with numbers that are not rules: chart colours, cell names and codes of the extract.
NOT_RULES_IN = ("tests/data", "frontend", "qa_app/static", "docs/adr", "qa_app/migrations")


def _rules() -> set[str]:
    text = (ROOT / "docs/rules.md").read_text("utf-8")
    return set(re.findall(r"^\*\*([A-Z]+-?\d+)\.\*\*", text, re.M))


def _comments_and_docstrings(path: Path) -> str:
    text = path.read_text("utf-8")
    return "\n".join(re.findall(r"#.*|\"\"\"[\s\S]*?\"\"\"", text))


def test_every_rule_cited_in_code_exists() -> None:
    rules = _rules()
    unknown: dict[str, set[str]] = {}
    for folder in ("qa_app", "forms", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name.startswith(NOT_RULES_IN):
                continue
            cited = {f"{a}{n}" for a, n in CITED.findall(_comments_and_docstrings(path))}
            if cited - rules:
                unknown[name] = cited - rules
    assert not unknown, f"these numbers are not in docs/rules.md: {unknown}"


def _commands(group: click.Group, prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            names += _commands(command, f"{prefix}{name} ")
        else:
            names.append(f"{prefix}{name}")
    return names


def test_every_command_stands_in_the_documents() -> None:
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    missing = [name for name in _commands(cli) if f"`qa-app {name}" not in text]
    assert not missing, f"describe in docs/commands.md: {missing}"


@pytest.mark.parametrize("name", _commands(cli))
def test_every_command_explains_itself(name: str) -> None:
    command: click.Command = cli
    for part in name.split():
        assert isinstance(command, click.Group)
        command = command.commands[part]
    assert command.help, f"give `qa-app {name}` a docstring"


def test_every_setting_stands_in_the_documents() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    missing = [name for name in SETTINGS if f"`{name}`" not in text]
    assert not missing, f"describe in docs/settings.md: {missing}"


def test_every_environment_variable_stands_in_the_documents() -> None:
    read = set(re.findall(r'env\.get\("([A-Z_]+)"', (ROOT / "qa_app/config.py").read_text("utf-8")))
    for path in (ROOT / "qa_app").rglob("*.py"):
        read |= set(re.findall(r'environ(?:\.get\(|\[)"(QA_[A-Z_]+)"', path.read_text("utf-8")))
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    missing = [name for name in sorted(read) if f"`{name}`" not in text]
    assert not missing, f"describe in docs/settings.md: {missing}"


def test_every_event_stands_in_the_documents() -> None:
    text = (ROOT / "docs/events.md").read_text("utf-8")
    missing = [verb for verb in SENTENCES if f"`{verb}`" not in text]
    assert not missing, f"list in docs/events.md: {missing}"


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("*.md")), ids=lambda p: p.stem)
def test_every_decision_has_its_four_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    missing = [
        part for part in ("Context", "Decision", "Status", "Consequences")
        if f"## {part}" not in text
    ]  # fmt: skip
    assert not missing, f"{path.name} lacks {missing}"


def test_the_readme_says_what_it_is_and_how_to_run_it() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "audit" in text.splitlines()[0] or "audit" in text.splitlines()[2]
    for needed in ("make run", "make test", "DATABASE_URL", "SECRET_KEY", "docs/screens/"):
        assert needed in text
