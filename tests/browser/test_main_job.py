"""It shows 3: the whole way as four people, with and without JavaScript, and the figures move."""

from collections.abc import Callable

import pytest

from tests.browser.journey import Journey, Make, close_action, do, figures, give, moderate


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with scripts"),
        pytest.param(False, id="without scripts", marks=pytest.mark.one_database),
    ],
)
def test_the_main_job_end_to_end(
    walker: Make, scripts: bool, record_property: Callable[[str, object], None]
) -> None:
    journey = Journey(walker, scripts, [])
    assert figures(journey)["Completed"] == "–"
    give(journey)
    assert figures(journey)["Completed"] == "0 / 1 (0%)"
    do(journey)
    waiting = figures(journey)
    assert waiting["Completed"] == "1 / 1 (100%)"
    assert waiting["Moderated"] == "0 / 1 (0%)"
    assert waiting["Outstanding priority actions"] == "1"
    moderate(journey)
    moderated = figures(journey)
    assert moderated["Inadequate"] == "1 (100%)"
    assert moderated["Moderated"] == "1 / 1 (100%)"
    assert moderated["Outstanding priority actions"] == "1"
    close_action(journey)
    assert figures(journey)["Outstanding priority actions"] == "0"
    pages = sum(each.checked for each in journey.walkers)
    nodes = sum(each.nodes for each in journey.walkers)
    record_property("counted", f"{pages} pages checked; {nodes} nodes by axe, 0 violations")
    assert pages > 40
    assert bool(nodes) is scripts
