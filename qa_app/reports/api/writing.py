"""Answers as JSON or CSV, and problems as problem objects (RFC 9457)."""

import csv
import json
from datetime import date, datetime
from http import HTTPStatus
from io import StringIO
from typing import Any, Final

from flask import Response
from pydantic import BaseModel

from qa_app.reports.api.reading import Page
from qa_app.reports.exports import safe_cell

PROBLEM: Final = "application/problem+json"


def json_answer(page: Page, at: datetime, following: str | None) -> Response:
    """The rows with what they are; `following` is the path of the next ones."""
    whole = {"as_at": at, "basis": page.basis, "next": following, "rows": page.rows}
    return Response(json.dumps(whole, default=_plain, ensure_ascii=False) + "\n",
                    mimetype="application/json")  # fmt: skip


def csv_answer(page: Page, schema: type[BaseModel], following: str | None) -> Response:
    """One table with its header row, whatever the rows; where the next are is in `Link`."""
    out = StringIO()
    writer = csv.writer(out)
    columns = list(schema.model_fields)
    writer.writerow(columns)
    for row in page.rows:
        writer.writerow([safe_cell(_cell(row[column])) for column in columns])
    answer = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    if following is not None:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def problem(status: HTTPStatus, detail: str, **headers: str) -> Response:
    """What went wrong and what to do; it repeats nothing of what was asked."""
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    answer = Response(json.dumps(told) + "\n", status=status, content_type=PROBLEM)
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cell(value: Any) -> str | int | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int):
        return value
    return _plain(value)
