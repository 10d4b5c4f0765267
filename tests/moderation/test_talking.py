"""Messages about a moderation: when, by whom, in which order, and who is told (M4, A11)."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import AuditParty, IdentifierCleared
from qa_app.audits.services import MayIdentify
from qa_app.database import db, saving
from qa_app.domain.permissions import Party
from qa_app.home.services import open_notice
from qa_app.moderation.models import ModerationMessage, ModerationStage
from qa_app.moderation.queries.meeting import answer_clock
from qa_app.moderation.queries.talking import (
    COLLECTED_FOR,
    last_day_to_talk,
    talkers,
    thread_of,
)
from qa_app.moderation.services.talking import NothingSaid, NotNow, send_message
from qa_app.notify.models import Notice
from tests.moderation.talking import (
    AT,
    DAY,
    MINUTE,
    Making,
    discussed,
    final,
    given_back,
    hidden,
    returned,
    taken,
    the_moderation,
    told,
    waiting,
)

SUBJECT = "there is a message about its moderation"


def write(audit, council, key, text, at=AT, **options):
    return send_message(audit, text, by=council.people[key], at=at, **options)


def look(audit, council, key, at):
    """Open the page of the messages."""
    by = council.people[key]
    history.record("talk_viewed", audit, by=by, at=at, audit_id=audit.id)
    db.session.commit()


def said(audit):
    return [each.text for each in thread_of(audit)]


# When


WHEN: list[tuple[Making, str]] = [
    # M4: from the moment at which somebody moderates it
    (taken, ""),
    (discussed, ""),
    # M6: while it is corrected, too
    (returned, ""),
    # M7: and for a time after the final grade
    (final, ""),
    # before that there is nobody to talk to
    (waiting, "once somebody has taken the audit"),
    (given_back, "once somebody has taken the audit"),
    # M3: never while a moderator is blind: not by way of a message either
    (hidden, "once they have given their first grades"),
]


@pytest.mark.parametrize(("make", "refused"), WHEN)
def test_a_message_is_for_the_time_of_the_moderation(context, council, make, refused):
    audit = make(council)
    if not refused:
        write(audit, council, "auditor", "I see it as Good.")
        assert said(audit) == ["I see it as Good."]
        return
    with pytest.raises(NotNow, match=refused) as error:
        write(audit, council, "auditor", "I see it as Good.")
    assert error.value.message.endswith("Nothing has been changed.")
    assert said(audit) == []
    assert told() == []


def test_it_ends_twenty_working_days_after_the_final_grade(context, council):
    # M4: with Christmas and New Year in between; the day itself is included
    audit = final(council, AT + 12 * DAY)
    last = last_day_to_talk(audit)
    assert last == date(2026, 12, 30)
    at = AT + timedelta((last - AT.date()).days)
    write(audit, council, "auditor", "Thank you.", at)
    with pytest.raises(NotNow, match="ended on 30 December 2026"):
        write(audit, council, "auditor", "And again.", at + DAY)
    assert said(audit) == ["Thank you."]
    assert last_day_to_talk(taken(council)) is None


def test_an_empty_message_is_none(context, council):
    with pytest.raises(NothingSaid):
        write(taken(council), council, "auditor", " \n ")


# Who is told


def test_the_other_side_is_told_by_reference_alone(context, council):
    # I2, M4: whoever wrote is not told
    audit = taken(council)
    message = write(audit, council, "auditor", "She was seen alone.")
    assert told() == [("Hugh Head", SUBJECT)]
    notice = db.session.scalars(select(Notice).where(Notice.key.startswith("talk:"))).one()
    assert notice.path == f"/moderation/audits/{audit.id}/talk"
    for word in ("100001", "seen", "Safeguarding", "Good", "Ada"):
        assert word not in notice.subject + notice.body
    db.session.commit()
    (event,) = [each for each in history.timeline(audit_id=audit.id) if "essage" in each.sentence]
    assert (event.sentence, event.details) == ("Wrote a message about the moderation", {})
    assert message.text == "She was seen alone."


def test_everybody_who_audits_or_moderates_is_told_once(context, council):
    # M4, M5: the second auditor and the second moderator too; the case's own people never
    audit = taken(council)
    for key, party in (
        ("chair", Party.CO_AUDITOR),
        ("director", Party.MODERATOR),
        # the same person twice is told once
        ("director", Party.MODERATOR),
    ):
        name = db.session.get_one(Person, council.people[key]).name
        audit.parties.append(AuditParty(party=party, person_id=council.people[key], name=name))
    db.session.flush()
    write(audit, council, "other_head", "Look at June.")
    assert told() == [("Ada Auditor", SUBJECT), ("Cleo Chair", SUBJECT), ("Dora Director", SUBJECT)]


def test_messages_are_collected_until_somebody_has_looked(context, council):
    # M4: kind (one e-mail for three messages) and reliable (after a look the next one is told)
    audit = taken(council)
    for n in range(3):
        write(audit, council, "auditor", f"Message {n}", AT + n * MINUTE)
    assert len(told()) == 1
    look(audit, council, "other_head", AT + 10 * MINUTE)
    write(audit, council, "auditor", "Message 4", AT + 11 * MINUTE)
    write(audit, council, "auditor", "Message 5", AT + 12 * MINUTE)
    assert len(told()) == 2
    # somebody else's look is nobody's but theirs
    look(audit, council, "auditor", AT + 13 * MINUTE)
    write(audit, council, "auditor", "Message 6", AT + 14 * MINUTE)
    assert len(told()) == 2


def test_a_notice_that_was_opened_is_no_longer_waiting(context, council):
    audit = taken(council)
    write(audit, council, "auditor", "One")
    notice = db.session.scalars(select(Notice).where(Notice.key.startswith("talk:"))).one()
    open_notice(council.people["other_head"], notice.id, at=AT + MINUTE)
    write(audit, council, "auditor", "Two", AT + 2 * MINUTE)
    assert len(told()) == 2


def test_an_answer_shows_that_one_has_read(context, council):
    audit = taken(council)
    write(audit, council, "auditor", "One")
    write(audit, council, "other_head", "Two", AT + MINUTE)
    write(audit, council, "auditor", "Three", AT + 2 * MINUTE)
    assert told() == [("Hugh Head", SUBJECT), ("Ada Auditor", SUBJECT), ("Hugh Head", SUBJECT)]


def test_an_overlooked_e_mail_does_not_silence_the_rest(context, council):
    audit = taken(council)
    write(audit, council, "auditor", "One")
    write(audit, council, "auditor", "Two", AT + COLLECTED_FOR - MINUTE)
    assert len(told()) == 1
    write(audit, council, "auditor", "Three", AT + COLLECTED_FOR)
    assert len(told()) == 2


def test_messages_of_another_audit_are_told_apart(context, council):
    write(taken(council), council, "auditor", "One")
    write(taken(council), council, "auditor", "One", AT + MINUTE)
    assert len(told()) == 2


# Twice


def test_the_same_words_twice_are_one_message(context, council):
    # CO-4: a double press, or a form that was sent again
    audit = taken(council)
    first = write(audit, council, "auditor", "Thank you.")
    assert write(audit, council, "auditor", " Thank you.\n", AT + MINUTE).id == first.id
    # much later too, while nobody has said anything
    assert write(audit, council, "auditor", "Thank you.", AT + 5 * DAY).id == first.id
    assert said(audit) == ["Thank you."]
    assert len(told()) == 1


def test_the_same_words_again_at_their_time_are_said_again(context, council):
    audit = taken(council)
    write(audit, council, "auditor", "Thank you.")
    write(audit, council, "other_head", "Thank you.", AT + MINUTE)
    # within ten minutes it may still be the same press
    write(audit, council, "auditor", "Thank you.", AT + 9 * MINUTE)
    assert said(audit) == ["Thank you."] * 2
    write(audit, council, "auditor", "Thank you.", AT + 10 * MINUTE)
    assert said(audit) == ["Thank you."] * 3


# What may identify a child (A11)


def test_what_may_identify_a_child_is_asked_about_first(context, council):
    # A11
    audit = taken(council)
    text = "Ring Mrs Sally Waters on 0113 496 0999."
    with pytest.raises(MayIdentify, match="Remove it, or enter below why") as error:
        write(audit, council, "auditor", text)
    assert error.value.field == "text"
    assert {each.words for each in error.value.found} == {"Mrs Sally Waters", "0113 496 0999"}
    assert said(audit) == []
    write(audit, council, "auditor", text, harmless="A health visitor and her office.")
    # once confirmed, the words are asked about nowhere in this audit
    write(audit, council, "other_head", "I rang 0113 496 0999.", AT + MINUTE)
    assert len(said(audit)) == 2
    assert db.session.scalar(select(func.count()).select_from(IdentifierCleared)) == 2
    db.session.commit()
    assert all("Waters" not in each.sentence for each in history.timeline(audit_id=audit.id))


def test_those_who_talk_may_be_named(context, council):
    # A11: the staff who are part of the audit are no child or family
    audit = taken(council)
    write(audit, council, "auditor", "As Mr Head says, and Ms Auditor too.")
    assert len(said(audit)) == 1


# The thread


def test_each_message_says_who_and_as_what(context, council):
    audit = discussed(council)
    audit.parties.append(
        AuditParty(party=Party.MODERATOR, person_id=council.people["director"], name="Dora")
    )
    the_moderation().stage = ModerationStage.SECOND
    the_moderation().moderator_id = council.people["director"]
    db.session.flush()
    for n, key in enumerate(("auditor", "other_head", "director", "viewer")):
        write(audit, council, key, f"By {key}", AT + n * MINUTE)
    assert [(each.name, each.role) for each in thread_of(audit)] == [
        ("Ada Auditor", "auditor"),
        ("Hugh Head", "moderator"),
        ("Dora Director", "second moderator"),
        # who is no part of it any more is named all the same
        ("Vera Viewer", ""),
    ]
    assert [each.audits for each in talkers(audit)] == [True, False, False]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("auditor", "other_head")), st.integers(0, 5),
            st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_the_thread_is_in_the_order_of_time(context, council, rows):
    # M4: the oldest first, whatever the order in which the rows were made
    db.session.rollback()
    audit, other = taken(council), taken(council)
    db.session.execute(delete(ModerationMessage))
    for key, minutes, text in rows:
        by, at = council.people[key], AT + minutes * MINUTE
        for each in (audit, other):
            db.session.add(ModerationMessage(audit_id=each.id, by=by, text=text, at=at))
            db.session.flush()
    assert [(each.by, each.at, each.text) for each in thread_of(audit)] == [
        (council.people[key], AT + minutes * MINUTE, text)
        for key, minutes, text in sorted(rows, key=lambda row: row[1])
    ]


def test_nothing_said_is_ever_changed_by_what_follows(context, council):
    audit = taken(council)
    with saving():
        first = write(audit, council, "auditor", "One")
    kept = (first.id, first.text, first.at)
    write(audit, council, "other_head", "Two", AT + MINUTE)
    db.session.expire_all()
    one = db.session.get_one(ModerationMessage, first.id)
    assert (one.id, one.text, one.at) == kept


# The clock of the answer


def test_without_a_question_there_is_no_clock(context, council):
    assert answer_clock(taken(council)) is None
    assert answer_clock(final(council)) is None


def test_a_moderation_without_a_known_auditor_has_no_clock(context, council):
    audit = discussed(council)
    the_moderation().answer_due_on = None
    db.session.flush()
    assert answer_clock(audit) is None


def test_the_writers_own_notices_count_as_read_and_no_others(context, council):
    audit = taken(council)
    write(audit, council, "auditor", "One")
    db.session.execute(update(Notice).values(read_at=None))
    write(audit, council, "other_head", "Two", AT + MINUTE)
    rows = db.session.execute(
        select(Person.name, Notice.read_at)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.key.startswith("talk:"))
    )
    assert {row.name: row.read_at for row in rows} == {
        "Hugh Head": AT + MINUTE,
        "Ada Auditor": None,
    }
