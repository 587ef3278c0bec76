"""What a document says of itself around its tables: speciality, institution, year, councils, bonus."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from curriculum.workbook.naming import fold, plain, read_year, unaccented

SPECIALITY = re.compile(r"(?<![A-Za-z])BUT[\s_-]+(?:[^()]{0,80}\()?([A-Z][A-Z0-9]{1,7})(?![A-Za-z0-9])")
DEPARTMENT = re.compile(r"\b[Dd][ée]partement\s+([A-Z][A-Z0-9]{1,7})(?![A-Za-z0-9])")
NAME = r"[A-Z][\w'’]*(?:[ -](?:(?:de|du|des|la|le|les|sur|en)[ -])*[A-Z][\w'’]*)*"
INSTITUTION = re.compile(rf"\bIUT(?:\s+(?:de|du|des|d['’]))?(?:\s+(?:la|le|les|l['’]))?\s*{NAME}")
WORD = r"[A-ZÀ-Ý][a-zà-ÿ'’]+"
TOWN = re.compile(rf"\bBUT [A-Z][A-Z0-9]{{1,7}} ((?:L[ae]s? )?{WORD}(?:[ -](?:(?:sur|en|les)[ -])?{WORD})*)(?![\w.])")
"""A town behind the speciality in the name of a file: `BUT_QLIO_Rodez_deliberation`."""
DOCUMENT = re.compile(
    r"maquette|coef|heure|horaire|volume|mcc|modalite|deliberation|annexe|version|copie|annee|semestre|parcours"
    r"|final|projet|valid|formation|initiale|alternance|apprenti|departement|tableau|excel|classeur|document|export"
)
MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
DAY = re.compile(
    rf"([0-3]?[0-9])(?:er)?\s+({'|'.join(MONTHS)})\s+(20[0-9]{{2}})(?![0-9])"
    r"|(?<![0-9])([0-3]?[0-9])\s?([/.-])\s?([01]?[0-9])\s?\5\s?((?:20)?[0-9]{2})(?![0-9])"
    r"|(20[0-9]{2})-([01][0-9])-([0-3][0-9])(?![0-9])"
)
COUNCILS = {
    "departement": re.compile(r"conseil\s+(?:de|du)\s+departement"),
    "iut": re.compile(r"conseil\s+(?:d\s?|de\s+l\s?)?iut"),
}
BONUS = re.compile(r"bonif\w*.*?limite de ([0-9]+(?:[.,][0-9]+)?) point")
ALTERNANCE = re.compile(r"\balternan|\bapprenti|contrats? pro")
FOREIGN = re.compile(
    r"conseil (?:de|du) departement|conseil (?:d|de l)\s?iut|document valide|sous reserve de modif"
    r"|bonifications? eventuelle|limite de [0-9,.]+ point|systeme apogee"
)


def speciality(texts: Iterable[str], file_name: str) -> str | None:
    """Return the speciality that the texts name most often (« BUT QLIO », « Département QLIO »), else the file."""
    lines = [plain(text) for text in texts]
    for pattern in (SPECIALITY, DEPARTMENT):
        if found := Counter(match[1] for line in lines for match in pattern.finditer(line)):
            return found.most_common(1)[0][0]
    match = SPECIALITY.search(file_name)
    return match[1] if match else None


def institution(texts: Iterable[str], file_name: str) -> str | None:
    """Return the first IUT that the texts name (« IUT de Rodez »), else the file's name, or the town it names."""
    name = plain(unicodedata.normalize("NFC", file_name).rpartition(".")[0].replace("_", " "))
    for text in (*texts, name):
        if match := INSTITUTION.search(plain(text)):
            return match[0]
    match = TOWN.search(name)
    return match[1] if match and not DOCUMENT.match(fold(match[1])) else None


def validation_dates(texts: Iterable[str]) -> dict[str, str]:
    """Return the ISO dates of the councils that a text names: « Conseil d’IUT du 17 juin 2025 »."""
    dates: dict[str, str] = {}
    for text in map(fold, texts):
        for council, pattern in COUNCILS.items():
            match = pattern.search(text)
            day = DAY.search(text, match.end()) if match else None
            if day and council not in dates and (said := _iso(day)):
                dates[council] = said
    return dates


def _iso(day: re.Match[str]) -> str | None:
    """Return « 17 juin 2025 », `17/06/25`, `17.06.2025` or `2025-06-17` as the JSON has it; None for the 31 June."""
    if day[1]:
        year, month, number = day[3], MONTHS.index(day[2]) + 1, day[1]
    elif day[4]:
        year, month, number = f"20{day[7][-2:]}", int(day[6]), day[4]
    else:
        year, month, number = day[8], int(day[9]), day[10]
    try:
        return date(int(year), month, int(number)).isoformat()
    except ValueError:
        return None


def majority_dates(sheets: Iterable[Mapping[str, str]]) -> dict[str, str | None]:
    """Return, for each council, the date that most sheets give."""
    kept: dict[str, str | None] = {}
    dates = list(sheets)
    for council in COUNCILS:
        found = Counter(sheet[council] for sheet in dates if council in sheet)
        kept[council] = found.most_common(1)[0][0] if found else None
    return kept


def voted_year(sheets: Iterable[Mapping[str, str]]) -> str | None:
    """Return the academic year that begins in the civil year of the latest council."""
    latest = max((day for dates in sheets for day in dates.values()), default=None)
    return f"{latest[:4]}-{int(latest[:4]) + 1}" if latest else None


def bonus_cap(texts: Iterable[str]) -> str | None:
    """Return the most points that a bonus may add to a UE: « dans la limite de 0,5 point » gives `0.5`."""
    for text in texts:
        if match := BONUS.search(fold(text)):
            return match[1].replace(",", ".")
    return None


def is_alternance(texts: Iterable[str]) -> bool:
    """Whether the texts around a table say that it is in alternance or apprentissage."""
    return any(ALTERNANCE.search(fold(text)) for text in texts)


def is_foreign(title: str) -> bool:
    """Whether a title is a sentence of the footer that slipped into the table."""
    return bool(FOREIGN.search(fold(title)))


def year(texts: Iterable[str]) -> str | None:
    """Return the first academic year written in the texts."""
    return next((found for found in map(read_year, map(unaccented, texts)) if found), None)
