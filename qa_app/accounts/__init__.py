"""People, posts, roles and their scopes, settings, and signing in."""
