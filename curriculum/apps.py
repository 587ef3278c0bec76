"""The Django application."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    name = "curriculum"
    verbose_name = "formations et maquettes"

    def ready(self) -> None:
        """Declare what a worker may be asked to do: it opens no page, and would not hear of it."""
        from curriculum.wizard import services  # noqa: F401
