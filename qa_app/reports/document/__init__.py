"""What a report says, without how it looks: pages, PDF, Word and Excel are all drawn from this."""

from qa_app.reports.document.model import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Paragraph,
    Section,
    Table,
    Written,
)

__all__ = [
    "Block",
    "Bullets",
    "Cell",
    "Chart",
    "Document",
    "Paragraph",
    "Section",
    "Table",
    "Written",
]
