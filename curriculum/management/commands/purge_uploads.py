"""`manage.py purge_uploads`: removes the workbooks sent for an import long ago, whatever became of them."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.utils import timezone

from curriculum.management.command import FrenchCommand
from curriculum.templatetags.figures import counted
from curriculum.wizard.models import Upload
from curriculum.wizard.services import purge_upload

DAYS = 30


class Command(FrenchCommand):
    help = "Efface les classeurs envoyés pour un import il y a plus de trente jours ; les maquettes restent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, metavar="JOURS", help=f"leur âge (sinon {DAYS})")

    def handle(self, *args: Any, **options: Any) -> None:
        limit = timezone.now() - timedelta(days=options["days"])
        old = Upload.objects.in_list().select_related("job").filter(at__lt=limit)
        count = len(old)
        for upload in old:
            purge_upload(upload=upload, by=None)
        self.stdout.write(f"{counted(count, 'import effacé')}.")
