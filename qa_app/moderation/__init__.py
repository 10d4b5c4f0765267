"""The moderation queue, and grading by somebody independent of the auditor and the case."""
