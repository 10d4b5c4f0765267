"""Jobs: done once, with their progress seen, and never left running."""

from datetime import timedelta
from socket import gethostname

from sqlalchemy import select, update

from qa_app.accounts.models import JobTitle, PostKind
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.notify.jobs import STOPPED, enqueue, fail_cut_off, run_next
from qa_app.notify.models import Job, JobState


def add(kind="count", **arguments):
    with saving():
        return enqueue(kind, arguments, None, now()).id


def job():
    db.session.rollback()
    return db.session.scalars(select(Job)).one()


def title(name):
    return JobTitle(title=name, title_key=name, kind=PostKind.OTHER, rank=0, line=False, roles=[])


def test_a_job_is_done_with_its_arguments_and_keeps_its_result(context):
    add(file="a.csv")
    assert run_next({"count": lambda job, progress: {"loaded": job.arguments["file"]}})
    assert (job().state, job().result) == (JobState.DONE, {"loaded": "a.csv"})
    assert job().finished_at is not None
    assert not run_next({"count": lambda job, progress: {}})


def test_jobs_are_done_oldest_first_and_unknown_kinds_wait(context):
    for number in range(3):
        add(number=number)
    add("not-ours")
    done = []
    handlers = {"count": lambda job, progress: done.append(job.arguments["number"]) or {}}
    while run_next(handlers):
        pass
    assert done == [0, 1, 2]


def test_progress_is_seen_while_the_job_is_at_work(context):
    add()
    seen = []

    def count(job, progress):
        progress(40, 100)
        with db.engine.connect() as other:
            seen.append(other.execute(select(Job.done, Job.total)).one())
        return {}

    run_next({"count": count})
    assert seen == [(40, 100)]


def test_progress_never_waits_for_the_jobs_own_transaction(context):
    add()

    def count(job, progress):
        with saving():
            db.session.add(title("In the middle"))
            db.session.flush()
            progress(1, 2)
            progress(2, 2)
        return {}

    run_next({"count": count})
    assert job().state is JobState.DONE


def test_a_job_that_breaks_a_rule_fails_with_the_rules_words_and_changes_nothing(context):
    add()

    def refuse(job, progress):
        with saving():
            db.session.add(title("Half done"))
            db.session.flush()
            raise DomainError("Save the workbook as XLSX and try again.")

    run_next({"count": refuse})
    assert job().state is JobState.FAILED
    assert job().result == {"message": "Save the workbook as XLSX and try again."}
    assert not db.session.scalars(select(JobTitle).where(JobTitle.title == "Half done")).all()


def test_a_job_that_crashes_fails_with_a_reference_and_no_word_of_the_file(context, caplog):
    add()

    def crash(job, progress):
        raise ValueError("canary from the file")

    run_next({"count": crash})
    message = job().result["message"]
    assert "Tell your systems team the reference" in message
    assert message.split()[-1].rstrip(".") in caplog.text
    assert "canary" not in message + caplog.text


def test_a_job_whose_worker_died_is_failed_plainly(context):
    add()
    running = {"state": JobState.RUNNING, "touched_at": now()}
    cases = (
        # A process of this machine that is gone is known at once.
        (running | {"worker": f"{gethostname()}/99999999"}, 1),
        # A process of another machine is believed for half an hour.
        (running | {"worker": "elsewhere/12"}, 0),
        (running | {"worker": "elsewhere/12", "touched_at": now() - timedelta(hours=1)}, 1),
        # A process that lives is left alone.
        (running | {"worker": f"{gethostname()}/1"}, 0),
    )
    for values, lost in cases:
        with saving():
            db.session.execute(update(Job).values(**values))
        assert fail_cut_off(now()) == lost, values
    with saving():
        db.session.execute(update(Job).values(worker="elsewhere/1", touched_at=None))
    assert fail_cut_off(now()) == 1
    assert job().result == {"message": STOPPED}
