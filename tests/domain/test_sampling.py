"""The seeded draw, case by case (S1 to S4): each table row has been worked by hand."""

import hashlib
from datetime import date

import pytest

from qa_app.domain.sampling import (
    DrawFacts,
    DrawRules,
    ExcludedBecause,
    FrameCase,
    NothingToDraw,
    NumberRefused,
    ReplacedBecause,
    StratumBy,
    StratumUnknown,
    draw,
    frame_hash,
    rank,
    result_json,
    seal_of,
    share_out,
)

AS_AT = date(2023, 4, 30)


def a_case(reference: str, *, team="North", family="", worker="", plan="child_in_need"):
    """A case of a frame."""
    return FrameCase(reference, plan, family, team, "Safeguarding", worker)


def rules(size: int = 2, seed: str = "7", **more) -> DrawRules:
    """Rules by team, from a seed."""
    return DrawRules(seed, size, more.pop("by", StratumBy.TEAM), **more)


def drawn(result) -> list[str]:
    """The references in the order drawn."""
    return [case.reference for case in result.drawn]


def left_out(result) -> dict[str, list[str]]:
    """Who was left out, by reason; reasons that hit nobody are not named."""
    return {each.because.value: list(each.cases) for each in result.exclusions if each.cases}


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        # S2: 10 x 50/100 and so on come out whole
        (10, {"A": 50, "B": 30, "C": 20}, {"A": 5, "B": 3, "C": 2}),
        # S2: 2.67, 1.33, 1: the one place left goes to the largest remainder, A's 0.67
        (5, {"A": 8, "B": 4, "C": 3}, {"A": 3, "B": 1, "C": 1}),
        # S2: 4.32, 3.24, 2.43: one left, and 0.43 is the largest remainder, though C is smallest
        (10, {"A": 16, "B": 12, "C": 9}, {"A": 4, "B": 3, "C": 3}),
        # S2: 3.5 and 3.5 of equal weights: the first by name
        (7, {"North": 10, "East": 10}, {"East": 4, "North": 3}),
        # S2: remainders of 5/6 (A), 1/2 (B), 2/3 (C): two left go to A and C
        (3, {"A": 5, "B": 3, "C": 10}, {"A": 1, "B": 0, "C": 2}),
        # S2: 1.5 and 4.5: equal remainders, and the larger stratum is served
        (6, {"A": 2, "B": 6}, {"A": 1, "B": 5}),
        # S2: three equal strata and two places: the first two by name
        (2, {"C": 4, "A": 4, "B": 4}, {"A": 1, "B": 1, "C": 0}),
        # S2: a stratum with nobody free gets none; 2.5 and 2.5: the first by name
        (5, {"A": 0, "B": 6, "C": 6}, {"A": 0, "B": 3, "C": 2}),
        # S2: more than there are: everybody, and no stratum more than it has
        (99, {"A": 3, "B": 1}, {"A": 3, "B": 1}),
        # S2: Hamilton's own: 26.1, 17.4, 6.5 of 50: 26, 17, 6 and the one left to C
        (50, {"A": 522, "B": 348, "C": 130}, {"A": 26, "B": 17, "C": 7}),
        (0, {"A": 3}, {"A": 0}),
        (5, {}, {}),
    ],
)
def test_numbers_are_shared_out_by_largest_remainders(total, weights, shares) -> None:
    assert share_out(total, weights) == shares


def test_the_rank_is_sha_256_of_seed_line_break_and_reference() -> None:
    # S2: anybody can redo it: printf '7\n100001' | sha256sum
    assert rank("7", "100001") == hashlib.sha256(b"7\n100001").hexdigest()


def test_the_order_is_that_of_the_ranks() -> None:
    # S2: worked with sha256sum: 5bf0cc…, 5ea6ad…, 61da73…, b27987…, e3d60b…
    references = ["100001", "100002", "100003", "100004", "100005"]
    found = draw([a_case(each) for each in references], rules(5), DrawFacts())
    assert drawn(found) == ["100004", "100003", "100001", "100002", "100005"]


