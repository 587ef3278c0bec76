"""The Django application."""

from django.apps import AppConfig


class JuryConfig(AppConfig):
    name = "jury"

    def ready(self) -> None:
        from curriculum.succession import declare  # models can be imported from here on
        from jury.succession import HEIR

        declare(self.name, HEIR)
