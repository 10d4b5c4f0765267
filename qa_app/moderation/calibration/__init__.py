"""Calibration: one file graded blind by several people, to learn from each other (M10)."""
