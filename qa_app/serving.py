"""`qa-app serve`: gunicorn and the worker, side by side, until stopped."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click


def _commands(bind: str, workers: int) -> tuple[list[str], list[str]]:
    # "sync" workers: with kept-alive connections threads pin all of them to one process.
    web = [sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(workers)]
    web += ["--worker-class", "sync", "--timeout", "120", "--graceful-timeout", "30"]
    web += ["--log-level", "warning", "--forwarded-allow-ips", "127.0.0.1"]
    return [*web, "qa_app:create_app()"], [sys.executable, "-m", "qa_app", "worker"]


@click.command("serve")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--workers", default=0, help="Processes; 0 is one a core.")
@click.option("--without-worker", is_flag=True, help="Serve pages only; run the worker elsewhere.")
def serve(bind: str, workers: int, without_worker: bool) -> None:
    """Serve the pages with gunicorn, and run the worker that sends notices and does long jobs."""
    web, worker = _commands(bind, workers or os.cpu_count() or 1)
    processes = [subprocess.Popen(web)]  # noqa: S603 -- our own command, no shell
    if not without_worker:
        processes.append(subprocess.Popen(worker))  # noqa: S603 -- our own command, no shell

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo(f"Serving on http://{bind} (stop with Ctrl+C)", err=True)
    status = processes[0].wait()
    stop(signal.SIGTERM, None)
    for process in processes[1:]:
        process.wait()
    sys.exit(0 if status in {0, -signal.SIGTERM, -signal.SIGINT} else status)
