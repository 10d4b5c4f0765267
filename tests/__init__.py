"""Tests. Each is a sentence; each rule is cited by its number."""
