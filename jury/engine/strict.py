"""Reading JSON without any indulgence: what is not exactly what was expected is refused, in French, by its path.

A JSON number with a decimal point is already a rounded mark: it is kept as written, to be refused by its field.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

Choice = TypeVar("Choice")
Item = TypeVar("Item")

DECIMAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,100})?")
TITLE = "title"


class Refused(Exception):
    """An entry that cannot be judged: the path of the field at fault, and a French sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    def under(self, parent: str) -> "Refused":
        """The same refusal, seen from the object that holds this one."""
        return Refused(f"{parent}.{self.field}" if self.field else parent, self.message)


class Numeral(str):
    """A JSON number that no field accepts (with a point, an exponent, NaN, or endless), as it was written."""


class _Repeated:
    """Marks, in an object, the key that was given twice: JSON would silently keep the last value."""


REPEATED = _Repeated()


def loads(source: str) -> Any:
    """Parse JSON and keep what must be refused where it stands. Raises Refused."""
    try:
        return json.loads(
            source, object_pairs_hook=_object, parse_float=Numeral, parse_constant=Numeral, parse_int=_integer
        )
    except RecursionError:
        raise Refused("", "Le JSON est imbriqué trop profondément.") from None
    except json.JSONDecodeError as error:
        raise Refused("", f"Ce n’est pas du JSON : erreur ligne {error.lineno}, colonne {error.colno}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        found[REPEATED] = next(key for key in keys if keys.count(key) > 1)
    return found


def _integer(literal: str) -> int | Numeral:
    return int(literal) if len(literal) < 20 else Numeral(literal)


class Keys:
    """The keys that an object must, and may, have; `title` is allowed anywhere and ignored."""

    def __init__(self, required: str, optional: str = "") -> None:
        self.required = required.split()
        self.names = [*self.required, *optional.split()]
        self._least = frozenset(self.required)
        self._most = frozenset([*self.names, TITLE])

    def check(self, raw: Any) -> dict[str, Any]:
        """Return an object with its keys checked. Raises Refused."""
        found = mapping(raw)
        if not found.keys() <= self._most:
            unknown = next(key for key in found if key not in self._most)
            raise Refused(unknown, f"Clé inconnue « {unknown} » ; les clés admises sont {', '.join(self.names)}.")
        if not found.keys() >= self._least:
            missing = next(key for key in self.required if key not in found)
            raise Refused(missing, f"Le champ « {missing} » est obligatoire.")
        return found


def mapping(raw: Any) -> dict[str, Any]:
    """Return an object, whatever its keys. Raises Refused."""
    if type(raw) is not dict:
        refuse("", raw, "un objet")
    if REPEATED in raw:
        raise Refused(raw[REPEATED], "Cette clé est donnée deux fois dans le même objet.")
    return raw


def text(raw: dict[str, Any], key: str) -> str:
    """Return a string that says something."""
    value = raw[key]
    if type(value) is not str or not value.strip():
        refuse(key, value, "une chaîne non vide")
    return value


def flag(raw: dict[str, Any], key: str) -> bool:
    """Return a JSON boolean; 0 and 1 are none."""
    value = raw[key]
    if type(value) is not bool:
        refuse(key, value, "true ou false")
    return value


def whole(raw: dict[str, Any], key: str, least: int, most: int | None = None) -> int:
    """Return a JSON integer between two bounds, both allowed; true is none."""
    value = raw[key]
    if type(value) is not int or value < least or (most is not None and value > most):
        refuse(key, value, f"un entier de {least} à {most}" if most is not None else f"un entier d’au moins {least}")
    return value


@lru_cache(maxsize=8192)
def _decimal(source: str, most: int | None) -> Fraction | None:
    if not DECIMAL.fullmatch(source):
        return None
    value = Fraction(source)
    return value if most is None or value <= most else None


def decimal(raw: dict[str, Any], key: str, most: int | None = None) -> Fraction:
    """Return a decimal string as a number that is not negative, nor above `most`."""
    source = raw[key]
    value = _decimal(source, most) if type(source) is str else None
    if value is None:
        bounds = f"de 0 à {most}" if most is not None else "positif ou nul"
        refuse(key, source, f'un nombre décimal {bounds}, écrit en chaîne avec un point, comme "9.995"')
    return value


def choice(raw: dict[str, Any], key: str, choices: Mapping[str, Choice]) -> Choice:
    """Return the choice that a string names."""
    value = raw[key]
    if type(value) is not str or value not in choices:
        refuse(key, value, f"l’une des valeurs {', '.join(choices)}")
    return choices[value]


def items(raw: dict[str, Any], key: str, read: Callable[[Any], Item]) -> tuple[Item, ...]:
    """Return a list, each element read and, when refused, named by its rank."""
    found = raw.get(key, ())
    if type(found) is not list and key in raw:
        refuse(key, found, "une liste")
    read_items = []
    for rank, item in enumerate(found):
        try:
            read_items.append(read(item))
        except Refused as refused:
            raise refused.under(f"{key}[{rank}]") from None
    return tuple(read_items)


def figures(raw: dict[str, Any], key: str, known: Sequence[str]) -> dict[str, Fraction]:
    """Return an object whose keys are UEs and whose values are decimal strings; absent, it is empty."""
    try:
        found = mapping(raw.get(key, {}))
        for name in found:
            if name not in known and name != TITLE:
                raise Refused(name, f"UE inconnue « {name} » ; les UE de cette entrée sont {', '.join(known)}.")
        return {name: decimal(found, name) for name in found if name != TITLE}
    except Refused as refused:
        raise refused.under(key) from None


def once(key: str, codes: Sequence[str], field: str = "") -> None:
    """Raise Refused when a list names one thing twice."""
    if len(set(codes)) < len(codes):
        rank = next(rank for rank, code in enumerate(codes) if code in codes[:rank])
        raise Refused(f"{key}[{rank}]{field}", f"« {codes[rank]} » figure deux fois dans « {key} ».")


def plain(value: Fraction) -> str:
    """Write a decimal number without trailing zeros. Raises ValueError when its decimals never end."""
    digits = 0
    while 10**digits % value.denominator:
        digits += 1
        if digits > value.denominator.bit_length():
            raise ValueError(f"{value} never ends in decimal.")
    units = str(value.numerator * 10**digits // value.denominator).zfill(digits + 1)
    return f"{units[:-digits]}.{units[-digits:]}" if digits else units


def refuse(field: str, value: Any, expected: str) -> NoReturn:
    """Raise Refused with what was found and what was expected."""
    raise Refused(field, f"Trouvé {_told(value)} ; on attendait {expected}.")


def _told(value: Any) -> str:
    if isinstance(value, Numeral) or type(value) is int:
        return f"le nombre {value[:40] if isinstance(value, Numeral) else value}"
    if isinstance(value, str):
        return f"« {value[:40]}{'…' if len(value) > 40 else ''} »"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "une liste" if isinstance(value, list) else "un objet"
    return "null"
