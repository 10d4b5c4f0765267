"""A report on a page of ours: figures that open, charts with their words, contents that lead."""

import re

import pytest
from flask import Flask

from qa_app.reports import render
from qa_app.reports.document import Document
from qa_app.reports.figures import Key
from tests.pages import Page, words
from tests.reports.papers import report

pytestmark = pytest.mark.one_database

HOLDER = (
    '{% from "reports/document/_document.html" import document_page %}<!doctype html>'
    '<html lang="en-GB"><head><title>x</title></head><body><h1>x</h1>'
    "{{ document_page(document, picture_for, link_for) }}</body></html>"
)


def opens(key: Key) -> str | None:
    """An address for the figures of February alone."""
    return "/behind" if key.period == "2023-02" else None


def page_of(app: Flask, document: Document) -> Page:
    with app.app_context():
        template = app.jinja_env.from_string(HOLDER)
        html = template.render(document=document, picture_for=render.picture_uri, link_for=opens)
    return Page(html, 200)


# R2: each figure opens where there is something behind it; one that is hidden opens onto nothing.
def test_figures_open(app: Flask) -> None:
    page = page_of(app, report())
    opened = [words(each) for each in page.all("a") if each.get("href") == "/behind"]
    assert opened == ["6", "6", "3", "0"]
    assert "c" in [words(each) for each in page.all("td")]


def test_contents_lead_to_the_sections(app: Flask) -> None:
    page = page_of(app, report())
    led = [str(each.get("href"))[1:] for each in page.all("a") if each.get("href") != "/behind"]
    assert led == ["summary", "grades", "sections", "learning"]
    assert [page.ids[name].tag for name in led] == ["h2"] * 4
    assert page.ids["trend"].tag == "h3"
    everything = re.findall(r' id="([^"]+)"', page.html)
    assert len(everything) == len(set(everything))


# AC-8: every chart has its title, its description, and its table in the same section.
def test_charts_have_their_words(app: Flask) -> None:
    images = list(page_of(app, report()).all("img"))
    assert len(images) == 5
    assert all("The table beside it" in str(image.get("alt")) for image in images)


@pytest.mark.parametrize("draft", [True, False])
def test_a_draft_alone_says_what_is_to_be_written(app: Flask, draft: bool) -> None:
    html = page_of(app, report(draft=draft)).html
    assert ("What happens next, by whom and when." in html) is draft
    assert ("12 of 31 audits (38.7%) were graded Good." in html) is draft
    assert "The end." in html


def test_an_empty_table_says_so(app: Flask) -> None:
    assert "There is nothing to show." in page_of(app, report()).html
