"""A quiet note below a box comes and goes with what is saved, and never takes the focus (A11)."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from qa_app.database import saving
from tests.audits.making import given
from tests.browser.journey import Make
from tests.browser.writing import Writer
from tests.council import Council

pytestmark = pytest.mark.one_database


def test_a_note_comes_with_a_save_and_goes_with_the_next(
    app: Flask, with_passwords: Council, walker: Make
) -> None:
    with app.app_context(), saving():
        path = f"/audits/{given(with_passwords).id}/sections/risk"
    writer = Writer(walker(), path)
    notes = writer.page.locator("[id='risk.evidence-notes']")
    expect(notes).to_have_count(0)
    writer.type("Ring 07700 900123 ")
    writer.saves()
    expect(notes).to_contain_text("This may be a telephone number: “07700 900123”")
    # the box is described by its note, and is still where one writes
    expect(writer.box).to_have_attribute("aria-describedby", re.compile("risk.evidence-notes"))
    expect(writer.box).to_be_focused()
    writer.walker.check()
    writer.box.fill("The duty team was rung. ")
    writer.saves()
    expect(notes).to_have_count(0)
    expect(writer.box).not_to_have_attribute("aria-describedby", re.compile("notes"))
