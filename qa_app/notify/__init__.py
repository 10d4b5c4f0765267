"""The outbox (who was told, when, by what means) and the jobs that run outside a request."""
