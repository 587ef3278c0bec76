# ruff: noqa: E501 - one line of a table is one student’s year
"""The forty, and what each jury has to say of them: worked out by hand from the regulation, never by the engine.

One line a student and a year of BUT: the averages that their marks give in each UE of the two semesters, what the jury
of the odd semester says, what the annual jury says of the UEs (odd / even) and of the RCUEs, the year as proposed or
decided, the ECTS of the whole cursus, the debts that it repays (N-08), the diplomas. One figure or code stands for
all the UEs, and one list for both semesters; « . » is a semester that the student does not follow, or no jury for
them; « - » a UE without any mark; « = » a year that an earlier jury decided already.
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
            tuple(code for side in (ues.split("/") * 2)[:2] for code in spread(side.strip(), count)),
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
{REGULARS} | 12 | 12 | ADM | ADM | ADM | ADM | 60 |  |
Karim Lina Marc Noé Nora Oscar | 12 | 12 | ADM | ADM | ADM | ADM | 60 |  |
Zoé     | 11.64      | 12         | ADM        | ADM               | ADM         | ADM     | 60 |  |
Zélie   | 12         | 12         | ADM        | ADM               | ADM         | ADM     | 60 |  |
Basile  | 8 12 12    | 12         | AJ ADM ADM | CMP ADM ADM / ADM | CMP ADM ADM | ADM     | 60 |  |
Bilal   | 9.99 12 12 | 10 12 12   | AJ ADM ADM | CMP ADM ADM / ADM | CMP ADM ADM | ADM     | 60 |  |
Camille | 9.98 12 12 | 10 12 12   | AJ ADM ADM | AJ ADM ADM / ADM  | AJ ADM ADM  | PASD    | 50 |  |
Célia   | 8 12 12    | 8 12 12    | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | PASD    | 40 |  |
Chiara  | 7.98 12 12 | 8 12 12    | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | RED     | 40 |  |
Clara   | 9 12 12    | 9.4 12 12  | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | PASD    | 40 |  |
Damien  | 9 12 12    | 9 12 12    | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | PASD    | 40 |  |
Élodie  | 9 12 12    | 9 12 12    | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | PASD    | 40 |  |
Félix   | 12 8 9     | 11 9 8     | ADM AJ AJ  | ADM AJ AJ         | ADM AJ AJ   | RED     | 20 |  |
Gaël    | 12 12 11   | 9 7 7.5    | ADM        | ADM / CMP AJ AJ   | CMP AJ AJ   | RED     | 40 |  |
Hana    | 12 8 9     | 12 8 9     | ADM AJ AJ  | ADM AJ AJ         | ADM AJ AJ   | RED     | 20 |  |
Ismaël  | 12 12 8.5  | 12 12 8.5  | ADM ADM AJ | ADM ADM AJ        | ADM ADM AJ  | PASD    | 40 |  |
Jules   | .          | 12 9 11    | .          | EQV / ADM AJ ADM  | ADM AJ ADM  | PASD    | 50 |  |
Paul    | 12         | 12         | ADM        | ADM / ATT         | ATT         | RAT     | 30 |  |
Quentin | 12 9 8     | -          | ADM AJ AJ  | ADM DEF DEF / DEF | AJ          | DEF     | 10 |  |
Rose    | -          | .          | DEM        | DEM               | AJ          | DEM     | 0  |  |
Sacha   | -          | -          | ATT        | ATT               | ATT         | ABL     | 0  |  |
Tom     | 12         | -          | ADM        | ADM / EXCLU       | AJ          | EXCLU   | 30 |  |
Ugo     | 6          | 6          | AJ         | AJ                | AJ          | NAR     | 0  |  |
Vera    | 7 7 12     | 8 8 12     | AJ AJ ADM  | AJ AJ ADM         | AJ AJ ADM   | RED     | 20 |  |
Wanda   | 6 12 12    | 7 12 12    | AJ ADM ADM | AJ ADM ADM        | AJ ADM ADM  | PAS1NCI | 40 |  |
Xavier  | 9 12 12    | 10.9 12 12 | AJ ADM ADM | AJ ADM ADM / ADM  | AJ ADM ADM  | PASD    | 50 |  |
Yanis   | 10 12 12   | 12         | ADM        | ADM               | ADM         | ADM     | 60 |  |
Yara    | 9.9 12 12  | 12         | AJ ADM ADM | CMP ADM ADM / ADM | CMP ADM ADM | ADM     | 60 |  |
""",
    count=3,
)
"""2022-2023, all together; UE1, UE2, UE3."""

