"""The table of settings, and what each of them can take."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.settings import (
    SETTINGS,
    Kind,
    SettingRefused,
    default_number,
    parse_setting,
)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_default_of_its_kind_a_description_and_a_rule(name: str) -> None:
    setting = SETTINGS[name]
    assert setting.kind.is_number is isinstance(setting.default, int)
    assert re.fullmatch(r"[A-Z].{15,}[^.]", setting.description)
    assert re.fullmatch(r"[A-Z]\d{1,2}", setting.rule)
    assert re.fullmatch(r"[a-z_]{5,60}", name)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_is_a_value_that_the_setting_takes(name: str) -> None:
    default = SETTINGS[name].default
    assert parse_setting(name, f" {default} ") == default


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("expected_audits", 1),  # P2
        ("moderate_urgent_within", 2),  # M0
        ("moderate_within", 10),  # M0
        ("blind_share", 20),  # M3
        ("priority_action_within", 1),  # E1
        ("concern_acknowledged_within", 1),  # E1
        ("requires_improvement_within", 20),  # E2
        ("verify_within", 5),  # E4
        ("too_few_to_say_below", 10),  # R6
        ("kept_for", 6),  # I4
    ],
)
def test_defaults_are_those_of_the_rules(name: str, number: int) -> None:
    assert default_number(name) == number


def test_a_text_is_no_number() -> None:
    with pytest.raises(TypeError, match="council_name is not a number"):
        default_number("council_name")


MONTHS_WANTED = "Enter months as numbers from 1 to 12, for example 8, 12"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("verify_within", "five", "Enter a whole number of working days from 0 to 200"),
        ("verify_within", "-1", "Enter a whole number of working days from 0 to 200"),
        ("verify_within", "201", "Enter a whole number of working days from 0 to 200"),
        ("verify_within", "9" * 5_000, "Enter a whole number of working days from 0 to 200"),
        ("verify_within", "²", "Enter a whole number of working days from 0 to 200"),
        ("expected_audits", "", "Enter a whole number from 0 to 200"),
        ("blind_share", "101", "Enter a percentage from 0 to 100, as a whole number"),
        ("months_without_audits", "8 13", MONTHS_WANTED),
        ("months_without_audits", "August", MONTHS_WANTED),
        ("council_name", " ", "Enter a text of 1 to 200 characters"),
        ("duty_team_telephone", "0" * 201, "Enter a telephone number of 1 to 200 characters"),
    ],
)  # fmt: skip
def test_a_value_that_a_setting_cannot_take_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        parse_setting(name, text)
    assert refused.value.message == message
    assert refused.value.field == "value"


def test_months_are_kept_in_one_form() -> None:
    assert parse_setting("months_without_audits", "8,12") == "8 12"
    assert parse_setting("months_without_audits", "") == ""


@given(st.integers(0, 100))
def test_a_percentage_is_kept_as_its_number(number: int) -> None:
    assert parse_setting("blind_share", str(number)) == number
    assert SETTINGS["blind_share"].kind is Kind.PERCENT
