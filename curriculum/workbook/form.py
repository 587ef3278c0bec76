"""Our own template: the words of its sheets, and how a text or a figure stands in a cell to be read back the same."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from curriculum.workbook import codec
from curriculum.workbook.draft import HOURS, Draft
from curriculum.workbook.figures import DASH, Figure, read_figure
from curriculum.workbook.french import comma
from curriculum.workbook.grid import Cell
from curriculum.workbook.naming import fold, plain, read_year, ue_code

NAME = "delibere"
MARK = "Modèle de maquette Délibéré, version 1"
"""The cell that makes a workbook ours."""
SEEKS = "le modèle de Délibéré (page « Maquettes », « Modèle vierge »)"
GUIDE, FORMATION, FINDINGS = "Lisez-moi", "Formation", "Constats"

ABOUT = {
    "code": "Code de la formation",
    "speciality": "Spécialité",
    "institution": "Établissement",
    "academic_year": "Année universitaire",
    "bonus_cap": "Bonus maximal par UE",
    "departement": "Conseil de département",
    "iut": "Conseil d’IUT",
}
TABLE = {
    "semester": "Semestre",
    "parcours": "Parcours",
    "modality": "Régime",
    "academic_year": "Année universitaire",
    "sheet": "Feuille d’origine",
}
UES = {"title": "Intitulé de l’UE", "competence": "Compétence", "level": "Niveau", "ects": "ECTS"}
LIVE = {"sum": "Somme des coefficients", "gap": "Écart avec les ECTS", "share": "Part du pôle SAÉ (%)"}
NAMES = {"code": "Code", "title": "Intitulé", "kind": "Nature"}
TOTAL = "Somme"
LAST = {"parcours": "Parcours du module", "marked_for": "UE cochées", "amended": "Amendements", "key": "Clé"}
HOUR_NAMES = dict(zip((*HOURS, "cmi", "ter"), ("CM", "TD", "TP", "SR", "Projet", "Total", "CMI", "TER"), strict=True))
OTHER_HOURS = "Heures "
EVALUATION = {"label": "Modalité", "count": "Nombre", "weight": "Poids"}
POLES = {"ressource": "Ressources", "sae": "SAÉ", None: "Autres"}
KINDS = {
    "ressource": "ressource",
    "sae": "SAÉ",
    "stage": "stage",
    "alternance": "alternance",
    "portfolio": "portfolio",
    "other": "autre",
}
DECLARED = {"coefficients": "Total annoncé", "ects": "ECTS annoncés"}
DECLARED_POLE = re.compile("Pôle (.+) : (.+) annoncés")
DECLARED_POLES = {"ressource": "ressources", "sae": "SAÉ"}
DECLARED_FIGURES = {"coefficients": "coefficients", "ects": "ECTS"}
MARKED_FOR_NONE = "aucune"
FOUND = {
    "code": "Code",
    "severity": "Gravité",
    "cell": "Cellule",
    "module": "Module",
    "ue": "UE",
    "declared": "Annoncé",
    "computed": "Calculé",
    "message": "Constat",
}
FOUND_IN = "Tableau"
WHOLE_DOCUMENT = "(maquette)"
SEALED = "Empreinte"
NOTHING, NO_SUCH = "—", "/"
"""What says « null » where a blank cell means something else, and an hour that a module does not have at all."""

ESCAPED = re.compile("_x([0-9a-f]{4})_")
"""How OOXML writes a character that a cell cannot hold as it is; ours are in lower case, those of Excel are not."""
UNSAFE = re.compile(r"\A[\s=+\-@]|\s\Z|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""What no XML can hold, what a reader drops, and what a spreadsheet takes for a formula."""
FIRST_YEAR = 1900
MOST_DIGITS = 15
"""How many digits a number cell keeps."""
WORDS = {fold(each) for each in (*NAMES.values(), TOTAL, *LAST.values(), *HOUR_NAMES.values())}

NUMBERED = re.compile(rf"({'|'.join(map(fold, EVALUATION.values()))}) ([0-9]{{1,3}})")
"""The headings of evaluations, folded: « poids 2 »."""

Column = str | tuple[str, str] | tuple[str, int]
"""A column of a table: its name, or ("hours", name), ("ue", code), (part of an evaluation, rank)."""
Reading = Callable[[str], str]
"""How the text of a cell is tidied up."""


def exact(text: str) -> str:
    """Return a text as it is: of a cell that nobody fills in."""
    return text