def test_a_frames_hash_covers_its_date_and_its_content_only() -> None:
    # S1: worked by hand: the date, then a JSON list of text for each case, sorted
    cases = [a_case("2", family="F1"), a_case("1", worker="Ω")]
    text = (
        "2023-04-30\n"
        '["1","child_in_need","","North","Safeguarding","Ω"]\n'
        '["2","child_in_need","F1","North","Safeguarding",""]'
    )
    found = frame_hash(AS_AT, cases)
    assert found == hashlib.sha256(text.encode()).hexdigest()
    assert found == frame_hash(AS_AT, reversed(cases))
    others = [
        frame_hash(date(2023, 5, 1), cases),
        frame_hash(AS_AT, cases[:1]),
        frame_hash(AS_AT, [cases[0], cases[1]._replace(worker="Omega")]),
    ]
    assert found not in others


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        # S3: audited in the last 12 months, or being audited
        (DrawFacts(audited_lately=frozenset({"1"})), "audited_lately"),
        # S3: a brother or sister is in the cycle
        (DrawFacts(families_in_cycle=frozenset({"F1"})), "family_in_cycle"),
        # S3: the child is in the cycle with another tool, of a family or of none that is known
        (DrawFacts(cases_in_cycle=frozenset({"1"})), "family_in_cycle"),
        # S3: closed; S1: no longer in the case system's list
        (DrawFacts(closed=frozenset({"1"})), "closed"),
        (DrawFacts(not_in_list=frozenset({"1"})), "not_in_list"),
    ],
)
def test_each_reason_leaves_a_case_out_and_is_counted(facts, reason) -> None:
    found = draw([a_case("1", family="F1"), a_case("2")], rules(2), facts)
    assert drawn(found) == ["2"]
    assert left_out(found) == {reason: ["1"]}
    assert found.strata[0].may_be_drawn == 1


def test_a_case_is_counted_under_the_first_reason_that_holds() -> None:
    # S3: what is left out adds up
    facts = DrawFacts(
        closed=frozenset({"1"}),
        not_in_list=frozenset({"1"}),
        audited_lately=frozenset({"1", "2"}),
        families_in_cycle=frozenset({"F1"}),
    )
    cases = [a_case("1", family="F1"), a_case("2", family="F1"), a_case("3", family="F1")]
    found = draw([*cases, a_case("4")], rules(1), facts)
    assert left_out(found) == {
        "closed": ["1"], "audited_lately": ["2"], "family_in_cycle": ["3"],
    }  # fmt: skip


def test_an_unknown_family_joins_nobody() -> None:
    # S3: two children of whom no family is known are no brothers and sisters
    facts = DrawFacts(families_in_cycle=frozenset({""}))
    assert len(draw([a_case("1"), a_case("2")], rules(2), facts).drawn) == 2


def test_one_child_of_a_family_is_drawn_also_across_strata() -> None:
    # S3: the one whose rank comes first
    cases = [a_case("1", family="F"), a_case("2", family="F", team="South"), a_case("3")]
    found = draw(cases, rules(3), DrawFacts())
    first = min("12", key=lambda each: rank("7", each))
    assert sorted(drawn(found)) == sorted([first, "3"])
    assert left_out(found) == {"family_drawn": [each for each in "12" if each != first]}


def test_the_third_case_of_a_social_worker_waits_while_there_is_another() -> None:
    # S3: five of W1 and two of others, four wanted: two of each
    cases = [a_case(str(n), worker="W1") for n in range(5)]
    cases += [a_case("a", worker="W2"), a_case("b", worker="")]
    found = draw(cases, rules(4), DrawFacts())
    assert sorted(each.worker for each in found.drawn) == ["", "W1", "W1", "W2"]