DRAWN = {("Zoé", 1): "12", ("Yanis", 1): "9.6 12 12", ("Yara", 1): "9.4 12 12"}
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

RECALLED = lines(
    """
Paul   | 12        | 12         | . | ADM               | ADM         | ADM | 60 |  |
Xavier | 9.4 12 12 | 10.9 12 12 | . | CMP ADM ADM / ADM | CMP ADM ADM | ADM | 60 |  |
""",
    count=3,
)
"""September 2023: Paul has done his stage, a copy of Xavier’s had been added up wrong."""

BUT1_AGAIN = lines(
    """
Sacha  | 12      | 12         | ADM       | ADM               | ADM         | ADM    | 60 |  |
Félix  | 7 11 12 | 13 10.5 12 | ADM       | ADM               | ADM         | ADM    | 60 |  |
Gaël   | .       | - 12 12    | .         | ADM / CMP ADM ADM | CMP ADM ADM | ADM    | 60 |  |
Hana   | - 11 11 | - 11 11    | ADM       | ADM               | ADM         | ADM    | 60 |  |
Chiara | 11 - -  | 11 - -     | ADM       | ADM               | ADM         | ADM    | 60 |  |
Ismaël | 12      | .          | ADM       | ADM / ADM ADM CMP | ADM ADM CMP | =      | 60 |  |
Vera   | 7 7 12  | 9 9 12     | AJ AJ ADM | AJ AJ ADM         | AJ AJ ADM   | RED_FM | 20 |  |
""",
    count=3,
)
"""2023-2024, those who take BUT1 again, or one UE of it beside BUT2 (Ismaël).

Félix takes everything again, and keeps the 12 of his first S1 (L-05, L-07); the others are exempted from what they
acquired (L-08), so that Gaël repeats the S2 alone.
"""

BUT2 = lines(
    f"""
{REGULARS} | 12 | 12 | ADM | ADM | ADM | ADM | 120 |  | DUT
Marc Noé Nora Bilal Zoé Zélie | 12 | 12 | ADM | ADM | ADM | ADM | 120 |  | DUT
Jeanne  | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 |             | DUT
Karim   | 9 12 12 12   | .            | AJ ADM ADM ADM  | CMP ADM ADM ADM / EQV | CMP ADM ADM ADM | ADM     | 120 |             | DUT
Lina    | 12 12 12 -   | 12 12 12 -   | ADM ADM ADM EQV | ADM ADM ADM EQV       | ADM ADM ADM EQV | ADM     | 120 |             | DUT
Basile  | 9.5 12 12 12 | 11 12 12 12  | AJ ADM ADM ADM  | CMP ADM ADM ADM / ADM | CMP ADM ADM ADM | ADM     | 120 |             | DUT
Camille | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 | UE1.1       | DUT
Célia   | 10 12 12 12  | 10 12 12 12  | ADM             | ADM                   | ADM             | ADM     | 120 | UE1.1 UE2.1 | DUT
Clara   | 11 12 12 12  | 9.5 12 12 12 | ADM             | ADM / CMP ADM ADM ADM | CMP ADM ADM ADM | ADM     | 120 | UE1.1 UE2.1 | DUT
Wanda   | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 | UE1.1 UE2.1 | DUT
Jules   | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 | UE2.2       | DUT
Paul    | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 |             | DUT
Xavier  | 12           | 12           | ADM             | ADM                   | ADM             | ADM     | 120 |             | DUT
Damien  | 9 12 12 12   | 9 12 12 12   | AJ ADM ADM ADM  | AJ ADM ADM ADM        | AJ ADM ADM ADM  | PASD    | 105 |             |
Élodie  | 9 12 12 12   | 9 12 12 12   | AJ ADM ADM ADM  | AJ ADM ADM ADM        | AJ ADM ADM ADM  | RED     | 85  |             |
Ismaël  | 12 12 9 12   | 12 12 9 12   | ADM ADM AJ ADM  | ADM ADM AJ ADM        | ADM ADM AJ ADM  | PASD    | 105 |             |
Yanis   | 9 9 12 12    | 9 9 12 12    | AJ AJ ADM ADM   | ADJR AJ ADM ADM       | ADJ AJ ADM ADM  | PASD    | 105 |             |
Yara    | 12 12 12 7.5 | 12 12 12 7.9 | ADM ADM ADM AJ  | ADM ADM ADM AJ        | ADM ADM ADM AJ  | PAS1NCI | 105 |             |
""",
    count=4,
)
"""2023-2024. Oscar is in césure, Chiara, Félix, Gaël, Hana and Sacha one year behind."""