def written(text: str, normal: Reading = plain) -> str:
    """Return what to write in a cell so that `read` gives the text back.

    A text that reading would tidy up, or that a spreadsheet would run, is spelled out, as OOXML spells characters.
    """
    if normal(text) == text and not UNSAFE.search(text) and not ESCAPED.search(text):
        return text
    units = text.encode("utf-16-be")
    codes = [units[rank] << 8 | units[rank + 1] for rank in range(0, len(units), 2)]
    spelled = [
        chr(code) if rank and code < 128 and chr(code).isalnum() and code != ord("x") else f"_x{code:04x}_"
        for rank, code in enumerate(codes)
    ]
    return "".join(spelled)


def read(text: str, normal: Reading = plain) -> str:
    """Return the text of a cell: tidied up as somebody typed it, or to the letter where `written` spelled it out."""
    if not ESCAPED.search(text):
        return normal(text)
    units = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(figure: str) -> tuple[int | Decimal | str, str]:
    """Return what a figure is in a cell, and its format: a number as long as one keeps every digit."""
    _, point, places = figure.partition(".")
    if len(figure) - len(point) > MOST_DIGITS:
        return comma(figure), "@"
    kept = f"0.{'0' * len(places)}" if places.endswith("0") else "General"
    return (Decimal(figure) if point else int(figure)), kept


def figure(cell: Cell) -> Figure:
    """Read a figure with the decimals that its format shows: 0.5 under « 0.00 » is `0.50`."""
    if cell.places and not cell.struck:
        whole, _, places = cell.text.partition(".")
        cell = replace(cell, text=f"{whole}.{places:0<{cell.places}}")
    return read_figure(cell)


def day(text: str) -> str:
    """Return a date as the JSON has it, however it was typed: `2025-06-17`."""
    text = plain(text).removesuffix(" 00:00:00")
    if match := re.fullmatch(r"([0-3]?[0-9])/([01]?[0-9])/([0-9]{4})", text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    return text


def date_of(text: str) -> date | None:
    """Return the date that a spreadsheet can hold, of a text that the JSON has; None when it is no such date."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text and found.year > FIRST_YEAR else None


def year(text: str) -> str:
    """Return an academic year, however it was typed: « 2025/26 » gives `2025-2026`; nothing for a dash."""
    return read_year(text) or dashless(text)


def dashless(text: str) -> str:
    """Return a text, and nothing for the dash that says « null »."""
    return "" if DASH.fullmatch(plain(text)) else plain(text)


def hour_label(name: str) -> str:
    """Return the heading of a column of hours: « CM », or « Heures » and a name that is not of the contract."""
    return HOUR_NAMES.get(name) or f"{OTHER_HOURS}{written(name)}"


def ue(semester: int) -> Reading:
    """Return how the code of a UE is read in a semester: « UE 3.3 » and « UE33 » give `UE3.3`."""

    def normal(text: str) -> str:
        known = fold(text) in WORDS or NUMBERED.fullmatch(fold(text)) or text.startswith(OTHER_HOURS)
        return "" if known else ue_code(text, semester) or plain(text)

    return normal


def item(text: str) -> str:
    """Return one text of a list, or nothing where it would be taken for several, or for none."""
    return "" if re.search(r"[;:]", text) or fold(text) == MARKED_FOR_NONE else plain(text)


def listed(semester: int) -> Reading:
    """Return how the code of a UE is read among others in one cell."""
    return lambda text: ue(semester)(text) if item(text) else ""


def reserved(*words: str) -> Reading:
    """Return how a text is read where some words mean something else."""
    taken = set(map(fold, words))
    return lambda text: "" if fold(text) in taken else plain(text)


CODE = reserved(*POLES.values())
TITLE = reserved(*DECLARED.values())


def declared_pole(pole: str, what: str) -> str:
    """Return the heading of the line of a pole's declared figures: « Pôle SAÉ : ECTS annoncés »."""
    name = DECLARED_POLES.get(pole) or written(pole, _other_than(DECLARED_POLES))
    figures = DECLARED_FIGURES.get(what) or written(what, _other_than(DECLARED_FIGURES))
    return f"Pôle {name} : {figures} annoncés"


def _other_than(names: Mapping[str, str]) -> Reading:
    taken = set(map(fold, names.values()))
    return lambda text: "" if fold(text) in taken else item(text)


def fingerprint(draft: Draft) -> str:
    """Return what tells whether a maquette, its findings set aside, is still what it was."""
    content = codec.to_json(
        replace(draft, findings=(), semesters=tuple(replace(each, findings=()) for each in draft.semesters))
    )
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
