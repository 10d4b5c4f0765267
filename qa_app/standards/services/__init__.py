"""What is done to practice standards and audit tools."""

from qa_app.standards.services.drafting import (
    FileRefused,
    NotReady,
    begin_draft,
    begin_new,
    discard,
    faults_of,
    import_file,
    publish,
    retire,
)
from qa_app.standards.services.editing import (
    ChangedMeanwhile,
    move,
    remove,
    save_facts,
    save_question,
    save_section,
)
from qa_app.standards.services.shipping import install_shipped

__all__ = [
    "ChangedMeanwhile",
    "FileRefused",
    "NotReady",
    "begin_draft",
    "begin_new",
    "discard",
    "faults_of",
    "import_file",
    "install_shipped",
    "move",
    "publish",
    "remove",
    "retire",
    "save_facts",
    "save_question",
    "save_section",
]
