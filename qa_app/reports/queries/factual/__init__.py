"""Reading the facts of a data cut (R4)."""

from qa_app.reports.queries.factual.reading import read_facts

__all__ = ["read_facts"]