def test_more_than_two_of_a_social_worker_only_where_there_is_no_other() -> None:
    # S3: only W1 and W2 have cases, five wanted of six: 3 and 2, never 4 and 1
    cases = [a_case(str(n), worker="W1") for n in range(4)]
    cases += [a_case("a", worker="W2"), a_case("b", worker="W2")]
    for seed in range(30):
        found = draw(cases, rules(5, str(seed)), DrawFacts())
        assert sorted(each.worker for each in found.drawn) == ["W1"] * 3 + ["W2"] * 2


def test_cases_of_the_cycle_count_for_the_limit_of_a_social_worker() -> None:
    # S3: W1 has two already, so that its case comes last
    cases = [a_case("1", worker="W1"), a_case("2"), a_case("3")]
    facts = DrawFacts(workers_in_cycle={"W1": 2})
    for seed in range(20):
        found = draw(cases, rules(2, str(seed)), facts)
        assert sorted(drawn(found)) == ["2", "3"]
    assert len(draw(cases, rules(3), facts).drawn) == 3


def test_who_was_held_back_for_the_social_worker_is_counted() -> None:
    # S3: the turn of a third case of W1 comes before "z" is reached, or it is a plain reserve
    cases = [a_case(str(n), worker="W1") for n in range(6)] + [a_case("z")]
    last = max(range(500), key=lambda seed: rank(str(seed), "z"))
    found = draw(cases, rules(3, str(last)), DrawFacts())
    assert "z" in drawn(found)
    assert len(left_out(found)["worker_has_enough"]) == 4


def test_where_all_are_of_one_social_worker_nobody_was_kept_out_for_it() -> None:
    # S3: the limit was raised for want of others; who was not reached had no luck
    cases = [a_case(str(n), worker="W1") for n in range(9)]
    found = draw(cases, rules(4), DrawFacts())
    assert drawn(found) == sorted(map(str, range(9)), key=lambda each: rank("7", each))[:4]
    assert left_out(found) == {}


def test_a_limit_of_nought_is_no_limit() -> None:
    cases = [a_case(str(n), worker="W1") for n in range(6)] + [a_case("z")]
    seed = next(str(n) for n in range(500) if rank(str(n), "z") > max(
        rank(str(n), case.reference) for case in cases[:6]
    ))  # fmt: skip
    assert "z" not in drawn(draw(cases, rules(3, seed, cases_of_one_worker=0), DrawFacts()))


def test_reserves_are_the_next_by_rank_twice_as_many_of_other_families() -> None:
    # S4
    cases = [a_case(str(n), family=f"F{n // 2}") for n in range(20)]
    found = draw(cases, rules(2), DrawFacts())
    reserves = found.reserves["North"]
    assert len(reserves) == 4
    families = [case.family for case in (*found.drawn, *reserves)]
    assert len(set(families)) == len(families)
    ranks = [rank("7", case.reference) for case in (*found.drawn, *reserves)]
    assert ranks == sorted(ranks)


def test_reserves_of_a_social_worker_at_the_limit_come_last() -> None:
    # S4 with S3
    cases = [a_case(str(n), worker="W1") for n in range(6)] + [a_case("y"), a_case("z")]
    for seed in range(30):
        found = draw(cases, rules(3, str(seed)), DrawFacts())
        full = sum(case.worker == "W1" for case in found.drawn) >= 2
        workers = [case.worker for case in found.reserves["North"]]
        assert not full or workers == sorted(workers, key=bool)


