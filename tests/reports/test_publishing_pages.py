"""The pages of a report's life: drawn for those who lead, in public form for everybody (R2, R3)."""

import re

import pytest
from flask import Flask

from qa_app.database import db, saving
from qa_app.history import Event
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import asked_of
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import small_kind

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind")

LIBRARY = "/reports/"
READERS = ("viewer", "worker", "auditor")


@pytest.fixture
def lead(council: Council, client_for):
    return client_for(council.people["qa_lead"])


@pytest.fixture
def audits(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        world.some_audits()


def the_version(app: Flask, number: int = 1) -> ReportVersion:
    with app.app_context():
        return db.session.query(ReportVersion).filter_by(number=number).one()


def in_state(app: Flask, council: Council, move=world.published) -> str:
    """A version moved as far as `move` takes it; its address."""
    with app.app_context(), saving():
        world.some_audits()
        for _ in range(2):
            world.an_audit(world.FEBRUARY.first, world.GOOD, None)
        version = move(world.begin(council), council)
        return f"/reports/versions/{version.id}"


def counted(app: Flask, verb: str) -> list[dict]:
    with app.app_context():
        return [each.details for each in db.session.query(Event).filter_by(verb=verb)]


def test_a_report_is_published_over_its_pages(
    app: Flask, council: Council, client_for, lead, audits
) -> None:
    # R3: begun, written, explained, checked, approved, published: each by whose it is
    answer = lead.submit("/reports/new/highlight", {"month": "2023-02"}, follow_redirects=True)
    assert "Figures from the audits" in answer.text
    path = f"/reports/versions/{the_version(app).id}"

    page = lead.get(f"{path}/write/working").text
    sentence = re.search(r'name="use" value="([^"]+)"', page)[1]
    data = {"text": "Mine.", "revision": "0", "use": sentence}
    answer = lead.submit(f"{path}/write/working", data, follow_redirects=True)
    assert f"Mine.\n\n{sentence}" in answer.text

    answer = lead.get(f"{path}/checks").text
    assert "1 thing to put right or explain" in answer
    explained = {"explanation": "Kept in the old workbook"}
    where = f"{path}/checks/inadequate-imported/explain"
    answer = lead.submit(where, explained, follow_redirects=True)
    assert "1 finding explained" in answer.text
    answer = lead.submit(f"{path}/checks", revision_in(answer.text))
    assert "It waits for approval" in world.after_its_job(app, lead, answer).text

    head = client_for(council.people["head"])
    assert "Waiting for approval" in head.get(LIBRARY).text
    page = head.get(f"{path}/approve").text
    refused = head.submit(f"{path}/approve", revision_in(page))
    assert refused.status_code == 422
    answer = head.submit(
        f"{path}/approve", {"read": "y"} | revision_in(page), follow_redirects=True
    )
    assert "Approved. The QA lead is told" in answer.text

    page = lead.get(f"{path}/publish").text
    assert lead.submit(f"{path}/publish", revision_in(page)).status_code == 422
    answer = lead.submit(f"{path}/publish", {"suppressed": "y"} | revision_in(page))
    assert "Published and locked" in world.after_its_job(app, lead, answer).text
    viewer = client_for(council.people["viewer"])
    assert "Version 1: current" in viewer.get(LIBRARY).text


# R5: each sentence that may tell what is hidden is looked at by itself before it is published.
def test_sentences_that_may_tell_are_ticked_one_by_one(app, council, client_for, lead) -> None:
    text = "Plans were clear. A mother said “nobody asked me”. Two audits await a grade."
    with app.app_context(), saving():
        world.some_audits()
        for _ in range(2):
            world.an_audit(world.FEBRUARY.first, world.GOOD, None)
        version = world.begin(council)
        world.write_all(version, council, text)
        by, head = council.people["qa_lead"], council.people["head"]
        world.publishing.check(version, version.revision, by=by, at=world.AT)
        world.publishing.approve(version, version.revision, by=head, at=world.AT)
        path = f"/reports/versions/{version.id}/publish"
    page = lead.get(path).text
    ids = re.findall(r'name="sentences"[^>]*value="([0-9a-f]{16})"', page)
    assert len(ids) == 2
    sent = {"suppressed": "y"} | revision_in(page)
    for some in ([], ids[:1], [*ids[:1], "0" * 16]):
        answer = lead.submit(path, sent | {"sentences": some})
        assert answer.status_code == 422, some
    answer = lead.submit(path, sent | {"sentences": ids})
    assert "Published and locked" in world.after_its_job(app, lead, answer).text


def revision_in(page: str) -> dict[str, str]:
    return {"revision": re.search(r'name="revision"[^>]*value="(\d+)"', page)[1]}


@pytest.mark.parametrize("move", [lambda v, _: v, world.checked, world.approved])
@pytest.mark.parametrize("who", READERS)
def test_what_is_not_published_is_not_there_for_others(
    app: Flask, council: Council, client_for, move, who
) -> None:
    # R3, I2: drafts are not for viewers
    path = in_state(app, council, move)
    client = client_for(council.people[who])
    pages = ("", "?form=public", "/changes", "/download?format=pdf", "/figure")
    assert {client.get(path + page).status_code for page in pages} == {404}
    library = client.get(LIBRARY).text
    assert "In work" not in library
    assert "No report is published yet" in library


LAYOUTS = ("html", "pdf", "docx", "xlsx", "csv", "json")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("who", READERS)
def test_others_get_the_public_form_alone(
    app: Flask, council: Council, client_for, who, layout
) -> None:
    # R5, I2: the full form comes by no parameter of the address
    path = in_state(app, council)
    client = client_for(council.people[who])
    forms = ("", "&form=full", "&form=public", "&public=no")
    answers = [client.get(f"{path}/download?format={layout}{form}") for form in forms]
    assert {each.status_code for each in answers} == {200}
    assert all(f"-public.{layout}" in each.headers["Content-Disposition"] for each in answers)
    assert len({each.data for each in answers}) == 1
    noted = [each["format"] for each in counted(app, "report_exported")]
    assert all(each.endswith("(public)") for each in noted)
    assert len(noted) == len(forms)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("who", ["qa_lead", "head", "director"])
def test_leaders_get_either_form(app: Flask, council: Council, client_for, who, layout) -> None:
    # I2: in full for those who answer for services
    path = in_state(app, council)
    client = client_for(council.people[who])
    full = client.get(f"{path}/download?format={layout}")
    public = client.get(f"{path}/download?format={layout}&form=public")
    assert f"-full.{layout}" in full.headers["Content-Disposition"]
    assert f"-public.{layout}" in public.headers["Content-Disposition"]
    assert full.data != public.data


def test_an_unknown_layout_is_none(app: Flask, council: Council, lead) -> None:
    assert lead.get(in_state(app, council) + "/download?format=exe").status_code == 404


def test_the_page_of_a_version_is_the_full_or_the_public_form(
    app: Flask, council: Council, client_for, lead
) -> None:
    # R5: MTM-1 is printed in full, other counts of 1 to 5 are not
    path = in_state(app, council)
    assert "You are reading it in full" in lead.get(path).text
    assert "You are reading the public form" in lead.get(f"{path}?form=public").text
    viewer = client_for(council.people["viewer"])
    for address in (path, f"{path}?form=full"):
        page = viewer.get(address).text
        assert "You are reading the public form" in page
        assert "Read it in full" not in page
        assert "Inadequate: 2 (14.29%)" in page
    assert [each["number"] for each in counted(app, "report_viewed")] == [1] * 4


FIGURE = "/figure?measure=MTM-1&period=2023-02&category=Inadequate&scope=authority"


def test_a_figure_opens_onto_its_audits(app: Flask, council: Council, client_for, lead) -> None:
    # R2: for people who may see them; for others how many there are
    path = in_state(app, council)
    page = lead.get(path + FIGURE).text
    assert "All 2 that make it up are below" in page
    assert page.count('href="/audits/') == 2
    page = client_for(council.people["viewer"]).get(path + FIGURE).text
    assert "You may see 0 of the 2" in page


def test_a_figure_that_is_hidden_does_not_open(app: Flask, council: Council, client_for) -> None:
    # R2, R5: how many audits are behind it is what is hidden
    path = in_state(app, council)
    hidden = "/figure?measure=MTM-1b&period=2023-02&category=awaiting&scope=authority"
    assert client_for(council.people["head"]).get(path + hidden).status_code == 200
    assert client_for(council.people["viewer"]).get(path + hidden).status_code == 404
    assert client_for(council.people["head"]).get(path + "/figure?measure=X").status_code == 404


def test_a_correction_is_a_second_version_with_its_erratum(
    app: Flask, council: Council, client_for, lead
) -> None:
    # R3: version 2 says what changed, version 1 stays readable and says that it was superseded
    path = in_state(app, council)
    with app.app_context(), saving():
        world.some_audits()
    answer = lead.submit(f"{path}/again", {"why": "A grade was amended"}, follow_redirects=True)
    assert "Why there is this version: A grade was amended" in answer.text
    with app.app_context(), saving():
        second = db.session.query(ReportVersion).filter_by(number=2).one()
        world.published(second, council, at=world.later())
        newer = f"/reports/versions/{second.id}"
    viewer = client_for(council.people["viewer"])
    old = viewer.get(path).text
    assert "This version was superseded" in old
    assert "Inadequate: 2 (14.29%)" in old
    page = viewer.get(f"{newer}/changes").text
    assert "A grade was amended" in page
    assert "4 (14.29%)" in page
    library = viewer.get(LIBRARY).text
    assert library.index("Version 2: current") < library.index("Version 1: superseded")
    assert lead.get(f"{path}/again").status_code == 404


def test_a_withdrawn_version_says_why(app: Flask, council: Council, client_for) -> None:
    # R3: withdrawn, with the reason for its readers
    path = in_state(app, council)
    director = client_for(council.people["director"])
    page = director.get(f"{path}/withdraw").text
    data = {"why": "It counted another tool"} | revision_in(page)
    answer = director.submit(f"{path}/withdraw", data, follow_redirects=True)
    assert "Do not use its figures" in answer.text
    viewer = client_for(council.people["viewer"])
    assert "It counted another tool" in viewer.get(path).text
    assert "Version 1: withdrawn" in viewer.get(LIBRARY).text


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        # R3: the QA lead writes, checks and publishes
        ("/work", {"qa_lead"}),
        ("/write/working", {"qa_lead"}),
        ("/checks", {"qa_lead"}),
        ("/discard", {"qa_lead"}),
        # R3: who has read it is for the QA lead and heads
        ("/readers", {"qa_lead", "head", "director"}),
    ],
)
def test_whose_pages_a_draft_has(app: Flask, council: Council, client_for, page, allowed) -> None:
    path = in_state(app, council, lambda v, _: v)
    for who in ("qa_lead", "head", "director", "viewer", "auditor", "administrator"):
        answer = client_for(council.people[who]).get(path + page)
        assert (answer.status_code == 200) == (who in allowed), who


