"""The API's document (OpenAPI): true of every answer, and attacked by what it allows itself."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qa_app.database import saving
from qa_app.domain.keys import KeyScope
from tests.reports.keys import a_program
from tests.reports.rows import an_action, the_published_audits
from tests.reports.test_api import LISTS

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 40


def test_the_document_says_what_there_is(app, council) -> None:
    answer = a_program(app, council.people["qa_lead"], KeyScope.THEMES).get("/api/v1/openapi.json")
    spec = answer.json
    assert spec["openapi"].startswith("3.")
    assert set(spec["paths"]) == {f"/api/v1/{name}" for name in LISTS}
    assert {tuple(methods) for methods in spec["paths"].values()} == {("get",)}
    for name in LISTS:
        operation = spec["paths"][f"/api/v1/{name}"]["get"]
        assert set(operation["responses"]) == {"200", "400", "401", "403"}
        assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/csv"}
        assert set(operation["responses"]["400"]["content"]) == {"application/problem+json"}
        named = {each["name"] for each in operation["parameters"]}
        assert {"format", "limit", "after"} <= named
        assert all(each.get("description") for each in operation["parameters"])
    assert spec["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
    # Nothing in it loads from elsewhere.
    assert "http://" not in answer.text
    assert "https://" not in answer.text


# IN-2, IN-6: requests made from the document, sensible ones and others: 0 × 5xx, and every answer
# is one that the document allows.
def test_no_request_breaks_it(app, council, record_property) -> None:
    with app.app_context(), saving():
        for audit in the_published_audits()[:30]:
            an_action(audit, audit.completed_on)
    program = a_program(app, council.people["qa_lead"])
    key = {"Authorization": f"Bearer {program.secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=key)
    sent: list[int] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in schemathesis.GenerationMode:
            _attack(operation, mode, program.secret, sent)
    record_property("counted", f"{len(sent)} requests, {sum(code >= 500 for code in sent)} broken")
    assert len(sent) > 100
    assert {200, 400} <= set(sent) <= {200, 400, 401}


def _attack(operation, mode, secret: str, sent: list[int]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case) -> None:
        case.headers["Authorization"] = f"Bearer {secret}"
        answer = case.call()
        sent.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    send()
