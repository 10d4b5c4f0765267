"""The API's own document (OpenAPI), made by SpecTree from the views and their schemas.

SpecTree only describes: it registers no route, since each of ours asks for a key, and serves no
page of its own, since its pages load scripts from elsewhere (ADR 19).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from qa_app.reports.api.schemas import Answer, Asking, Problem
from qa_app.reports.api.writing import PROBLEM

F = TypeVar("F", bound=Callable[..., Any])

_PROBLEMS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_OK: Final = "200"

_tree = SpecTree(
    "flask",
    mode="strict",
    annotations=False,
    title="Case file audit: figures and rows for other programs",
    version="1",
    description=(
        "Read only. No narrative, no case reference and no person’s name is in any row; an audit "
        "shows no grade before it is final. Small numbers are not suppressed: what is published "
        "comes from the reports."
    ),
    page_templates={},
    security_schemes=[
        SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
    ],
    security={"key": []},
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)


def described(name: str, asked: type[Asking], answer: type[Answer]) -> Callable[[F], F]:
    """Describe a view in the document; nothing is validated here."""
    problems = {f"HTTP_{status.value}": Problem for status in _PROBLEMS}
    return cast(
        Callable[[F], F],
        _tree.validate(
            query=asked,
            resp=Response(HTTP_200=answer, **problems),
            operation_id=name,
            tags=[name],
            skip_validation=True,
            validation_error_status=HTTPStatus.BAD_REQUEST.value,
        ),
    )


def document() -> dict[str, Any]:
    """The whole document, as JSON takes it."""
    spec = cast(dict[str, Any], _tree.spec)
    for operations in spec["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                _say_types(status, answer)
    return spec


def _say_types(status: str, answer: dict[str, Any]) -> None:
    """Rows come as CSV too, and problems have a type of their own."""
    content = answer.get("content", {})
    if status == _OK:
        content["text/csv"] = {"schema": {"type": "string"}}
    elif "application/json" in content:
        content[PROBLEM] = content.pop("application/json")


def rows_of(answer: type[BaseModel]) -> type[BaseModel]:
    """The schema of an answer's rows."""
    (row,) = answer.model_fields["rows"].annotation.__args__  # type: ignore[union-attr]
    return cast(type[BaseModel], row)
