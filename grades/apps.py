"""The Django application."""

from django.apps import AppConfig


class GradesConfig(AppConfig):
    name = "grades"

    def ready(self) -> None:
        from curriculum.succession import declare  # models can be imported from here on
        from grades.succession import HEIR

        declare(self.name, HEIR)
