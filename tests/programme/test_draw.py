"""Making, discarding and proving a draw (S1 to S4): nothing of it is ever lost."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from qa_app import history
from qa_app.audits import services as audits
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import NothingToDraw, NumberRefused, StratumBy, StratumUnknown
from qa_app.programme import queries, services
from qa_app.programme.models import (
    Batch,
    BatchKind,
    CaseFate,
    CycleState,
    Draw,
    DrawnCase,
    DrawState,
    Frame,
)
from qa_app.programme.services import Asked
from qa_app.programme.services.batches import BatchClosed
from qa_app.programme.services.cycles import CycleClosed
from qa_app.standards.models import ToolVersionState
from qa_app.standards.queries import current_version
from tests.audits.making import given
from tests.programme.draw_making import (
    AT,
    BY_TEAM,
    MAY,
    a_cycle,
    a_draw,
    add_cases,
    core,
    rows_of,
)

TODAY = now().date()


def _asked(**more) -> Asked:
    return Asked(**{"size": 2, "by": BY_TEAM, "seed": "7"} | more)


def _batch(**more) -> Batch:
    values = {
        "kind": BatchKind.DIP_SAMPLE, "name": "Dip sample", "tool_code": "core", "number": 3,
        "starts_on": TODAY, "ends_on": TODAY, "made_at": AT,
    }  # fmt: skip
    batch = Batch(**values | more)
    db.session.add(batch)
    db.session.flush()
    return batch


def test_a_draw_is_stored_with_its_list_rules_and_order(context, council) -> None:
    # S1, S2
    add_cases(council, 12)
    made = a_draw(council, size=4)
    frame = made.frame
    assert (frame.as_at, frame.size, len(frame.content)) == (TODAY, 16, 16)
    assert sorted(row.position for row in rows_of(made)) == [1, 2, 3, 4]
    assert made.rules == {
        "algorithm": "sha256-rank-1",
        "tool": "core",
        "tool_version": core().number,
        "plan_types": sorted(core().plan_types),
        "frame": "open",
        "frame_months": None,
        "cycle": "2023-05",
        "batch": None,
        "as_at": TODAY.isoformat(),
        "cases_known_on": TODAY.isoformat(),
        "size": 4,
        "seed": "7",
        "seed_given": True,
        "by": "team",
        "sizes": None,
        "one_child_of_family": True,
        "cases_of_one_worker": 2,
        "not_audited_again_within_months": 12,
        "reserves_for_each_case": 2,
    }
    assert made.state is DrawState.MADE
    assert made.made_by == council.people["qa_lead"]
    assert made.reference == "D-0001"


def test_its_reserves_are_counted_by_stratum(context, council) -> None:
    # S4
    add_cases(council, 12)
    add_cases(council, 12, team="SAFE2", first=300_001)
    made = a_draw(council, size=6)
    places = {}
    for row in rows_of(made, reserves=True):
        places.setdefault(row.stratum, []).append(row.position)
        assert row.fate is CaseFate.RESERVE
    wanted = {each["stratum"]: each["wanted"] for each in made.strata if each["wanted"]}
    assert places == {name: list(range(1, 2 * n + 1)) for name, n in wanted.items()}


def test_a_dry_run_gives_the_same_and_stores_nothing(context, council) -> None:
    # S2
    add_cases(council, 12)
    dry = services.work_out(MAY, core(), _asked(size=5), at=AT).to_json()
    assert db.session.scalar(select(func.count()).select_from(Draw)) == 0
    assert db.session.scalar(select(func.count()).select_from(Frame)) == 0
    assert queries.draw_json(a_draw(council, size=5)) == dry
    assert json.loads(json.dumps(dry)) == dry


def test_a_seed_that_nobody_gave_is_random_and_recorded_as_such(context, council) -> None:
    # S2
    add_cases(council, 12)
    first, second = (
        a_draw(council, seed=" ", month=Month(2023, month), size=2) for month in (5, 6)
    )
    assert first.seed != second.seed
    assert (first.seed_given, first.rules["seed"]) == (False, first.seed)
    db.session.commit()
    assert services.prove(first).equal


def test_the_same_list_is_stored_once(context, council) -> None:
    # S1: its hash names it, and covers neither ids nor times
    first = a_draw(council, size=1)
    second = a_draw(council, size=1, month=Month(2023, 6), seed="8")
    assert second.frame_id == first.frame_id
    add_cases(council, 1)
    assert a_draw(council, size=1, month=Month(2023, 7)).frame_id != first.frame_id


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        # S1: no list of a later day is known
        ({"as_at": date.max}, DomainError, "newest list of cases is as at"),
        # S2: a seed must be one that can be written down
        ({"seed": "x" * 41}, services.SeedRefused, "40 characters"),
        ({"seed": "7\n8"}, services.SeedRefused, "one line"),
        # S2: how many
        ({"size": None}, NothingToDraw, "how many"),
        ({"size": 0}, NothingToDraw, "how many"),
        ({"size": 5_001}, NumberRefused, "5,000"),
        ({"size": 3, "sizes": {"Safeguarding Team 1": 2}}, NumberRefused, "add up to 2, not 3"),
        ({"size": None, "sizes": {"Nowhere": 2}}, StratumUnknown, "no team “Nowhere”"),
    ],
)
def test_what_is_refused_stores_nothing(context, council, asked, error, words) -> None:
    cycle = a_cycle()
    with pytest.raises(error, match=words):
        services.make_draw(cycle, core(), _asked(**asked), by=None, at=AT)
    assert db.session.scalars(select(Draw)).all() == []


def test_without_an_import_there_is_nothing_to_draw_from(context) -> None:
    with pytest.raises(services.NoImport, match="Import the case system’s extract first"):
        services.work_out(MAY, core(), _asked(), at=AT)


def test_an_early_date_may_have_no_cases_at_all(context, council) -> None:
    with pytest.raises(NothingToDraw):
        services.work_out(MAY, core(), _asked(as_at=date(2001, 1, 1)), at=AT)


def test_fixed_numbers_take_plan_types_by_code_or_words(context, council) -> None:
    # S2
    add_cases(council, 3)
    for name in ("child_in_need", PlanType.CHILD_IN_NEED.words):
        asked = _asked(size=None, by=StratumBy.PLAN, sizes={name: 2})
        found = services.work_out(MAY, core(), asked, at=AT)
        assert found.rules["sizes"] == {"child_in_need": 2}
        assert found.rules["size"] == len(found.result.drawn) == 2


def test_a_second_draw_is_refused_until_the_first_is_discarded(context, council) -> None:
    # S2: whoever tries seeds until one pleases is seen
    add_cases(council, 6)
    first = a_draw(council)
    with pytest.raises(services.DrawStanding, match="D-0001"):
        a_draw(council, seed="8")
    other_tool = a_draw(council, tool=current_version("supervision"), size=1)
    services.discard(first, "The wrong month", by=council.people["qa_lead"], at=AT)
    second = a_draw(council, seed="8")
    rows = queries.draw_rows()
    assert [row.draw for row in rows] == [second, other_tool, first]
    assert rows[2].discarded_by == "Quinn Lead"
    assert rows[2].draw.discarded_because == "The wrong month"
    assert [row.draw.number for row in queries.draws_beside(first)] == [3, 2]


def test_a_family_drawn_with_one_tool_is_not_drawn_with_another(context, council) -> None:
    # S3: more than one child of a family in a cycle
    first = a_draw(council, size=3)
    assert {row.case_reference for row in rows_of(first)} >= {"100003", "100004"}
    with pytest.raises(NothingToDraw):
        a_draw(council, tool=current_version("supervision"))
    services.discard(first, "Not used", by=council.people["qa_lead"], at=AT)
    assert len(rows_of(a_draw(council, tool=current_version("supervision")))) == 3


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_discarded_draw_says_why(context, council, reason) -> None:
    made = a_draw(council)
    with pytest.raises(services.CannotDiscard, match="Enter why"):
        services.discard(made, reason, by=council.people["qa_lead"], at=AT)
    services.discard(made, "Wrong list", by=council.people["qa_lead"], at=AT)
    with pytest.raises(services.CannotDiscard, match="before"):
        services.discard(made, "Again", by=council.people["qa_lead"], at=AT)
    assert [each.verb for each in history.timeline(subject_id=made.id)] == []


def test_a_draw_whose_audits_were_given_is_not_discarded(context, council) -> None:
    # S4: its cases are replaced one by one, with a reason each
    made = a_draw(council)
    row = next(each for each in rows_of(made) if each.case_reference == "100003")
    row.audit = given(council, case="100003")
    made.state = DrawState.CONFIRMED
    db.session.flush()
    with pytest.raises(services.CannotDiscard, match=row.audit.reference):
        services.discard(made, "Not used", by=council.people["qa_lead"], at=AT)
    audits.withdraw(row.audit, "Not used", council.people["qa_lead"], AT)
    services.discard(made, "Not used", by=council.people["qa_lead"], at=AT)
    assert made.state is DrawState.DISCARDED


def test_nothing_is_drawn_for_a_closed_month(context, council) -> None:
    # P6
    cycle = a_cycle()
    cycle.state, cycle.closed_at = CycleState.CLOSED, AT
    db.session.flush()
    with pytest.raises(CycleClosed):
        a_draw(council)


def test_a_batch_is_drawn_for_outside_the_cycles(context, council) -> None:
    # P7
    batch = _batch()
    made = services.make_draw(batch, core(), _asked(), by=council.people["qa_lead"], at=AT)
    assert (made.batch_id, made.cycle_id) == (batch.id, None)
    assert (made.rules["batch"], made.rules["cycle"]) == ("Dip sample", None)
    assert queries.what_for(made) == "Dip sample"
    db.session.commit()
    assert services.prove(made).equal
    assert [row.draw for row in queries.draws_beside(made)] == []
    assert len(rows_of(a_draw(council, size=2))) == 2


def test_a_batch_is_drawn_with_its_own_tool_until_it_is_closed(context, council) -> None:
    # P7
    batch = _batch(tool_code="supervision")
    with pytest.raises(services.ToolRefused, match="“supervision”"):
        services.make_draw(batch, core(), _asked(), by=None, at=AT)
    closed = _batch(closed_at=AT)
    with pytest.raises(BatchClosed):
        services.make_draw(closed, core(), _asked(), by=None, at=AT)


def test_only_a_published_tool_is_drawn_with(context, council) -> None:
    tool = core()
    tool.state, tool.retired_at = ToolVersionState.RETIRED, AT
    db.session.flush()
    with pytest.raises(services.ToolRefused, match="published"):
        a_draw(council, tool=tool)


def test_a_draw_proves_itself_whatever_has_changed_since(app, council) -> None:
    # S2: cases, workers and settings of today are not asked
    with app.app_context():
        add_cases(council, 12, worker="worker")
        made = a_draw(council, size=5)
        db.session.commit()
        for case in db.session.scalars(select(Case)):
            case.closed_on, case.family_reference, case.worker_id = TODAY, "F9", None
        add_cases(council, 5, first=300_001)
        db.session.commit()
        db.session.expire_all()
        proof = services.prove(made)
        assert proof.differences == ()
        assert proof.again == queries.draw_json(made)


def _spoil_list(made) -> None:
    made.frame.content = [row for row in made.frame.content if row[0] != "100003"]


def _spoil_seed(made) -> None:
    made.seed = "8"


def _spoil_rules(made) -> None:
    made.rules = made.rules | {"seed": "8"}
    made.seed = "8"


def _spoil_facts(made) -> None:
    made.facts = made.facts | {"audited_lately": ["100003"]}


def _spoil_order(made) -> None:
    first, second = rows_of(made)[:2]
    first.position, second.position = second.position, first.position


def _spoil_reserve(made) -> None:
    db.session.delete(rows_of(made, reserves=True)[0])


def _spoil_exclusions(made) -> None:
    made.exclusions = made.exclusions[1:]


def _spoil_strata(made) -> None:
    made.strata = [each | {"wanted": 1} for each in made.strata]


def _spoil_all_together(made) -> None:
    """As somebody would who owns the database: another seed, and everything made to fit it."""
    made.seed, made.rules = "8", made.rules | {"seed": "8"}
    again = services.prove(made).again
    rows = {row.case_reference: row for row in db.session.scalars(select(DrawnCase))}
    for row in rows.values():
        row.is_reserve, row.fate = True, CaseFate.RESERVE
    db.session.flush()
    for n, reference in enumerate(again["drawn"], start=1):
        row = rows[reference]
        row.is_reserve, row.fate, row.position = False, CaseFate.DRAWN, n
    for references in again["reserves"].values():
        for n, reference in enumerate(references, start=1):
            rows[reference].position = n
    made.strata, made.exclusions = again["strata"], again["exclusions"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        # S1
        (_spoil_list, "list of cases is not the one"),
        # S2
        (_spoil_seed, "differs from the rules"),
        (_spoil_rules, "The history recorded another draw"),
        (_spoil_facts, "The history recorded another draw"),
        (_spoil_order, "Other cases are drawn, or in another order"),
        (_spoil_strata, "Other numbers by stratum"),
        (_spoil_all_together, "The history recorded another draw"),
        # S3
        (_spoil_exclusions, "Other cases are left out"),
        # S4
        (_spoil_reserve, "Other reserves follow"),
    ],
)
def test_whatever_is_altered_afterwards_is_found(app, council, spoil, words) -> None:
    with app.app_context():
        # Three free cases in a stratum of three: any seed draws or keeps every one of them.
        add_cases(council, 2)
        made = a_draw(council, size=2, sizes={"Safeguarding Team 1": 2})
        db.session.commit()
        assert services.prove(made).equal
        spoil(made)
        db.session.commit()
        proof = services.prove(made)
        assert not proof.equal
        assert words in " ".join(proof.differences)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        # S2: an older or newer algorithm cannot be proved by this one, and says so
        ({"algorithm": "sha256-rank-2"}, "algorithm sha256-rank-1"),
        ({"by": "shoe size"}, "cannot be drawn from: ValueError"),
        ({"size": None}, "cannot be drawn from: TypeError"),
        ({"sizes": {"Nowhere": 3}}, "cannot be drawn from: StratumUnknown"),
    ],
)
def test_a_draw_that_cannot_be_read_says_so(context, council, rules, words) -> None:
    made = a_draw(council)
    made.rules = made.rules | rules
    proof = services.prove(made)
    assert not proof.equal
    assert words in proof.differences[0]


def test_a_draw_is_found_by_number_reference_or_id(context, council) -> None:
    made = a_draw(council)
    for text in ("1", "D-0001", " d-1 ", str(made.id)):
        assert queries.draw_named(text) is made
    for text in ("2", "D-", "x", "9" * 40, "00000000-0000-0000-0000-000000000000", "²"):
        assert queries.draw_named(text) is None