def test_only_a_head_of_service_or_above_approves(app: Flask, council: Council, client_for) -> None:
    # R3: by a head of service or above
    path = in_state(app, council, world.checked)
    codes = {
        who: client_for(council.people[who]).get(f"{path}/approve").status_code
        for who in ("head", "director", "qa_lead", "viewer")
    }
    assert codes == {"head": 200, "director": 200, "qa_lead": 403, "viewer": 403}


def test_two_texts_of_one_part_are_both_shown(app: Flask, council: Council, lead) -> None:
    # A8: nothing typed is lost, nothing overwrites a newer text unseen
    path = in_state(app, council, lambda v, _: v) + "/write/working"
    lead.submit(path, {"text": "The first", "revision": "0"})
    answer = lead.submit(path, {"text": "The second", "revision": "0"})
    assert answer.status_code == 409
    assert "The first" in answer.text
    assert "The second" in answer.text
    answer = lead.submit(path, {"text": "Both"} | revision_in(answer.text))
    assert answer.status_code == 302


def test_who_has_read_it_is_counted(app: Flask, council: Council, client_for, lead) -> None:
    path = in_state(app, council)
    viewer = client_for(council.people["viewer"])
    viewer.get(path)
    viewer.get(path)
    viewer.get(f"{path}/download?format=csv")
    page = lead.get(f"{path}/readers").text
    row = page[page.index("Vera Viewer") :][:400]
    assert re.findall(r"numeric\">(\d+)<", row)[:2] == ["2", "1"]
    assert "Published version 1" in page


