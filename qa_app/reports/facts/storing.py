"""Facts as compressed JSON and back: the same facts are the same JSON on every machine (R4)."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from qa_app.domain.calendar import Month
from qa_app.reports.facts.rows import Facts


def to_bytes(facts: Facts) -> bytes:
    """The facts as JSON, compressed."""
    said = json.dumps(_plain(facts), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(said.encode(), 9)


def from_bytes(content: bytes) -> Facts:
    """What to_bytes() kept."""
    read: Facts = _read(Facts, json.loads(zlib.decompress(content)))
    return read


def hash_of(content: bytes) -> str:
    """SHA-256 of the JSON, whatever the compression makes of it."""
    return hashlib.sha256(zlib.decompress(content)).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, Month):
        # As lists in the order of the fields: a cut has thousands of rows.
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Month) else value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(kind: Any, value: Any) -> Any:
    """The value as its type says: the types of rows.py are the schema."""
    if get_origin(kind) is UnionType:
        return None if value is None else _read(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(_read(inner, each) for each in value)
    if kind is Month:
        return Month.parse(value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        read = {
            name: _read(hint, each)
            for (name, hint), each in zip(hints.items(), value, strict=False)
        }
        return kind(**read)  # type: ignore[operator]
    return _value(kind, value)


def _value(kind: Any, value: Any) -> Any:
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if kind is UUID or issubclass(kind, StrEnum):
        return kind(value)
    return value
