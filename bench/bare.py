"""The floor of `bench.autosave`: a bare Flask view with one durable UPDATE, and nothing else."""

import os
import sqlite3
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, create_engine, event

kept = Table(
    "bare_text",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
)


def _durable(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA busy_timeout = 15000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")


def create_app() -> Flask:
    """The app, on the database of DATABASE_URL, where the table is made when it is missing."""
    app = Flask(__name__)
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    event.listen(engine, "connect", _durable)
    statement = kept.update()

    @app.get("/healthz")
    def health() -> str:
        return "ok"

    @app.post("/text/<row>")
    def save(row: str) -> ResponseReturnValue:
        content = request.get_json()
        version = content["version"] + 1
        with engine.begin() as connection:
            connection.execute(
                statement.where(kept.c.id == row).values(text=content["text"], version=version)
            )
        return jsonify({"version": version, "saved_at": "10:42am"})

    return app
