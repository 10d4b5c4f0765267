"""Actions, their evidence and verification. Knows an audit only by what an action pins of it."""
