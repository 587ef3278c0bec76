"""The Django application."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "attendance"

    def ready(self) -> None:
        from attendance.succession import HEIR
        from curriculum.succession import declare  # models can be imported from here on

        declare(self.name, HEIR)
