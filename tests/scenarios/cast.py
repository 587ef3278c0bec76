"""The forty, and what each jury has to say of them: worked out by hand from the regulation, never by the engine.

One line a student and a year of BUT: the averages that their marks give in each UE of the two semesters, what the jury
of the odd semester says, what the annual jury says of the UEs (odd / even) and of the RCUEs, the year as proposed or
decided, the ECTS of the whole cursus, the debts that it repays (N-08), the diplomas. One figure or code stands for
all the UEs; « . » is a semester that the student does not follow, or no jury for them; « - » a UE without any mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

NOT_FOLLOWED, NO_MARK = ".", "-"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one student in one year of BUT."""

    who: str
    odd: tuple[str, ...]
    even: tuple[str, ...]
    at_odd: tuple[str, ...]
    ues: tuple[str, ...]
    rcues: tuple[str, ...]
    year: str
    total: str
    adsup: tuple[str, ...]
    diplomas: tuple[str, ...]

    def plots(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The averages of the odd semester, then of the even one."""
        return self.odd, self.even


def lines(table: str, count: int) -> dict[str, Line]:
    """Read a table; `count` is the number of UEs of a semester."""
    return {line.who: line for row in table.strip().splitlines() for line in _line(row, count)}


def _line(row: str, count: int) -> Iterator[Line]:
    names, odd, even, at_odd, ues, rcues, year, total, adsup, diplomas = (cell.strip() for cell in row.split("|"))
    for who in names.split():
        yield Line(
            who,
            spread(odd, count),
            spread(even, count),
            spread(at_odd, count),
            tuple(code for side in ues.split("/") for code in spread(side.strip(), count)),
            spread(rcues, count),
            year,
            total,
            tuple(adsup.split()),
            tuple(diplomas.split()),
        )


def spread(cell: str, count: int) -> tuple[str, ...]:
    """One word stands for every UE; a dot for none."""
    words = tuple(cell.split())
    if words == (NOT_FOLLOWED,):
        return ()
    return words * count if len(words) == 1 else words


class Ruling(NamedTuple):
    """What a jury decides over the proposal."""

    who: str
    target: str
    decision: str
    reason: str


REGULARS = "Adèle Adrien Aïcha Alix Amina Anas Anouk"

BUT1 = lines(
    f"""
{REGULARS} | 12 | 12 | ADM | ADM / ADM | ADM | ADM | 60 | |
Karim Lina Marc Noé Nora Oscar | 12 | 12 | ADM | ADM / ADM | ADM | ADM | 60 | |
Zoé     | 11.64     | 12        | ADM         | ADM / ADM                 | ADM         | ADM     | 60 | |
Zélie   | 12        | 12        | ADM         | ADM / ADM                 | ADM         | ADM     | 60 | |
Basile  | 8 12 12   | 12        | AJ ADM ADM  | CMP ADM ADM / ADM         | CMP ADM ADM | ADM     | 60 | |
Bilal   | 9.99 12 12| 10 12 12  | AJ ADM ADM  | CMP ADM ADM / ADM         | CMP ADM ADM | ADM     | 60 | |
Camille | 9.98 12 12| 10 12 12  | AJ ADM ADM  | AJ ADM ADM / ADM          | AJ ADM ADM  | PASD    | 50 | |
Célia   | 8 12 12   | 8 12 12   | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | PASD    | 40 | |
Chiara  | 7.98 12 12| 8 12 12   | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | RED     | 40 | |
Clara   | 9 12 12   | 9.4 12 12 | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | PASD    | 40 | |
Damien  | 9 12 12   | 9 12 12   | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | PASD    | 40 | |
Élodie  | 9 12 12   | 9 12 12   | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | PASD    | 40 | |
Félix   | 12 8 9    | 11 9 8    | ADM AJ AJ   | ADM AJ AJ / ADM AJ AJ     | ADM AJ AJ   | RED     | 20 | |
Gaël    | 12 12 11  | 9 7 7.5   | ADM         | ADM / CMP AJ AJ           | CMP AJ AJ   | RED     | 40 | |
Hana    | 12 8 9    | 12 8 9    | ADM AJ AJ   | ADM AJ AJ / ADM AJ AJ     | ADM AJ AJ   | RED     | 20 | |
Ismaël  | 12 12 8.5 | 12 12 8.5 | ADM ADM AJ  | ADM ADM AJ / ADM ADM AJ   | ADM ADM AJ  | PASD    | 40 | |
Jules   | .         | 12 9 11   | .           | EQV / ADM AJ ADM          | ADM AJ ADM  | PASD    | 50 | |
Paul    | 12        | 12        | ADM         | ADM / ATT                 | ATT         | RAT     | 30 | |
Quentin | 12 9 8    | -         | ADM AJ AJ   | ADM DEF DEF / DEF         | AJ          | DEF     | 10 | |
Rose    | -         | .         | DEM         | DEM / DEM                 | AJ          | DEM     | 0  | |
Sacha   | -         | -         | ATT         | ATT / ATT                 | ATT         | ABL     | 0  | |
Tom     | 12        | -         | ADM         | ADM / EXCLU               | AJ          | EXCLU   | 30 | |
Ugo     | 6         | 6         | AJ          | AJ / AJ                   | AJ          | NAR     | 0  | |
Vera    | 7 7 12    | 8 8 12    | AJ AJ ADM   | AJ AJ ADM / AJ AJ ADM     | AJ AJ ADM   | RED     | 20 | |
Wanda   | 6 12 12   | 7 12 12   | AJ ADM ADM  | AJ ADM ADM / AJ ADM ADM   | AJ ADM ADM  | PAS1NCI | 40 | |
Xavier  | 9 12 12   | 10.9 12 12| AJ ADM ADM  | AJ ADM ADM / ADM          | AJ ADM ADM  | PASD    | 50 | |
Yanis   | 10 12 12  | 12        | ADM         | ADM / ADM                 | ADM         | ADM     | 60 | |
Yara    | 9.9 12 12 | 12        | AJ ADM ADM  | CMP ADM ADM / ADM         | CMP ADM ADM | ADM     | 60 | |
""",
    count=3,
)
"""2022-2023, all together; UE1, UE2, UE3."""

DRAWN = {"Zoé": {1: "12"}, "Yanis": {1: "9.6 12 12"}, "Yara": {1: "9.4 12 12"}}
"""What the marks alone give, where an ABI, a bonus or its ceiling makes the average another one."""

RULED_1 = [
    Ruling("Chiara", "year", "RED", "Un niveau à 7,99\xa0: redoublement demandé par l’étudiante."),
    Ruling("Félix", "year", "RED", "Deux niveaux sur trois non validés\xa0; redoublement demandé."),
    Ruling("Gaël", "year", "RED", "Second semestre insuffisant\xa0: redouble le S2 seul."),
    Ruling("Hana", "year", "RED", "Deux niveaux sur trois non validés\xa0; redoublement demandé."),
    Ruling("Ugo", "year", "NAR", "Entendu à sa demande\xa0; orientation conseillée vers un BTS en alternance."),
    Ruling("Vera", "year", "RED", "Deux niveaux sur trois non validés\xa0; redoublement demandé."),
    Ruling("Wanda", "year", "PAS1NCI", "Difficultés localisées sur une seule compétence\xa0; suivi proposé."),
]
