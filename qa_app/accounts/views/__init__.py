"""Pages of signing in, of one's own account, and of the administrator."""

from qa_app.accounts.views import (
    absences,
    failed_mail,
    mail_choice,
    my_account,
    my_session,
    people,
    person,
    settings,
    sign_in,
    titles,
)
from qa_app.accounts.views.room import blueprint

__all__ = [
    "absences",
    "blueprint",
    "failed_mail",
    "mail_choice",
    "my_account",
    "my_session",
    "people",
    "person",
    "settings",
    "sign_in",
    "titles",
]
