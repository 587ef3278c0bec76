"""Who works in the demonstration: the accounts that are printed, a dozen teachers, and what each of them teaches."""

import re
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from curriculum.models import Formation, Maquette, Module
from people.models import Group, Role, Service, Student, User

ROLES = {
    "secretariat": ("Monique", "Garrigues", Role.Kind.SECRETARIAT),
    "etudes": ("Karim", "Benhamou", Role.Kind.HEAD),
    "president": ("Hélène", "Vigouroux", Role.Kind.PRESIDENT),
}
"""The accounts with a role in the formation, beside the teachers; the key is the e-mail's."""

TEACHERS = {
    1: ("Fiona", "O’Connell"),
    2: ("Martine", "Roques"),
    3: ("Sylvie", "Bonnefous"),
    4: ("Jean-Marc", "Delorme"),
    5: ("Ousmane", "Diarra"),
    6: ("Nathalie", "Puech"),
    7: ("Laurent", "Massol"),
    8: ("Samira", "El Idrissi"),
    9: ("Philippe", "Gaillard"),
    10: ("Isabelle", "Nguyen"),
    11: ("Thierry", "Loubière"),
    12: ("Claire", "Fernandes"),
}
"""By the last number of the modules that they teach (R3.07: 7), in turn where there is no such number."""
PRINTED_TEACHER = 3

UNUSABLE = make_password(None)

SHARED = {"R1.05": (5, 10), "R2.05": (5, 10)}
"""Modules that two teachers share, a first group apart."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of one formation, by the key of their account; teachers by their number."""

    accounts: dict[str, User]
    teachers: dict[int, User]

    @property
    def president(self) -> User:
        """Who holds the juries."""
        return self.accounts["president"]

    def teaching(self, module: Module) -> User:
        """Who teaches a module."""
        return self.teachers[_number(module)]


def create_staff(formation: Formation, password: str) -> Staff:
    """Write who works in the formation; `password` is a hash, and only the printed accounts have it."""
    accounts = {key: _user(key, first, last, password) for key, (first, last, _) in ROLES.items()}
    teachers = {
        number: _user(f"enseignant{number}", first, last, UNUSABLE) for number, (first, last) in TEACHERS.items()
    }
    accounts["enseignant"] = teachers[PRINTED_TEACHER] = _user("enseignant", *TEACHERS[PRINTED_TEACHER], password)
    User.objects.bulk_create([*teachers.values(), *(accounts[key] for key in ROLES)])
    Role.objects.bulk_create(
        [
            *(Role(user=accounts[key], formation=formation, kind=kind) for key, (_, _, kind) in ROLES.items()),
            *(Role(user=teacher, formation=formation, kind=Role.Kind.TEACHER) for teacher in teachers.values()),
        ]
    )
    return Staff(accounts, teachers)


def create_factotum(key: str, first_name: str, last_name: str, password: str) -> Staff:
    """Write the one person who does everything in tiny departments; `hire` gives them each."""
    user = _user(key, first_name, last_name, password)
    user.save()
    return Staff(dict.fromkeys([*ROLES, key], user), dict.fromkeys(TEACHERS, user))


def hire(staff: Staff, formation: Formation) -> None:
    """Give the one person of tiny departments every role in one of them, once."""
    for kind in Role.Kind.values:
        Role.objects.get_or_create(user=staff.president, formation=formation, kind=kind)


def create_student_account(student: Student, password: str) -> User:
    """Let a student in."""
    student.user = _user("etudiant", student.first_name, student.last_name, password)
    student.user.save()
    student.save()
    return student.user


def _user(key: str, first_name: str, last_name: str, password: str) -> User:
    return User(email=f"{key}@example.test", first_name=first_name, last_name=last_name, password=password)


def create_services(maquette: Maquette, staff: Staff, groups: dict[str, Group]) -> None:
    """Share the modules of a maquette out between the teachers."""
    services, shared = [], []
    for module in maquette.modules.order_by("pk"):
        numbers = SHARED.get(module.key, (_number(module),)) if "TD3" in groups else (_number(module),)
        for rank, number in enumerate(numbers):
            service = Service(teacher=staff.teachers[number], module=module)
            services.append(service)
            if len(numbers) > 1:
                names = ("TD1",) if rank else ("TD2", "TD3")
                shared += [(service, groups[name]) for name in names]
    Service.objects.bulk_create(services)
    Service.groups.through.objects.bulk_create(
        Service.groups.through(service_id=service.pk, group_id=group.pk) for service, group in shared
    )


def _number(module: Module) -> int:
    """Which teacher a module goes to."""
    found = re.search(r"([0-9]+)$", module.key)
    return (int(found[1]) - 1) % len(TEACHERS) + 1 if found else len(module.key) % len(TEACHERS) + 1
