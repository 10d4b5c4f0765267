"""The allocation on the SSD extract, over 200 seeds: no conflict (S6), loads within 1 (S7)."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person, Post, PostHolding, RoleGrant, Team
from qa_app.accounts.queries import holders
from qa_app.audits.queries import independence_of_many, period_under_review
from qa_app.cases.models import Case, Involvement
from qa_app.cases.ssd.loading import import_extract, read_for_import
from qa_app.database import db, now, saving
from qa_app.domain.allocation import Auditor, Pair, Question, assess
from qa_app.domain.permissions import Role
from qa_app.domain.sampling import DrawFacts, DrawRules, StratumBy, draw
from qa_app.programme.queries.frames import list_cases
from qa_app.programme.solver import solve
from qa_app.standards.queries import current_version
from tests.cases.small_extract import AS_AT, REAL

AT = datetime(2023, 4, 30, 12, 0, tzinfo=UTC)
SEEDS, SIZE = 200, 37


class Extract:
    """The council of the extract: its list of cases, its auditors, and who may audit what."""

    def __init__(self) -> None:
        self.cases = {case.reference: case for case in db.session.scalars(select(Case))}
        self.frame = list_cases(current_version("core"), AS_AT, AS_AT).cases
        found = select(Person.id).join(RoleGrant, RoleGrant.person_id == Person.id)
        query = holders(AS_AT).where(Person.id.in_(found.where(RoleGrant.role == Role.AUDITOR)))
        self.posts = {
            person.external_id: (person, post)
            for person, post in db.session.execute(query.options(joinedload(Post.team)))
        }
        self.auditors = tuple(
            Auditor(key, post.kind.value, expected=1) for key, (_, post) in self.posts.items()
        )
        listed = [self.cases[each.reference] for each in self.frame]
        self.facts = independence_of_many(listed, AS_AT)

    def drawn(self, seed: int) -> list[str]:
        """The references of the cases that a seed draws."""
        rules = DrawRules(str(seed), SIZE, StratumBy.TEAM)
        return [each.reference for each in draw(self.frame, rules, DrawFacts()).drawn]

    def question(self, seed: int) -> Question:
        """Who audits the cases of a seed?"""
        references = self.drawn(seed)
        return Question(
            seed=str(seed),
            cases=tuple(references),
            auditors=self.auditors,
            pairs={
                (reference, key): Pair()
                for reference in references
                for key, (person, _) in self.posts.items()
                if not self.facts[self.cases[reference].id].bars(person.id)
            },
        )


@pytest.fixture
def extract(context) -> Extract:
    """The extract of tests/data/ssd, loaded."""
    with saving():
        import_extract(read_for_import(REAL, AS_AT, at=now()), by=None, at=AT)
    return Extract()


def tied_by_hand(extract: Extract) -> dict[str, set[str]]:
    """case → auditors whom S6 keeps from it, read without the queries that are tested: everybody
    involved with the family in the period, who works in the child's team, or leads above it."""
    first, last = period_under_review(AS_AT)
    families = defaultdict(set)
    for case in extract.cases.values():
        families[case.family_reference or case.reference].add(case.id)
    involved = defaultdict(set)
    for each in db.session.scalars(select(Involvement)):
        if each.started_on <= last and (each.ended_on is None or each.ended_on >= first):
            involved[each.case_id].add(each.person_id)
    teams = {team.id: team for team in db.session.scalars(select(Team))}
    there = defaultdict(set)
    query = select(PostHolding, Post).join(Post, Post.id == PostHolding.post_id)
    for holding, post in db.session.execute(query):
        there[post.team_id].add((holding.person_id, post.line))
    keys = {person.id: key for key, (person, _) in extract.posts.items()}
    found = {}
    for reference, case in extract.cases.items():
        people = set().union(
            *(involved[each] for each in families[case.family_reference or reference])
        )
        team = teams.get(case.team_id)
        while team is not None:
            people |= {who for who, line in there[team.id] if line or team.id == case.team_id}
            team = teams.get(team.parent_id)
        found[reference] = {keys[each] for each in people if each in keys}
    return found


# The database is asked once; the 200 draws and allocations are the same whichever it was.
@pytest.mark.one_database
def test_over_200_seeds_no_auditor_has_a_conflict_and_loads_are_within_one(extract):
    # S6, S7
    tied = tied_by_hand(extract)
    assert len(extract.auditors) > 10
    for seed in range(SEEDS):
        asked = extract.question(seed)
        answer = solve(asked)
        assert len(answer) == len(asked.cases) == SIZE
        assert not [pair for pair in answer.items() if pair[1] in tied[pair[0]]]
        found, loads = assess(asked, answer), defaultdict(list)
        for auditor in extract.auditors:
            loads[auditor.role].append(found.loads[auditor.id])
        assert max(max(each) - min(each) for each in loads.values()) <= 1, seed
        assert found.fair


def test_the_order_in_which_the_extract_was_read_does_not_matter(extract):
    asked = extract.question(7)
    turned = Question(
        asked.seed,
        asked.cases[::-1],
        asked.auditors[::-1],
        dict(reversed(asked.pairs.items())),
    )

    assert solve(turned) == solve(asked)


def test_facts_of_many_cases_are_those_of_each(extract):
    cases = [extract.cases[reference] for reference in extract.drawn(7)]

    assert independence_of_many(cases, AS_AT) == {
        case.id: independence_of_many([case], AS_AT)[case.id] for case in cases
    }