def test_fixed_numbers_stand_and_what_is_short_is_said() -> None:
    # S2: fixed numbers; nothing is quietly taken from another stratum instead
    cases = [a_case("1"), a_case("2"), a_case("3", team="South"), a_case("4", team="West")]
    found = draw(cases, rules(5, sizes={"North": 1, "South": 4}), DrawFacts())
    assert {each.name: (each.wanted, each.drawn, each.short) for each in found.strata} == {
        "North": (1, 1, 0),
        "South": (4, 1, 3),
        "West": (0, 0, 0),
    }
    assert set(found.reserves) == {"North", "South"}


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        # S2: a stratum that is not there, with those that are
        (rules(2, sizes={"Nort": 2}), StratumUnknown, "no team “Nort”. Choose from: North, South"),
        # S2: a number below 0 must not open another stratum's room
        (rules(2, sizes={"North": 3, "South": -1}), NumberRefused, "0 or more for South"),
        (rules(2, sizes={"North": 0}), NothingToDraw, "nothing to draw"),
        (rules(0), NothingToDraw, "nothing to draw"),
        (rules(-3), NothingToDraw, "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(wanted, error, words) -> None:
    with pytest.raises(error, match=words):
        draw([a_case("1"), a_case("2", team="South")], wanted, DrawFacts())


def test_nothing_is_drawn_from_a_list_with_nobody_free() -> None:
    with pytest.raises(NothingToDraw):
        draw([a_case("1")], rules(1), DrawFacts(audited_lately=frozenset({"1"})))
    with pytest.raises(NothingToDraw):
        draw([], rules(1), DrawFacts())


@pytest.mark.parametrize(
    ("by", "names"),
    [
        # S2: by service, team or plan type
        (StratumBy.TEAM, ["North", "Not recorded"]),
        (StratumBy.SERVICE, ["Not recorded", "Safeguarding"]),
        (StratumBy.PLAN, ["child_in_need", "child_protection"]),
    ],
)
def test_strata_are_teams_services_or_plan_types(by, names) -> None:
    cases = [a_case("1"), FrameCase("2", "child_protection", "", "", "", "")]
    found = draw(cases, rules(2, by=by), DrawFacts())
    assert [each.name for each in found.strata] == names


def test_a_draw_as_plain_data_names_every_reason_and_its_rule() -> None:
    found = draw([a_case("1"), a_case("2")], rules(1), DrawFacts(closed=frozenset({"9"})))
    told = result_json(found)
    assert set(told) == {"strata", "drawn", "reserves", "exclusions"}
    assert [each["reason"] for each in told["exclusions"]] == [
        each.value for each in ExcludedBecause
    ]
    assert told["exclusions"][0] == {"reason": "closed", "rule": "S3", "count": 1, "cases": ["9"]}
    assert set(told["strata"][0]) == {
        "stratum", "in_frame", "may_be_drawn", "wanted", "drawn", "reserves", "short",
    }  # fmt: skip


def test_the_seal_covers_list_rules_facts_and_result() -> None:
    # S2: whatever is altered afterwards, the seal is another
    facts = DrawFacts(audited_lately=frozenset({"3"}), workers_in_cycle={"W1": 1})
    cases = [a_case("1"), a_case("2"), a_case("3")]
    one, other = (draw(cases, rules(1, seed), facts) for seed in ("7", "8"))
    seals = {
        seal_of("hash", {"seed": "7"}, facts, one),
        seal_of("hash", {"seed": "7"}, facts, draw(cases[::-1], rules(1), facts)),
        seal_of("other", {"seed": "7"}, facts, one),
        seal_of("hash", {"seed": "8"}, facts, one),
        seal_of("hash", {"seed": "7"}, DrawFacts(), one),
        seal_of("hash", {"seed": "7"}, facts, draw(cases, rules(2), facts)),
    }
    assert len(seals) == 5
    assert drawn(one) != drawn(other) or one.reserves != other.reserves
    assert DrawFacts.from_json(facts.to_json()) == facts


def test_every_reason_has_its_words() -> None:
    for reason in (*ExcludedBecause, *ReplacedBecause):
        assert reason.words[0].isupper()
    assert {each.rule for each in ExcludedBecause} == {"S1", "S3"}
    assert [each.words for each in StratumBy] == ["Team", "Service", "Plan type"]
