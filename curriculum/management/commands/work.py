"""`manage.py work`: does what the pages leave to be done behind them, until it is stopped."""

import time
from argparse import ArgumentParser
from typing import Any

from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker

from curriculum import jobs
from curriculum.management.command import FrenchCommand

PAUSE = 1
"""Seconds between two looks at an empty queue."""


class Command(FrenchCommand):
    help = "Fait les travaux de fond (lecture des gros classeurs…) jusqu’à ce qu’on l’arrête."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="s’arrêter quand il n’y a plus rien à faire")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            interval=PAUSE,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if not options["once"]:
            worker.configure_signals()  # the job under way is finished before stopping
        while worker.running:
            jobs.reap()  # what a dead worker left is found by the others, and by itself when it comes back
            worker.run()  # until the queue is empty
            if options["once"]:
                return
            time.sleep(PAUSE)
