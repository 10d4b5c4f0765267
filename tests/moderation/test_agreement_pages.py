"""Agreement as pages: who sees what, in words, and the audits behind a number (M9, M7, Q-4)."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from qa_app.audits.models import AuditParty
from qa_app.cli import cli
from qa_app.database import db, saving
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.moderation.models import ModerationMode
from qa_app.standards.queries import current_version, sections_of
from tests.moderation.test_agreement_query import a_pair, an_audit_of_sections
from tests.pages import Page, words
from tests.queries import count_queries
from tests.reports.test_pages import links_of, table

PAGE, MINE = "/moderation/agreement", "/moderation/agreement/mine"
MAY = "?from=2023-05&to=2023-05"
OUT, GOOD, RI, IN = GRADES
OURS, ALL = "Safeguarding", ("Corporate Parenting", "Safeguarding")
PEOPLE = {"auditor": "Ada Auditor", "other_auditor": "Otto Auditor"}


def the_pairs(council, ours: int = 12, theirs: int = 11) -> None:
    """Ada's pairs in Safeguarding, a quarter of them graded down; Otto's in Corporate Parenting."""
    for number in range(ours):
        final = RI if number % 4 == 3 else GOOD
        a_pair(GOOD, final, **_of(council, "auditor", "SAFE", "SAFE1"))
    for _ in range(theirs):
        a_pair(RI, RI, **_of(council, "other_auditor", "CARE", "CARE1"))


def _of(council, auditor: str, service: str, team: str) -> dict[str, object]:
    return {
        "auditor_id": council.people[auditor],
        "auditor_name": PEOPLE[auditor],
        "service_id": council.teams[service],
        "team_id": council.teams[team],
        "moderator": (council.people["head"], "Hetty Head"),
    }


@pytest.fixture
def pairs(app, council):
    with app.app_context(), saving():
        the_pairs(council)


@pytest.fixture
def page_of(council, client_for):
    """page_of("head", path) → the page as that person has it."""
    return lambda who, path: client_for(council.people[who]).get(path)


def number_of(html: str) -> str:
    """The n in the heading."""
    return words(next(Page(html, 200).root.iter("h1"))).partition(": ")[2]


def names_in(html: str) -> list[str]:
    return [row[0] for row in table(html, "split")[1:]]


@pytest.mark.parametrize(
    ("who", "path", "status", "number", "groups"),
    [
        # M9: leaders see services, and those only that they answer for.
        ("head", PAGE + MAY, 200, "12 audits", [OURS]),
        ("other_head", PAGE + MAY, 200, "11 audits", ["Corporate Parenting"]),
        ("review_head", PAGE + MAY, 200, "0 audits", None),
        # M9: a director answers for every service, and still sees no auditor.
        ("director", PAGE + MAY, 200, "23 audits", [*ALL]),
        ("director", PAGE + MAY + "&by=auditor", 200, "", None),
        ("director", PAGE + MAY + "&by=moderator", 200, "", None),
        ("head", PAGE + MAY + "&by=auditor", 200, "", None),
        # M9: only the QA lead sees auditors, and moderators.
        ("qa_lead", PAGE + MAY, 200, "23 audits", [*ALL]),
        ("qa_lead", PAGE + MAY + "&by=auditor", 200, "23 audits", [*PEOPLE.values()]),
        ("qa_lead", PAGE + MAY + "&by=moderator", 200, "23 audits", ["Hetty Head"]),
        # M9: an auditor sees their own, and nobody else's.
        ("auditor", MINE + MAY, 200, "12 audits", None),
        ("other_auditor", MINE + MAY, 200, "11 audits", None),
        ("manager", MINE + MAY, 200, "0 audits", None),
        ("head", MINE + MAY, 200, "0 audits", None),
        ("auditor", PAGE + MAY, 403, None, None),
        ("auditor", PAGE + "/audits" + MAY, 403, None, None),
        # M9: nobody else sees any.
        ("worker", PAGE + MAY, 403, None, None),
        ("viewer", PAGE + MAY, 403, None, None),
        ("administrator", PAGE + MAY, 403, None, None),
        ("administrator", MINE + MAY, 403, None, None),
        ("viewer", MINE + "/audits" + MAY, 403, None, None),
    ],
)
def test_who_sees_what(pairs, page_of, who, path, status, number, groups) -> None:
    page = page_of(who, path)
    assert page.status_code == status
    if status == 200:
        assert number_of(page.text) == number
        assert ('id="split"' in page.text) == bool(groups)
        assert not groups or names_in(page.text) == groups


# M9: by section, each its own grades, and only of the reader's services or audits.
@pytest.mark.parametrize(
    ("who", "path", "seen"),
    [
        ("auditor", MINE + MAY, True),
        ("other_auditor", MINE + MAY, False),
        ("head", PAGE + MAY + "&by=section", True),
        ("other_head", PAGE + MAY + "&by=section", False),
        ("director", PAGE + MAY + "&by=section", True),
    ],
)
def test_sections(app, council, page_of, who, path, seen) -> None:
    with app.app_context(), saving():
        version = current_version("core")
        section = sections_of(version)[0]
        code, title = section.code, section.title
        for _ in range(10):
            audit = an_audit_of_sections(version, **{code: (GOOD, RI)})
            audit.auditor_id, audit.service_id = council.people["auditor"], council.teams["SAFE"]
    page = page_of(who, path).text
    assert ('id="split"' in page) is seen
    if seen:
        row = table(page, "split")[1]
        assert row[:2] == [title, "10"]
        assert row[2].startswith("0 of 10 (0%)")


# M9, Q-4: the page and the command print one and the same figures.
def test_the_figures_are_those_of_the_command(app, pairs, page_of) -> None:
    arguments = ["--from", "2023-05", "--to", "2023-05", "--format", "json"]
    result = app.test_cli_runner().invoke(cli.commands["agreement"], arguments)
    told = json.loads(result.output)
    rows = {row[0]: row for row in table(page_of("qa_lead", PAGE + MAY).text, "agreement")[1:]}
    assert rows["Same grade"][1] == "20 of 23 (86.96%)"
    shares = {"Same grade": "exact", "Within one grade": "within_one",
              "Auditor more lenient": "lenient", "Auditor more severe": "severe"}  # fmt: skip
    for name, key in shares.items():
        assert rows[name][1].startswith(f"{round(told[key] * told['n'])} of {told['n']} (")
    for name, key in {"Linear-weighted kappa": "kappa_linear", "Gwet’s AC2": "ac2_linear"}.items():
        low, high = told[f"{key}_low"], told[f"{key}_high"]
        expected = [f"{told[key]:.2f}", f"{low:.2f} to {high:.2f}"]
        assert rows[name][1:3] == expected
    # M9: each with an interval and a sentence that explains it.
    assert all("to" in row[2] and row[3].endswith(".") for row in rows.values())


# M9: nothing is shown below n = 10, of all or of a part; M3: blind and sighted stand apart.
@pytest.mark.parametrize("number", [1, 7, 9, 10])
def test_too_few_to_say(app, council, page_of, number) -> None:
    with app.app_context(), saving():
        the_pairs(council, ours=number, theirs=0)
    page = page_of("auditor", MINE + MAY).text
    audits = f"{number} audit{'s' * (number > 1)}"
    assert number_of(page) == audits
    assert (f"Too few to say: {audits}." in page) is (number < 10)
    for name in ("agreement", "confusion", "modes"):
        assert (f'id="{name}"' in page) is (number >= 10)


def test_blind_and_sighted_stand_apart(app, council, page_of) -> None:
    with app.app_context(), saving():
        the_pairs(council, ours=12, theirs=0)
        for _ in range(7):
            a_pair(IN, RI, mode=ModerationMode.BLIND, **_of(council, "auditor", "SAFE", "SAFE1"))
    modes = table(page_of("head", PAGE + MAY).text, "modes")[1:]
    assert [row[:2] for row in modes] == [
        ["Blind", "Too few to say: 7 audits"],
        ["Sighted", "12"],
        # M3: what was given before seeing the auditor's; none of these kept it.
        ["Blind, against the moderator’s first grade", "Too few to say: 0 audits"],
    ]
    assert set(modes[0][2:]) == {"–"}
    assert modes[1][2].startswith("9 of 12 (75%), ")


# M9: kappa has no value where all grades are one; the page says so, and why AC2 stands beside it.
def test_kappa_without_a_value_is_explained(app, council, page_of) -> None:
    with app.app_context(), saving():
        the_pairs(council, ours=0, theirs=10)
    page = page_of("other_head", PAGE + MAY).text
    rows = {row[0]: row for row in table(page, "agreement")}
    assert rows["Linear-weighted kappa"][1:3] == ["No value: all grades are the same", "–"]
    assert rows["Gwet’s AC2"][1] == "1.00"
    assert "kappa can be low although the two hardly ever differ" in page


# M7, M9: the table sets the auditor's grade against the final one, with totals that add up.
def test_the_table_of_grades_opens_onto_as_many_audits_as_it_says(pairs, council, client_for):
    lead = client_for(council.people["qa_lead"])
    page = lead.get(PAGE + MAY).text
    assert table(page, "confusion")[1:] == [
        ["Outstanding", "0", "0", "0", "0", "0"],
        ["Good", "0", "9", "3", "0", "12"],
        ["Requires improvement", "0", "0", "11", "0", "11"],
        ["Inadequate", "0", "0", "0", "0", "0"],
        ["All", "0", "9", "14", "0", "23"],
    ]
    links = links_of(page, "confusion")
    assert [text for text, _ in links] == ["9", "3", "12", "11", "11", "9", "14", "23"]
    for text, address in links:
        behind = lead.get(address).text
        assert len(links_of(behind, "behind")) == int(text)
        assert f"{text} audits make up this number" in behind
    first = links_of(lead.get(links[0][1]).text, "behind")[0][1]
    assert lead.get(first).status_code == 200


# I2, M9: the list holds only what its reader may read, and says how many there are beside.
@pytest.mark.parametrize(
    ("who", "path", "count"),
    [
        ("qa_lead", PAGE, 12),
        ("head", PAGE, 12),
        ("director", PAGE, 12),
        # A head of another service has no pair there to open.
        ("other_head", PAGE, 0),
        ("auditor", MINE, 1),
        ("other_auditor", MINE, 0),
    ],
)
def test_the_list_is_limited_to_what_may_be_read(app, council, page_of, who, path, count) -> None:
    with app.app_context(), saving():
        the_pairs(council, ours=11)
        # Imported audits name their auditor, who is a party only to this one.
        mine = a_pair(GOOD, RI, **_of(council, "auditor", "SAFE", "SAFE1"))
        ada = council.people["auditor"]
        db.session.add(
            AuditParty(audit_id=mine.id, party=Party.AUDITOR, person_id=ada, name="Ada Auditor")
        )
    page = page_of(who, f"{path}/audits{MAY}&auditor_grade=good").text
    assert len(links_of(page, "behind") if 'id="behind"' in page else []) == count
    if who == "auditor":
        assert "You may read 1 of the 12 audits" in page


def test_a_long_list_goes_on(app, council, client_for) -> None:
    with app.app_context(), saving():
        the_pairs(council, ours=53, theirs=0)
    lead = client_for(council.people["qa_lead"])
    first = lead.get(f"{PAGE}/audits{MAY}&auditor_grade=good&_external=1")
    more = next(a.get("href") for a in Page(first.text, 200).root.iter("a") if a.get("rel"))
    assert len(links_of(first.text, "behind")) == 50
    assert len(links_of(lead.get(more).text, "behind")) == 3


@pytest.mark.parametrize(
    "asked", ["&auditor_grade=poor", "&final_grade=8", "&from=2023-13", "&from=2023-06"]
)
def test_a_cell_that_is_none_is_not_found(council, page_of, asked) -> None:
    assert page_of("qa_lead", f"{PAGE}/audits?to=2023-05{asked}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("?from=2023-06&to=2023-05", "Enter the earlier month first"),
        ("?from=2023-05&to=2999-01", "has not begun"),
        ("?from=May&to=2023-05", "Enter a month as year and month"),
        ("?from=2023-05&to=2023-05&by=child", "Choose"),
    ],
)
@pytest.mark.parametrize("path", [PAGE, MINE])
def test_what_makes_no_sense_is_refused_in_words(council, page_of, path, asked, said) -> None:
    page = page_of("qa_lead", path + asked).text
    if "by=" in asked and path == MINE:
        assert number_of(page) == "0 audits"
    else:
        assert said in page
        assert "Nothing was counted" in page


# the last twelve months that are over, unless others are asked for.
def test_the_usual_period_is_twelve_closed_months(council, page_of) -> None:
    with time_machine.travel(datetime(2023, 6, 15, 12, tzinfo=UTC), tick=True):
        page = page_of("qa_lead", PAGE).text
    assert "completed from June 2022 to May 2023" in page


def test_who_looked_is_put_in_the_history(app, pairs, page_of) -> None:
    page_of("head", PAGE + MAY)
    page_of("head", f"{PAGE}/audits{MAY}&final_grade={Grade.GOOD.value}")
    with app.app_context():
        seen = db.session.query(Event).filter(Event.verb.in_(["figures_viewed", "audits_listed"]))
        told = [event.details for event in seen.order_by(Event.sequence)]
    assert [each.get("months") or each["figure"] for each in told] == ["May 2023", "M9 May 2023"]


# The pages are found from where one works.
@pytest.mark.parametrize(
    ("who", "start", "path"),
    [
        ("head", "/moderation/", PAGE),
        ("qa_lead", "/audits", PAGE),
        ("auditor", "/audits", MINE),
    ],
)
def test_links_lead_there(council, page_of, who, start, path) -> None:
    assert f'href="{path}"' in page_of(who, start).text


@pytest.mark.parametrize(
    ("who", "path"),
    [
        *(("qa_lead", f"{PAGE}{MAY}&by={by}") for by in ("service", "section", "auditor")),
        ("qa_lead", f"{PAGE}/audits{MAY}"),
        ("head", f"{PAGE}/audits{MAY}"),
        ("auditor", MINE + MAY),
    ],
)
def test_the_pages_cost_the_same_for_one_pair_and_for_twenty(
    app, council, client_for, who, path
) -> None:
    client = client_for(council.people[who])
    costs = []
    for number in (1, 19):
        with app.app_context(), saving():
            the_pairs(council, ours=number, theirs=0)
        client.get(path)
        with count_queries(app) as statements:
            client.get(path)
        costs.append(len(statements))
        assert len(statements) <= 8, statements
    assert costs[0] == costs[1]
