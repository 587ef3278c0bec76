"""What opening a year makes beside the enrolments: groups and services, each found again by its name."""

from collections.abc import Set
from dataclasses import dataclass

from curriculum.models import Maquette, Module
from jury.models import Regulation, Turn
from jury.turning.roll import Offer, in_use
from people.models import Group, Service

Key = tuple[int, str, int | None]
"""What a module keeps from a maquette to the next: semester, key, id of its parcours."""


@dataclass(frozen=True, slots=True)
class Left:
    """A service that is not copied, and why."""

    service: Service
    why: str


@dataclass(frozen=True, slots=True)
class Making:
    """What is to be made: the groups by name, the services with their module of the new year, the règlement."""

    groups: tuple[str, ...]
    services: tuple[tuple[Service, Module], ...]
    left: tuple[Left, ...]
    regulation: Regulation | None = None
    """That of the year that ends, when the next one has none."""
    written: Regulation | None = None
    """That of the next year, when it has one."""
    previous: Maquette | None = None
    """That of the year that ends, when the next one has its own, to be compared."""

    @property
    def empty(self) -> bool:
        """Whether nothing is to be made."""
        return not (self.groups or self.services or self.regulation)


def making_of(turn: Turn, offer: Offer) -> Making:
    """Return what a turn makes: nothing but enrolments within one year."""
    if turn.within_year:
        return Making((), (), ())
    there = set(_groups(turn, turn.academic_year))
    wanted = [] if turn.groups == Turn.Groups.NONE else _groups(turn, turn.source_year)
    names = there | set(wanted)
    services, left = _services(turn, offer, names) if turn.with_services and offer.maquette else ((), ())
    written = {each.academic_year: each for each in Regulation.objects.filter(formation=turn.formation_id)}
    ahead = written.get(turn.academic_year)
    return Making(
        groups=tuple(name for name in wanted if name not in there),
        services=services,
        left=left,
        regulation=None if ahead else written.get(turn.source_year),
        written=ahead,
        previous=None if offer.copied else in_use(turn.formation, turn.source_year),
    )


def _groups(turn: Turn, academic_year: str) -> list[str]:
    groups = Group.objects.filter(formation=turn.formation_id, academic_year=academic_year)
    return list(groups.order_by("name", "pk").values_list("name", flat=True))


def _services(
    turn: Turn, offer: Offer, names: Set[str]
) -> tuple[tuple[tuple[Service, Module], ...], tuple[Left, ...]]:
    """Return the services to copy, each with its module, and those that are left behind; there already: in neither."""
    modules = {_key(module): module for module in Module.objects.filter(maquette=offer.maquette).order_by("pk")}
    rows = Service.objects.filter(
        module__maquette__formation=turn.formation_id, module__maquette__academic_year=turn.source_year
    ).select_related("teacher", "module__parcours")
    # Before the maquette is copied, its own modules stand for those to come: nobody teaches these yet.
    taught = Service.objects.none() if offer.copied else Service.objects.filter(module__maquette=offer.maquette)
    there = set(taught.values_list("teacher_id", "module_id"))
    copied: dict[tuple[int, int], tuple[Service, Module]] = {}
    left = []
    for service in rows.prefetch_related("groups").order_by("module__semester", "module__key", "teacher_id", "pk"):
        module = modules.get(_key(service.module))
        if why := _hindrance(service, module, names):
            left.append(Left(service, why))
        elif module and (service.teacher_id, module.pk) not in there:
            copied.setdefault((service.teacher_id, module.pk), (service, module))
    return tuple(copied.values()), tuple(left)


def _key(module: Module) -> Key:
    return module.semester, module.key, module.parcours_id


def _hindrance(service: Service, module: Module | None, names: Set[str]) -> str:
    """Say why a service cannot be copied; nothing when it can."""
    if module is None:
        return "le module n’est pas dans la nouvelle maquette"
    if not service.teacher.is_active:
        return "le compte de l’enseignant est fermé"
    missing = sorted({group.name for group in service.groups.all()} - names)
    if missing:
        return f"il est réservé à un groupe qui n’existe pas\xa0: {', '.join(missing)}"
    return ""
