"""A public version of a report: what may be printed of its figures (R5)."""
