"""The lists that the secretariat imports: students with their enrolments, groups, services."""

from dataclasses import dataclass

from curriculum.models import Formation
from people.imports.resource import ListResource
from people.imports.students import StudentList
from people.imports.teaching import GroupList, ServiceList

LISTS: dict[str, type[ListResource]] = {"etudiants": StudentList, "groupes": GroupList, "services": ServiceList}
"""By the name that their address carries."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which list (a key of LISTS), of which formation, in which year."""

    kind: str
    formation: Formation
    academic_year: str

    def resource(self) -> ListResource:
        """Return what imports the list, to be used once."""
        return LISTS[self.kind](self.formation, self.academic_year)
