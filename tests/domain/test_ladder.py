"""Whom a step of the ladder tells, past empty and absent posts, and how it is said (E6, E9)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.escalation import LADDER, VERIFY_LADDER, Told
from qa_app.domain.ladder import STEPS, Around, is_about_verifying, people_told, step_words
from qa_app.domain.late import Above

OWNER, MANAGER, HEAD, DIRECTOR, CHIEF, DEPUTY, LEAD, VERIFIER, SECOND = (
    UUID(int=number) for number in range(1, 10)
)
LINE = (
    Above(MANAGER, Told.TEAM_MANAGER),
    Above(HEAD, Told.HEAD_OF_SERVICE),
    Above(DIRECTOR, Told.SERVICE_DIRECTOR),
    Above(CHIEF, Told.CORPORATE_DIRECTOR),
)


def told(code: str, **more) -> tuple[UUID, ...]:
    around = {"owner": OWNER, "line": LINE, "leads": [LEAD], **more}
    return people_told(STEPS[code], Around(**around))


@pytest.mark.parametrize(
    ("code", "around", "people"),
    [
        # E6: the posts that the rule names
        ("priority_due", {}, (OWNER, MANAGER, HEAD, DIRECTOR)),
        ("priority_corporate_director", {}, (CHIEF,)),
        ("due", {}, (OWNER,)),
        ("team_manager", {}, (MANAGER,)),
        ("head_of_service", {}, (HEAD,)),
        ("service_director", {}, (DIRECTOR,)),
        ("corporate_director", {}, (CHIEF,)),
        # E6: vacant: the next one up, told once for the step
        ("priority_due", {"line": LINE[1:]}, (OWNER, HEAD, DIRECTOR)),
        ("team_manager", {"line": LINE[2:]}, (DIRECTOR,)),
        # E6: absent: the deputy; without one the next one up
        ("due", {"away": {OWNER: DEPUTY}}, (DEPUTY,)),
        ("due", {"away": {OWNER: None}}, (MANAGER,)),
        ("head_of_service", {"away": {HEAD: DEPUTY}}, (DEPUTY,)),
        ("head_of_service", {"away": {HEAD: None, DIRECTOR: None}}, (CHIEF,)),
        # the owner is the post that would be told, or stands in for it: the next one up
        ("team_manager", {"owner": MANAGER}, (HEAD,)),
        ("team_manager", {"away": {MANAGER: OWNER}}, (HEAD,)),
        # M3, E1: whoever is kept from the action is passed over, as a deputy too
        ("head_of_service", {"barred": frozenset({HEAD})}, (DIRECTOR,)),
        ("team_manager", {"away": {MANAGER: HEAD}, "barred": frozenset({HEAD})}, (DIRECTOR,)),
        ("due", {"barred": frozenset({OWNER})}, (MANAGER,)),
        ("due", {"away": {OWNER: DEPUTY}, "barred": frozenset({DEPUTY})}, (MANAGER,)),
        # nobody is left: the QA leads; and they too may be kept from it
        ("team_manager", {"line": ()}, (LEAD,)),
        ("team_manager", {"line": (), "barred": frozenset({LEAD})}, ()),
        # E9: up the line of whoever could verify it
        ("verify_late", {"verifiers": {VERIFIER: LINE[1:]}}, (HEAD,)),
        ("verify_late", {"verifiers": {HEAD: LINE[2:], SECOND: LINE[3:]}}, (DIRECTOR, CHIEF)),
        ("verify_late", {"verifiers": {HEAD: LINE}}, (DIRECTOR,)),
        # whoever knows no verifier: the head above the action's team
        ("verify_late", {}, (HEAD,)),
        ("verify_late", {"verifiers": {CHIEF: ()}}, (LEAD,)),
        ("verify_late_corporate_director", {"verifiers": {VERIFIER: LINE}}, (CHIEF,)),
    ],
)
def test_whom_a_step_tells(code: str, around: dict, people: tuple[UUID, ...]) -> None:
    assert told(code, **around) == people


@given(
    st.sampled_from(sorted(STEPS)),
    st.dictionaries(st.sampled_from([OWNER, MANAGER, HEAD, DIRECTOR, CHIEF]),
                    st.sampled_from([None, DEPUTY, HEAD, OWNER])),
    st.frozensets(st.sampled_from([OWNER, MANAGER, HEAD, DIRECTOR, CHIEF, DEPUTY])),
    st.lists(st.sampled_from(LINE), unique=True).map(lambda line: sorted(line, key=LINE.index)),
)  # fmt: skip
def test_somebody_is_told_once_and_nobody_who_is_kept_from_it(code, away, barred, line) -> None:
    people = told(code, away=away, barred=barred, line=line)
    assert people
    assert len(people) == len(set(people))
    assert not barred & set(people)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("priority_due",
         "owner, team manager, head of service and service director, on the due date"),
        ("priority_corporate_director", "corporate director, 1 working day late"),
        ("due", "owner, on the due date"),
        ("head_of_service", "head of service, 10 working days late"),
        ("verify_late", "the verifier’s head of service or director, not verified in time"),
        ("verify_late_corporate_director",
         "corporate director, not verified in time, 1 working day on"),
    ],
)  # fmt: skip
def test_a_step_in_words(code: str, words: str) -> None:
    assert step_words(code) == words


def test_the_days_of_a_step_are_those_that_were_set() -> None:
    assert step_words("team_manager", lambda name: 7) == "team manager, 7 working days late"


def test_every_step_is_known_by_its_code() -> None:
    assert len(STEPS) == len(LADDER) + len(VERIFY_LADDER)
    assert [code for code in STEPS if is_about_verifying(code)] == [
        step.code for step in VERIFY_LADDER
    ]
    assert all(len(code) <= 40 for code in STEPS)
