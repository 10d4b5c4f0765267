"""What a returned audit lacks until everything that was asked is answered (M6)."""

from qa_app.domain.completeness import Gap
from qa_app.domain.correcting import OpenComment, comment_gaps


# M6: one gap a comment, on the page where it is pinned, that says what it is about.
def test_each_open_comment_is_a_gap():
    asked = [
        OpenComment("1", "risk", "Risk and safety"),
        OpenComment("2", None, "the audit as a whole"),
    ]
    assert comment_gaps(asked) == [
        Gap("risk", "comment.1", "Answer what the moderator asks: Risk and safety"),
        Gap(None, "comment.2", "Answer what the moderator asks: the audit as a whole"),
    ]
    assert comment_gaps([]) == []
