"""Any mix of urgent and daily messages, outages, refusals and choices, with time moving (E6).

Every message ends sent exactly once, or given up and shown; what is urgent and was given up is told
to somebody else, once. None is lost.
"""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from qa_app.accounts.models import Person
from qa_app.database import db, saving
from qa_app.home.passing_on import pass_on_what_was_refused
from qa_app.notify.choices import choose, last_daily_time
from qa_app.notify.delivery import MOST_ATTEMPTS, deliver
from qa_app.notify.failures import failed
from qa_app.notify.mail import ServerAway, Undeliverable
from qa_app.notify.models import MailChoice, Notice
from qa_app.notify.passing import PASSED
from qa_app.notify.services import queue

# Less than the week after which nothing is sent any more, with two days to settle.
LONGEST = timedelta(days=4)
BEGIN = datetime(2026, 10, 23, 12, tzinfo=UTC)  # clocks go back on the 25th
# Their line: the worker's manager, the head above, the director; the QA lead beside them.
WHO = ("worker", "manager", "head", "director")
WORDS = re.compile(r"(?:Words of|They were to be told: “)(N-\d+)")
MAYBE_REFUSED = ("worker@example.test", "manager@example.test", "head@example.test")

steps = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 900)),
    st.tuples(st.just("tell"), st.sampled_from(WHO), st.booleans()),
    st.tuples(st.just("tell"), st.sampled_from(WHO), st.booleans()),
    st.tuples(st.just("choose"), st.sampled_from(WHO), st.booleans()),
    st.tuples(st.just("server"), st.booleans()),
    st.tuples(st.just("refuse"), st.sampled_from(MAYBE_REFUSED), st.booleans()),
)


class Town:
    """A mail server, the worker, and the clock."""

    def __init__(self, people):
        self.people = people
        self.at, self.away, self.number = BEGIN, False, 0
        self.refusing, self.ever_refused, self.ever_chose = set(), set(), set()
        self.taken = []

    def send(self, message):
        if self.away:
            raise ServerAway("The mail server did not answer (TimeoutError)")
        if message["To"] in self.refusing:
            self.ever_refused.add(str(message["To"]))
            raise Undeliverable("The mail server refused the address (550)")
        self.taken.append((self.at, message))

    def work(self):
        while deliver(self.at, self.send).busy:
            pass
        with saving():
            pass_on_what_was_refused(self.at)

    def pass_time(self, minutes):
        """The worker looks now, and every quarter of an hour."""
        until = self.at + timedelta(minutes=minutes)
        while self.at < until:
            self.work()
            self.at = min(until, self.at + timedelta(minutes=15))
        self.work()

    def do(self, step):
        match step:
            case ("pass", minutes) if self.at - BEGIN < LONGEST:
                self.pass_time(minutes)
            case ("tell", who, urgent):
                self.tell(who, urgent)
            case ("choose", who, daily):
                self.ever_chose.add(who)
                with saving():
                    choose(self.people[who], daily, at=self.at)
            case ("server", away):
                self.away = away
            case ("refuse", address, refusing):
                (self.refusing.add if refusing else self.refusing.discard)(address)

    def tell(self, who, urgent):
        self.number += 1
        subject = f"N-{self.number}"
        email = f"{who}@example.test"
        with saving():
            queue(
                self.people[who], email, subject, f"Words of {subject}.", "/x", subject,
                self.at, urgent,
            )  # fmt: skip

    def settle(self):
        """Two days in which the server is there; who was refused then still is."""
        self.away = False
        self.pass_time(2 * 24 * 60)


def words_in(message):
    return WORDS.findall(message.get_body(("plain",)).get_content())


def check(town):
    notices = {each.id: each for each in db.session.scalars(select(Notice))}
    own = [each for each in notices.values() if not each.key.startswith(PASSED)]
    assert len(own) == town.number
    made = Counter(each.key.removeprefix(PASSED) for each in notices.values() if each not in own)
    told = Counter()
    for _, message in town.taken:
        if "Not told by e-mail" not in message["Subject"]:
            text = message.get_body(("plain",)).get_content()
            told.update(re.findall(r"Words of (N-\d+)\.", text))
    listed = {each.id for each in failed(limit=10_000)}
    for each in notices.values():
        given_up = each.attempts >= MOST_ATTEMPTS
        # Sent exactly once, or given up and shown; never both, never neither.
        assert (each.sent_at is not None) != given_up, each.subject
        assert (each.id in listed) == given_up
        if each in own:
            assert told[each.subject] == (0 if given_up else 1)
        # What is urgent and given up was told to somebody else, once.
        assert made[str(each.id)] == (1 if given_up and each.urgent else 0)
        assert (each.passed_on_at is not None) == (given_up and each.urgent)
    assert set(made.values()) <= {1}


def check_manners(town):
    """Urgent ones went alone; who wants one a day, and was never refused, got at most one a day."""
    urgent = set(db.session.scalars(select(Notice.subject).where(Notice.urgent)))
    days = defaultdict(list)
    for at, message in town.taken:
        found = words_in(message)
        if "messages from" in message["Subject"]:
            assert not set(found) & urgent
        if message["Subject"] not in urgent:
            days[str(message["To"]), last_daily_time(at)].append(message)
    for who in DAILY - town.ever_chose:
        address = f"{who}@example.test"
        if address not in town.ever_refused:
            assert all(len(got) == 1 for (to, _), got in days.items() if to == address)


DAILY = {"head", "director"}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=25))
def test_every_message_is_sent_once_or_told_to_somebody_else(council, context, doing):
    # E6: failures are retried and, after 3, shown and sent up instead; nothing is lost
    with saving():
        db.session.execute(delete(Notice))
        db.session.execute(delete(MailChoice))
        for who in DAILY:
            choose(council.people[who], True, at=BEGIN)
        assert db.session.get_one(Person, council.people["worker"]).email in MAYBE_REFUSED
    town = Town(council.people)
    for step in doing:
        town.do(step)
    town.settle()
    check(town)
    check_manners(town)
