"""Fictitious people: names of the origins that a French class has, and identifiers that look like real ones."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.conf import settings

SEED = "Délibéré"

NAMES: dict[str, list[str]] = json.loads((settings.BASE_DIR / "fixtures/demo/people.json").read_text("utf-8"))
LETTERS = "ABCDEFGHJK"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who does not exist."""

    nip: str
    ine: str
    last_name: str
    usage_name: str
    first_names: str
    birth_date: date
    birth_place: str
    email: str


def dice(*key: object) -> Random:
    """Return the chance of one thing, apart from all others: a change in one story changes no other."""
    return Random("/".join(map(str, (SEED, *key))))  # noqa: S311 - people who do not exist, not secrets


def bell(chance: Random, spread: int) -> int:
    """Draw an integer around 0, of this standard deviation: the sum of a few dice, so that no float is needed."""
    return sum(chance.randint(-spread, spread) for _ in range(3))


def identities(entry_year: int, count: int, first_serial: int, taken: set[str]) -> Iterator[Identity]:
    """Yield the `count` people who came in one September; `taken` keeps names apart, and grows."""
    chance = dice("people", entry_year, first_serial)
    serials = chance.sample(range(first_serial, first_serial + 9_000), count)
    for serial in sorted(serials):
        last, *first_names = _name(chance, taken)
        age = timedelta(days=chance.randint(0, 364) + 365 * chance.choice((0, 0, 0, 0, 0, 1, 1, 2)))
        yield Identity(
            nip=f"2{entry_year % 100:02}{serial:05}",
            ine=f"{chance.randint(10**8, 10**9 - 1)}{chance.choice(LETTERS)}{chance.choice(LETTERS)}",
            last_name=last,
            usage_name=chance.choice(NAMES["last"]) if chance.randrange(60) == 0 else "",
            first_names=", ".join(first_names),
            birth_date=date(entry_year - 18, 12, 31) - age,
            birth_place=chance.choice(NAMES["birth_places"]),
            email=f"{slug(first_names[0])}.{slug(last)}@example.test",
        )


def _name(chance: Random, taken: set[str]) -> list[str]:
    """Draw a name, then one to three first names, whose address nobody has."""
    while True:
        last, names = (
            chance.choice(NAMES["last"]),
            chance.sample(NAMES[chance.choice(("feminine", "masculine"))], chance.choice((1, 2, 2, 3))),
        )
        address = f"{slug(names[0])}.{slug(last)}"
        if address not in taken:
            taken.add(address)
            return [last, *names]


def slug(name: str) -> str:
    """Write a name as an address does: « N’Diaye » is ndiaye."""
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join("-" if letter == " " else letter for letter in plain if letter.isascii() and letter not in "'’")
