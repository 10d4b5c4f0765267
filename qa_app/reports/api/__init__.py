"""The read API: figures and rows for other programs, with keys and without anything written."""
