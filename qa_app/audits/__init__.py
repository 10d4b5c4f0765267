"""Doing and submitting an audit, significant-harm concerns, and the old workbook's import."""
