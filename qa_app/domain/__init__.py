"""The rules of audit, moderation and escalation: pure, standard library only.

Time, actor and facts come in as arguments; a decision or a ``DomainError`` goes out.
"""
