"""What holds of every draw, whatever the list, the rules and the seed (S1 to S4)."""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.domain.sampling import (
    DrawFacts,
    DrawRules,
    FrameCase,
    NothingToDraw,
    StratumBy,
    draw,
    frame_hash,
    rank,
    result_json,
    share_out,
)

AS_AT = date(2023, 4, 30)
few = st.integers(min_value=0, max_value=6)


@st.composite
def frames(draw_one) -> list[FrameCase]:
    """Lists of up to 40 cases with families and social workers that cross teams."""
    rows = draw_one(st.lists(st.tuples(few, few, few, few), min_size=1, max_size=40))
    return [
        FrameCase(
            reference=f"{100 + n}",
            plan_type="child_in_need" if plan % 2 else "child_protection",
            family=f"F{family}-{n % 5}" if family else "",
            team=f"Team {team % 3}" if team else "",
            service="Safeguarding",
            worker=f"W{worker}" if worker else "",
        )
        for n, (plan, family, team, worker) in enumerate(rows)
    ]


@st.composite
def facts_of(draw_one, frame: list[FrameCase]) -> DrawFacts:
    """What may have gone before a draw from this list."""
    references = st.sets(st.sampled_from([case.reference for case in frame]), max_size=6)
    families = st.sets(st.sampled_from([case.family for case in frame]), max_size=2)
    workers = st.dictionaries(st.sampled_from([case.worker for case in frame]), few, max_size=3)
    return DrawFacts(
        audited_lately=frozenset(draw_one(references)),
        cases_in_cycle=frozenset(draw_one(references)),
        families_in_cycle=frozenset(draw_one(families)),
        workers_in_cycle=draw_one(workers),
    )


@st.composite
def draws(draw_one):
    """(list, rules, facts, what was drawn)"""
    frame = draw_one(frames())
    facts = draw_one(facts_of(frame))
    by = draw_one(st.sampled_from(StratumBy))
    names = sorted({case.stratum(by) for case in frame})
    sizes = draw_one(st.none() | st.dictionaries(st.sampled_from(names), few))
    rules = DrawRules(
        seed=draw_one(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)),
        size=draw_one(st.integers(min_value=1, max_value=30)),
        by=by,
        sizes=sizes,
        cases_of_one_worker=draw_one(st.integers(min_value=0, max_value=3)),
        reserves_for_each=draw_one(st.integers(min_value=0, max_value=3)),
    )
    try:
        return frame, rules, facts, draw(frame, rules, facts)
    except NothingToDraw:
        return frame, rules, facts, None


