"""Who owns an action when people change, and who covers for whom (E3, E6)."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.owners import Gone, Owned, Staff, Standing, next_owner, stand, why_gone

OWNER, MANAGER, HEAD, DIRECTOR, LEAD, SECOND_LEAD, DEPUTY, OTHER = (
    UUID(int=number) for number in range(1, 9)
)
POST, NEW_POST, LINE_POST = (UUID(int=number) for number in range(101, 104))
EVERYBODY = frozenset({OWNER, MANAGER, HEAD, DIRECTOR, LEAD, SECOND_LEAD, DEPUTY, OTHER})
POSTS = {OWNER: {POST}, MANAGER: {LINE_POST}, HEAD: {LINE_POST}, DIRECTOR: {LINE_POST}}
ACTION = Owned(OWNER, POST, line=(MANAGER, HEAD, DIRECTOR))
STAFF = Staff(EVERYBODY, EVERYBODY, POSTS, {}, (LEAD, SECOND_LEAD))
ONLY = frozenset


def without(*people: UUID, **more) -> Staff:
    """The staff without some who have left."""
    left = EVERYBODY - set(people)
    return replace(STAFF, here=left, living=left, **more)


@pytest.mark.parametrize(
    ("owned", "staff", "gone"),
    [
        # E3: there, signing in, and in the post for which the action is theirs
        ({}, STAFF, None),
        # E3: who has left owns nothing, whatever else is so
        ({}, without(OWNER), Gone.LEFT),
        ({"implicated": ONLY({OWNER})}, without(OWNER, posts={}), Gone.LEFT),
        # E3: nor who has no account, or a closed one
        ({}, replace(STAFF, living=EVERYBODY - {OWNER}), Gone.NO_ACCOUNT),
        # E1: nor whom a concern on its audit is about
        ({"implicated": ONLY({OWNER})}, STAFF, Gone.KEPT),
        ({"implicated": ONLY({HEAD})}, STAFF, None),
        # M3: moderating its audit blind is over in days: that takes nobody's action
        ({"kept": ONLY({OWNER})}, STAFF, None),
        # E3: the post fell vacant, or somebody else has it
        ({}, replace(STAFF, posts={}), Gone.POST_ENDED),
        ({}, replace(STAFF, posts={OWNER: {NEW_POST}}), Gone.POST_ENDED),
        # E3: given for no post: gone once they hold none at all
        ({"post": None}, STAFF, None),
        ({"post": None}, replace(STAFF, posts={OWNER: {NEW_POST}}), None),
        ({"post": None}, replace(STAFF, posts={}), Gone.POST_ENDED),
        # E6: a QA lead, with whom it ends, needs no post
        ({"post": None}, replace(STAFF, posts={}, leads=(OWNER,)), None),
        # away is not gone
        ({}, replace(STAFF, away={OWNER: None}), None),
    ],
)
def test_when_an_owner_is_gone(owned: dict, staff: Staff, gone: Gone | None) -> None:
    assert why_gone(replace(ACTION, **owned), staff) is gone


@pytest.mark.parametrize(
    ("owned", "staff", "person"),
    [
        # E6: the team manager
        ({}, without(OWNER), MANAGER),
        # E6: up the line past those who are gone, away without a deputy, or kept from it (M3, E1)
        ({}, without(OWNER, MANAGER), HEAD),
        ({}, replace(without(OWNER), living=EVERYBODY - {OWNER, MANAGER}), HEAD),
        ({}, without(OWNER, away={MANAGER: None, HEAD: None}), DIRECTOR),
        ({"kept": ONLY({MANAGER})}, without(OWNER), HEAD),
        # away with a deputy who may: theirs, and covered
        ({}, without(OWNER, away={MANAGER: DEPUTY}), MANAGER),
        # the deputy is gone, or kept from it
        ({}, without(OWNER, DEPUTY, away={MANAGER: DEPUTY}), HEAD),
        ({"kept": ONLY({DEPUTY})}, without(OWNER, away={MANAGER: DEPUTY}), HEAD),
        # E6: nobody is left in the line: a QA lead, of whom the first is asked first
        ({}, without(OWNER, MANAGER, HEAD, DIRECTOR), LEAD),
        ({"line": ()}, without(OWNER), LEAD),
        ({"line": ()}, without(OWNER, LEAD), SECOND_LEAD),
        ({"line": ()}, without(OWNER, away={LEAD: None}), SECOND_LEAD),
        ({"line": (), "kept": ONLY({LEAD})}, without(OWNER), SECOND_LEAD),
        # E3: no QA lead either: a head or director of another service
        ({"line": ()}, without(OWNER, leads=(LEAD,), away={LEAD: None}, beyond=(OTHER,)), OTHER),
        ({"line": (), "kept": ONLY({LEAD})}, without(OWNER, leads=(LEAD,), beyond=(OTHER,)), OTHER),
        # E3: all of them are away: never nobody's
        ({"line": (MANAGER,)}, without(OWNER, leads=(), away={MANAGER: None}), MANAGER),
        ({"line": ()}, without(OWNER, leads=(LEAD,), away={LEAD: None}), LEAD),
        # nobody works here at all
        ({}, Staff((), ()), None),
        # E3: the owner has another post now, and is the manager whose it would be
        ({"line": (OWNER, HEAD)}, replace(STAFF, posts={OWNER: {NEW_POST}}), OWNER),
    ],
)
def test_who_is_the_next_owner(owned: dict, staff: Staff, person: UUID | None) -> None:
    assert next_owner(replace(ACTION, **owned), staff) == person


@pytest.mark.parametrize(
    ("owned", "away", "cover"),
    [
        # E3: there: nobody covers, and a cover ends
        ({}, {}, None),
        ({"cover": DEPUTY}, {}, None),
        # E3: away: the deputy, else the next one up who is there, or their deputy
        ({}, {OWNER: DEPUTY}, DEPUTY),
        ({}, {OWNER: None}, MANAGER),
        ({}, {OWNER: None, MANAGER: None}, HEAD),
        ({}, {OWNER: None, MANAGER: DEPUTY}, DEPUTY),
        ({}, {OWNER: None, MANAGER: OWNER}, HEAD),
        # M3, E1: never whoever is kept from it
        ({"kept": ONLY({DEPUTY})}, {OWNER: DEPUTY}, MANAGER),
        ({"kept": ONLY({MANAGER})}, {OWNER: None}, HEAD),
        ({"kept": ONLY({DEPUTY})}, {OWNER: None, MANAGER: DEPUTY}, HEAD),
        # E6: nobody in the line: a QA lead; and nobody at all: still the owner's
        ({"line": ()}, {OWNER: None}, LEAD),
        ({"line": ()}, {OWNER: None, LEAD: None, SECOND_LEAD: None}, None),
        # the deputy changed, or went away too: so does the cover
        ({"cover": OTHER}, {OWNER: DEPUTY}, DEPUTY),
        # E4: done, it waits for whoever verifies it: they cannot who cover it, so nobody new does
        ({"waits": True}, {OWNER: DEPUTY}, None),
        ({"waits": True, "cover": OTHER}, {OWNER: DEPUTY}, OTHER),
        ({"waits": True, "cover": OTHER}, {}, None),
    ],
)
def test_who_covers_an_owner_who_is_away(
    owned: dict, away: dict[UUID, UUID | None], cover: UUID | None
) -> None:
    found = stand(replace(ACTION, **owned), replace(STAFF, away=away))
    assert found == Standing(OWNER, cover)


@pytest.mark.parametrize(
    ("owned", "staff", "standing"),
    [
        # E3: gone wins over away: the deputy of somebody who has left covers nothing
        ({}, without(OWNER, away={OWNER: DEPUTY}), Standing(MANAGER, None, Gone.LEFT)),
        # E6: the new owner is away: their deputy covers at once
        ({}, without(OWNER, away={MANAGER: DEPUTY}), Standing(MANAGER, DEPUTY, Gone.LEFT)),
        # a cover ends with its owner, also of what is done
        ({"cover": OTHER}, without(OWNER), Standing(MANAGER, None, Gone.LEFT)),
        (
            {"cover": OTHER, "waits": True},
            without(OWNER, away={MANAGER: DEPUTY}),
            Standing(MANAGER, None, Gone.LEFT),
        ),
        # nobody works here at all
        ({}, Staff((), ()), None),
    ],
)
def test_who_has_it_from_now_on(owned: dict, staff: Staff, standing: Standing | None) -> None:
    assert stand(replace(ACTION, **owned), staff) == standing


# E1: the history says nothing of a concern about somebody.
def test_the_reasons_in_words() -> None:
    assert [gone.words for gone in Gone] == [
        "its owner has left",
        "its owner cannot sign in any more",
        "it could not stay with its owner",
        "its owner does not hold the post any more",
    ]


PEOPLE = sorted(EVERYBODY)
SOME = st.frozensets(st.sampled_from(PEOPLE))


@given(
    living=SOME, line=st.lists(st.sampled_from(PEOPLE), unique=True), kept=SOME,
    away=st.dictionaries(st.sampled_from(PEOPLE), st.none() | st.sampled_from(PEOPLE)),
    leads=st.lists(st.sampled_from(PEOPLE), unique=True),
    beyond=st.lists(st.sampled_from(PEOPLE), unique=True), waits=st.booleans(),
    cover=st.none() | st.sampled_from(PEOPLE), implicated=st.booleans(),
)  # fmt: skip
def test_whatever_happens_it_is_somebodys_and_stays_so(
    living, line, kept, away, leads, beyond, waits, cover, implicated
) -> None:
    # E3, E6: owned by somebody who is there and may have it, while there is anybody; looked at once
    # more, nothing changes.
    posts = {person: {LINE_POST} for person in (*line, *beyond)}
    staff = Staff(living, living, posts, away, leads, beyond)
    owned = Owned(OWNER, POST, cover, tuple(line), kept, kept if implicated else frozenset(), waits)
    found = stand(owned, staff)
    if found is None:
        assert not (living - kept) & {*line, *leads, *beyond}
        return
    assert found.owner in living
    assert found.cover is None or found.cover != found.owner
    if found.gone is not None:
        assert found.owner not in kept
        post = LINE_POST if found.owner in posts else None
        after = replace(owned, owner=found.owner, post=post, cover=found.cover)
        assert stand(after, staff) == replace(found, gone=None)
