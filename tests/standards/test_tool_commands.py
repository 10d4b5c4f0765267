"""`qa-app tools`: out to a file, checked, and in again."""

from dataclasses import replace

import pytest

from qa_app.cli import cli
from qa_app.standards.commands import tools as command
from qa_app.standards.queries import content_of, current_version, draft_of, tools
from qa_app.standards.toolfile import read_tool, write_tool
from tests.tools import a_tool


@pytest.fixture
def run(app):
    """run("export", "core") → what the command answered."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(command, [str(each) for each in arguments])


def test_the_command_belongs_to_qa_app() -> None:
    assert set(cli.commands["tools"].commands) == {"export", "check", "import"}


def test_a_tool_goes_out_to_a_file_and_in_again_as_its_next_version(app, run, tmp_path) -> None:
    file = tmp_path / "core.yaml"
    told = run("export", "core", "--out", file)
    assert (told.exit_code, told.output) == (0, f"Written to {file}.\n")
    assert run("export", "core", "--version", 2).output == file.read_text("utf-8")

    file.write_text(file.read_text("utf-8").replace("name: Case file audit", "name: Audit"))
    assert run("check", file).output == "Audit (core): nothing is wrong with it.\n"
    told = run("import", file)
    assert (told.exit_code, told.output) == (0, "Audit (core): version 3 is a draft.\n")
    with app.app_context():
        assert current_version("core").number == 2
        assert content_of(draft_of("core")).name == "Audit"


def test_a_file_is_published_at_once_when_asked(app, run, tmp_path) -> None:
    # P7: the version before is retired, and stays for audits under way.
    file = tmp_path / "dip.yaml"
    file.write_text(write_tool(a_tool()), "utf-8")
    assert run("import", file, "--publish").output == "Dip sample (dip): version 1 is published.\n"
    file.write_text(write_tool(a_tool(name="Sample")), "utf-8")
    assert run("import", file, "--publish").output == "Sample (dip): version 2 is published.\n"
    with app.app_context():
        assert content_of(tools()["dip"]) == a_tool(name="Sample", version=2)
    told = run("import", file)
    assert told.exit_code == 1
    assert told.output.startswith("Version 2 of this tool says the same")


def test_every_fault_is_told_by_its_line_and_nothing_is_read(app, run, tmp_path) -> None:
    file = tmp_path / "dip.yaml"
    text = write_tool(a_tool(name="")).replace("kind: text", "kind: prose")
    file.write_text(text.replace('"4.1"', '"99.1"'), "utf-8")
    for name in ("check", "import"):
        told = run(name, file)
        assert told.exit_code == 1
        assert told.output.splitlines() == [
            "Line 2: name: Enter the name of the tool.",
            "Line 28: standard: There is no practice standard 99.1: name another, or leave it out.",
            "Line 30: kind: Use one of: compliance, quality, text.",
        ]
    with app.app_context():
        assert draft_of("dip") is None


@pytest.mark.parametrize("arguments", [("none",), ("core", "--version", 99)])
def test_a_tool_that_is_not_there_is_unusable(run, arguments) -> None:
    told = run("export", *arguments)
    assert told.exit_code == 2
    assert "Published tools: core, delegated-authority" in told.output


def test_what_is_exported_reads_as_what_is_stored(app, run) -> None:
    told = run("export", "re-audit")
    with app.app_context():
        stored = content_of(current_version("re-audit"))
    assert read_tool(told.output.encode()).tool == replace(stored)