RULED_1_AGAIN = [
    Ruling("Vera", "year", "RED_FM", "Force majeure reconnue par la direction de l’IUT le 28 juin 2024."),
]
RULED_2 = [
    Ruling("Damien", "UE1.1", "ADJ", "Acquis de première année démontrés en SAÉ."),
    Ruling("Damien", "UE2.1", "ADJ", "Acquis de première année démontrés en SAÉ."),
    Ruling("Élodie", "year", "RED", "La dette de première année ferme le S5\xa0; redoublement demandé."),
    Ruling("Yanis", "UE1/2", "ADJ", "Niveau de compétence jugé atteint au vu des SAÉ et de l’assiduité."),
    Ruling("Yara", "year", "PAS1NCI", "Difficultés localisées sur une seule compétence\xa0; suivi proposé."),
]

BUT1_LAST = lines("Vera | 12 12 - | 12 12 - | ADM | ADM | ADM | ADM | 60 | |", count=3)
"""2024-2025: the third try, by force majeure."""

BUT2_LATE = lines(
    """
Oscar  | 12         | 12         | ADM | ADM | ADM | ADM | 120 |             | DUT
Chiara Félix Gaël Hana Sacha | 12 | 12 | ADM | ADM | ADM | ADM | 120 |  | DUT
Élodie | 12 8 12 12 | 12 9 12 12 | ADM | ADM | ADM | ADM | 120 | UE1.1 UE2.1 | DUT
""",
    count=4,
)
"""2024-2025. Élodie repeats the whole year, and keeps the 12 that she had in UE2."""

BUT3 = lines(
    f"""
{REGULARS} | 12 | 12 | ADM | ADM | ADM | ADM | 180 |  | DUT BUT
Marc Noé Nora Bilal Zélie Jeanne Karim Lina | 12 | 12 | ADM | ADM | ADM | ADM | 180 |  | DUT BUT
Basile Camille Célia Clara Wanda Jules Paul Xavier | 12 | 12 | ADM | ADM | ADM | ADM | 180 |  | DUT BUT
Damien | 12           | 12            | ADM            | ADM                   | ADM             | ADM | 180 | UE3.1 UE4.1 | DUT BUT
Ismaël | 12           | 12            | ADM            | ADM                   | ADM             | ADM | 180 | UE3.3 UE4.3 | DUT BUT
Yanis  | 12 9.5 12 12 | 12 10.5 12 12 | ADM AJ ADM ADM | ADM CMP ADM ADM / ADM | ADM CMP ADM ADM | ADM | 180 | UE3.2 UE4.2 | DUT BUT
Yara   | 12 12 12 9   | 12 12 12 9.9  | ADM ADM ADM AJ | ADM ADM ADM ADJR      | ADM ADM ADM ADJ | ADJ | 180 | UE3.4 UE4.4 | DUT BUT
Zoé    | 9 12 12 12   | 9 12 12 12    | AJ ADM ADM ADM | AJ ADM ADM ADM        | AJ ADM ADM ADM  | RED | 165 |             | DUT
""",
    count=4,
)
"""2024-2025."""

RULED_3 = [
    Ruling("Yara", "UE4/2", "ADJ", "Il manque 0,55 point\xa0; maîtrise démontrée en entreprise."),
    Ruling("Zoé", "year", "RED", "Un niveau n’est pas validé\xa0; redoublement demandé."),
]
