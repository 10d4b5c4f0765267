"""A role only ever adds to what somebody may do, so that what needs none is known without them."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.permissions import Actor, Party, Permission, Reach, Role, Subject, allowed

PEOPLE = st.sampled_from([UUID(int=n) for n in range(3)])
TEAMS = st.sampled_from([UUID(int=n) for n in range(10, 13)])

reaches = st.builds(Reach, st.sampled_from(Role), st.none() | st.frozensets(TEAMS, max_size=2))
subjects = st.builds(
    Subject,
    team_id=st.none() | TEAMS,
    parties=st.frozensets(st.tuples(st.sampled_from(Party), PEOPLE), max_size=4),
    named=st.none() | st.frozensets(PEOPLE),
    readable=st.booleans(),
)


# AZ-8: `security.can` answers without reading the roles where the object alone allows it.
@given(
    PEOPLE, st.lists(reaches, max_size=3), st.integers(0, 90), subjects, st.sampled_from(Permission)
)
def test_whoever_may_without_a_role_may_with_any(person, held, rank, subject, permission):
    if allowed(permission, Actor(person, ()), subject):
        assert allowed(permission, Actor(person, tuple(held), rank), subject)