def test_a_draft_is_taken_back_refreshed_and_thrown_away(
    app: Flask, council: Council, lead
) -> None:
    path = in_state(app, council, world.checked)
    back = revision_in(lead.get(f"{path}/take-back").text)
    answer = lead.submit(f"{path}/take-back", back, follow_redirects=True)
    assert "It is a draft again" in answer.text
    token = lead.token_in(answer.text)
    data = revision_in(answer.text)
    answer = lead.send(f"{path}/data", data, token=token, follow_redirects=True)
    assert "The data is taken anew" in answer.text
    stale = lead.send(f"{path}/data", data, token=token)
    assert stale.status_code == 409
    answer = lead.submit(
        f"{path}/discard", revision_in(lead.get(f"{path}/discard").text), follow_redirects=True
    )
    assert "thrown away" in answer.text
    assert lead.get(path).status_code == 404


def test_every_kind_can_be_begun(app: Flask, council: Council, lead) -> None:
    page = lead.get("/reports/new").text
    kinds = re.findall(r'href="/reports/new/([a-z-]+)"', page)
    assert len(kinds) == 6
    for kind in kinds:
        answer = lead.submit(f"/reports/new/{kind}")
        assert answer.status_code == 422
    assert lead.get("/reports/new/nothing").status_code == 404


def test_a_narrowed_report_is_another_report(app: Flask, council: Council, lead, audits) -> None:
    data = {"month": "2023-02", "services": ["Safeguarding"], "plan_types": ["child_in_need"]}
    lead.submit("/reports/new/highlight", data)
    lead.submit("/reports/new/highlight", {"month": "2023-02"})
    with app.app_context():
        asked = [asked_of(each.report) for each in db.session.query(ReportVersion)]
    assert sorted(each.services for each in asked) == [(), ("Safeguarding",)]
    again = lead.submit("/reports/new/highlight", {"month": "2023-02"})
    assert "in work already" in again.text


def test_the_library_is_narrowed_by_kind_and_year(app: Flask, council: Council, lead) -> None:
    in_state(app, council)
    assert "February 2023" in lead.get(f"{LIBRARY}?kind=highlight&year=2022%2F23").text
    page = lead.get(f"{LIBRARY}?kind=quarterly").text
    assert "No published report is of this kind and year" in page
