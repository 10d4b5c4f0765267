"""AZ-1, AZ-3, AZ-9: every route × method × person against a checked-in matrix.

tests/data/access-matrix.csv holds the status that each person gets on objects of somebody else. A
route that is missing from it fails. After a change that is meant, run these tests with
QA_WRITE_MATRIX=1, and read the difference as the access policy that it is.
"""

import os
from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.access_matrix import (
    METHODS,
    PEOPLE,
    World,
    build_world,
    contents,
    read_matrix,
    routes,
    visit,
    write_matrix,
)

# Permissions are decided in Python, and the world is put back by copying a file.
pytestmark = pytest.mark.one_database
WRITING = os.environ.get("QA_WRITE_MATRIX") == "1"


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def _seen(world: World, people: tuple[str, ...]) -> dict[tuple[str, str, str], int]:
    return {
        (endpoint, method, person): visit(world, person, endpoint, method, rule)
        for endpoint, method, rule in routes(world.app)
        for person in people
    }


if WRITING:

    def test_write_the_matrix(world: World) -> None:
        write_matrix(_seen(world, PEOPLE))


def test_the_matrix_names_every_route_and_no_other(app: Flask) -> None:
    there = {(endpoint, method) for endpoint, method, _ in routes(app)}
    named = {(endpoint, method) for endpoint, method, _ in read_matrix()}
    assert there == named, "write the matrix anew (QA_WRITE_MATRIX=1) and read the difference"


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_what_the_matrix_says(
    world: World, person: str, record_property: Callable[[str, object], None]
) -> None:
    wanted, found = read_matrix(), _seen(world, (person,))
    wrong = {
        key: {"got": status, "wanted": wanted[key]}
        for key, status in found.items()
        if status != wanted[key]
    }
    assert not wrong
    assert not [key for key, status in found.items() if status >= 500]
    assert len(found) == len(wanted) / len(PEOPLE)
    record_property("counted", f"{len(found)} answers as the matrix says, 0 mismatches")


def test_without_a_session_only_public_pages_answer(app: Flask) -> None:
    answered = {
        endpoint
        for (endpoint, _, person), status in read_matrix().items()
        if person in {"nobody", "deactivated"} and status in {200, 400}
    }
    assert answered <= {
        "home.health",
        "home.accessibility",
        "accounts.sign_in",
        "accounts.forgotten",
        "accounts.choose_password",
    }


# AZ-9: a GET changes nothing but access events and session times.
@pytest.mark.parametrize("person", PEOPLE)
def test_reading_changes_nothing(world: World, person: str) -> None:
    before = contents(world.app)
    for endpoint, method, rule in routes(world.app):
        if method == METHODS[0]:
            visit(world, person, endpoint, method, rule)
    assert contents(world.app) == before