@given(draws(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(drawn, random) -> None:
    # S2, S1
    frame, rules, facts, result = drawn
    shuffled = random.sample(frame, len(frame))
    assert frame_hash(AS_AT, shuffled) == frame_hash(AS_AT, frame)
    if result is not None:
        assert draw(shuffled, rules, facts) == result


@given(draws())
def test_nobody_who_is_left_out_is_drawn_or_kept_in_reserve(drawn) -> None:
    # S3
    frame, _, facts, result = drawn
    if result is None:
        return
    taken = [*result.drawn, *(case for cases in result.reserves.values() for case in cases)]
    references = [case.reference for case in taken]
    assert len(set(references)) == len(references)
    barred = facts.audited_lately | facts.cases_in_cycle
    assert not barred & set(references)
    families = [case.family for case in taken if case.family]
    assert len(set(families)) == len(families)
    assert not set(families) & facts.families_in_cycle
    assert set(taken) <= set(frame)
    out = {each.because: set(each.cases) for each in result.exclusions}
    assert not set(references[: len(result.drawn)]) & set().union(*out.values())
    assert sum(map(len, out.values())) == len(set().union(*out.values()))


@given(draws())
def test_the_numbers_are_kept(drawn) -> None:
    # S2, S4
    frame, rules, _, result = drawn
    if result is None:
        return
    by_stratum = Counter(case.stratum(rules.by) for case in result.drawn)
    free = sum(each.may_be_drawn for each in result.strata)
    for each in result.strata:
        assert each.drawn == by_stratum[each.name] <= each.wanted
        assert each.in_frame == sum(case.stratum(rules.by) == each.name for case in frame)
        assert each.reserves <= rules.reserves_for_each * each.wanted
        assert each.drawn + each.reserves <= each.may_be_drawn
    wanted = {each.name: each.wanted for each in result.strata}
    if rules.sizes is None:
        assert sum(wanted.values()) == min(rules.size, free)
    else:
        assert {name: n for name, n in wanted.items() if n} == {
            name: n for name, n in rules.sizes.items() if n
        }


@given(draws())
def test_a_stratum_is_short_only_where_all_it_has_left_are_of_families_taken(drawn) -> None:
    # S3: the limit of a social worker never leaves a place empty
    frame, rules, facts, result = drawn
    if result is None:
        return
    taken = {case.reference for case in result.drawn}
    families = {case.family for case in result.drawn} | facts.families_in_cycle
    out = facts.audited_lately | facts.cases_in_cycle
    for each in result.strata:
        left = [
            case
            for case in frame
            if case.stratum(rules.by) == each.name
            and case.reference not in taken | out
            and (not case.family or case.family not in families)
        ]
        assert each.short == 0 or not left


@given(draws())
def test_nobody_is_over_the_limit_while_another_of_the_stratum_is_under_it(drawn) -> None:
    # S3: a case over the limit was taken only because its stratum had nobody else
    frame, rules, facts, result = drawn
    if result is None or not rules.cases_of_one_worker:
        return
    counts, over = Counter(facts.workers_in_cycle), set()
    for case in result.drawn:
        if case.worker and counts[case.worker] >= rules.cases_of_one_worker:
            over.add(case.stratum(rules.by))
        counts[case.worker] += 1
    taken = {case.reference for case in result.drawn}
    families = {case.family for case in result.drawn} | facts.families_in_cycle
    out = facts.audited_lately | facts.cases_in_cycle
    for case in frame:
        fresh = not case.family or case.family not in families
        if case.reference in taken | out or not fresh:
            continue
        limited = case.worker != "" and counts[case.worker] >= rules.cases_of_one_worker
        assert limited or case.stratum(rules.by) not in over


@given(st.integers(min_value=-5, max_value=300), st.dictionaries(st.text(max_size=3), few))
def test_shares_are_whole_fair_and_within_what_there_is(total, weights) -> None:
    # S2: each share is the exact one rounded down or up; Hamilton keeps quota
    shares = share_out(total, weights)
    whole = sum(weights.values())
    wanted = max(0, min(total, whole))
    assert sum(shares.values()) == wanted
    for name, share in shares.items():
        assert 0 <= share <= weights[name]
        assert abs(share * whole - weights[name] * wanted) < max(whole, 1)


@given(draws(), st.text(st.characters(categories=("L",)), min_size=1, max_size=5))
@settings(max_examples=60)
def test_a_case_of_another_stratum_changes_nothing_here_where_nothing_joins_them(
    drawn, reference
) -> None:
    # S2: with fixed numbers, no families and no limit, strata are drawn apart from one another
    frame, rules, _, _ = drawn
    frame = [case._replace(family="") for case in frame if case.team != "Added"]
    names = sorted({case.stratum(StratumBy.TEAM) for case in frame})
    alone = DrawRules(rules.seed, 1, StratumBy.TEAM, dict.fromkeys(names, 2), 0)
    added = FrameCase(reference, "child_in_need", "", "Added", "Safeguarding", "W1")
    before = draw(frame, alone, DrawFacts())
    after = draw([*frame, added], alone, DrawFacts())
    assert after.drawn == before.drawn
    assert after.reserves == before.reserves


@given(draws())
def test_a_longer_draw_holds_the_shorter_one(drawn) -> None:
    # S4: so that a reserve is who would have been drawn next (no limit, one stratum)
    frame, rules, _, _ = drawn
    frame = [case._replace(team="One") for case in frame]
    cases = [DrawRules(rules.seed, n, StratumBy.TEAM, None, 0) for n in (1, 3)]
    one, three = (draw(frame, each, DrawFacts()) for each in cases)
    assert three.drawn[:1] == one.drawn
    assert one.reserves["One"] == three.drawn[1:3]
    ranks = [rank(rules.seed, case.reference) for case in three.drawn]
    assert ranks == sorted(ranks)


@given(draws())
def test_a_draw_as_plain_data_counts_what_it_lists(drawn) -> None:
    result = drawn[-1]
    if result is None:
        return
    told = result_json(result)
    assert all(each["count"] == len(each["cases"]) for each in told["exclusions"])
    assert sum(each["drawn"] for each in told["strata"]) == len(told["drawn"])
    assert {each["stratum"]: each["reserves"] for each in told["strata"] if each["wanted"]} == {
        name: len(references) for name, references in told["reserves"].items()
    }
