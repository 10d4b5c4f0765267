"""Which rooms have pages."""

from flask import Flask

from qa_app.home import views as home


def register(app: Flask) -> None:
    """Give the app every room's pages."""
    for blueprint in (home.blueprint,):
        app.register_blueprint(blueprint)
