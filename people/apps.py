"""The Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from curriculum.succession import declare  # models can be imported from here on
        from people.succession import HEIR

        declare(self.name, HEIR)
