"""How sheets name things, and the one name kept: keys of modules, codes of UEs, titles, semesters, years."""

import re
import unicodedata
from functools import lru_cache

NUMBERED = re.compile(r"(R|SAE)(?:([1-6])\.?)?(?:([A-Z]{2,6})\.)?([0-9]{1,2})")
NUMBERED_TIGHT = re.compile(r"(R|SAE)([1-6])\.?([A-Z]{2,6})([0-9]{2})")
LETTERED = re.compile(r"(R|SAE)(?:([1-6])\.?)?([A-Z][A-Z0-9]{0,5})")
SHORT = re.compile(r"[A-Z]{1,4}(?:\.[A-Z0-9]{1,4})*")
WORDS = {
    "portfolio": re.compile(r"(?:SAE|UE)?([1-6])?\.?(?:[A-Z]{2,6}\.)?(?:PF|PORTE?FOLIO)\.?S?([1-6])?"),
    "stage": re.compile(r"(?:SAE|UE)?([1-6])?\.?(?:[A-Z]{2,6}\.)?(?:ST|STAGE)\.?S?([1-6])?"),
    "alternance": re.compile(r"(?:SAE|UE)?([1-6])?\.?(?:[A-Z]{2,6}\.)?(?:ALT|ALTERNANCE|APPRENTISSAGE)\.?S?([1-6])?"),
    "immersion": re.compile(r"(?:SAE|UE)?([1-6])?\.?(?:IMMERSION(?:PROFESSIONNELLE)?|IMMPRO)\.?S?([1-6])?"),
}
PREFIXES = {"portfolio": "PORTFOLIO", "stage": "STAGE", "alternance": "ALT", "immersion": "IMMERSION"}

UE_CODE = re.compile(r"\bUE\s*\.?\s*([1-9])(?:\s*[.\-–_]?\s*([1-9]))?(?![0-9])", re.IGNORECASE)
SEMESTER = re.compile(
    r"semestre\s*(?:n\s*°\s*)?([1-6])\b|\b([1-6])\s*(?:er|e|eme|nd)?\s+semestre|\bs\s?([1-6])(?![0-9])"
)
YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})\s*[-–/_]\s*(?:20)?([0-9]{2})(?![0-9])")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def plain(text: str) -> str:
    """Return text on one line: runs of spaces (no-break ones too) and line breaks made one space."""
    text = text.replace("_x000D_", " ").translate(INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", text).split())


def unaccented(text: str) -> str:
    """Drop the accents, and only them."""
    if text.isascii():
        return text  # the usual case, told at once
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return what two spellings of one text share: no case, accent, apostrophe nor run of spaces."""
    return plain(re.sub(r"['’‘`´]", "", unaccented(plain(text)))).casefold()


def module_key(code: str, semester: int) -> str:
    """Return the one key of a module's code: `SAÉ 3.MTD.02` gives `SAE3.MTD.02`, `SAE1.PF` gives `PORTFOLIO1`."""
    text = _squeezed(code)
    if kind := word_kind(code):
        number = WORDS[kind].fullmatch(text)
        assert number is not None  # noqa: S101 - word_kind has just matched it
        return f"{PREFIXES[kind]}{number[1] or number[2] or semester}"
    if match := NUMBERED_TIGHT.fullmatch(text) or NUMBERED.fullmatch(text):
        parcours = f"{match[3]}." if match[3] else ""
        return f"{match[1]}{match[2] or semester}.{parcours}{match[4]:0>2}"
    if match := LETTERED.fullmatch(text):
        return f"{match[1]}{match[2] or semester}.{match[3]}" if match[2] or "." in text else text
    return text


def word_kind(code: str) -> str | None:
    """Return `portfolio`, `stage`, `alternance` or `immersion` where the code, however written, says so."""
    text = _squeezed(code)
    return next((kind for kind, pattern in WORDS.items() if pattern.fullmatch(text)), None)


def is_numbered(code: str) -> bool:
    """Whether a text is the whole code of a ressource or a SAÉ: `R1.03`, `SAÉ 3.OSC.02`, `R5.AL1`; `R1.` is not."""
    if plain(code).endswith("."):
        return False
    text = _squeezed(code)
    lettered = LETTERED.fullmatch(text)
    return bool(NUMBERED_TIGHT.fullmatch(text) or NUMBERED.fullmatch(text) or (lettered and lettered[2]))


def is_code(code: str) -> bool:
    """Whether a text can only be a module's code: numbered, a known word, or capitals such as `HP` and `H.IA`."""
    return is_numbered(code) or word_kind(code) is not None or bool(SHORT.fullmatch(plain(code)))


def _squeezed(code: str) -> str:
    """Return a code in capitals, without accents, spaces, doubled type or doubled points."""
    text = re.sub(r"[\s]", "", unaccented(plain(code)).upper())
    text = re.sub(r"[.:;,_\-–—/]+", ".", text).strip(".")
    text = re.sub(r"^(?:SAE\.?)+(?=[0-9A-Z])", "SAE", text)
    return re.sub(r"^(?:R\.?)+(?=[0-9])", "R", text)


def module_parcours(key: str) -> str | None:
    """Return the parcours that a key names: `R3.OSC.13` gives `OSC`."""
    match = NUMBERED.fullmatch(key)
    return match[3] if match else None


def ue_code(text: str, semester: int | None) -> str | None:
    """Return the UE that a text names, as `UE<semester>.<n>`: `Coeff UE33`, `UE 3.3`, `UE3` in semester 3."""
    match = UE_CODE.search(plain(text))
    if match is None:
        return None
    if match[2]:
        return f"UE{match[1]}.{match[2]}"
    return f"UE{semester}.{match[1]}" if semester else None


def clean_title(text: str, key: str, semester: int, parcours: str | None) -> str | None:
    """Return a module's own title: without the type, the code or the parcours that sheets repeat around it."""
    title = re.sub(r"^SA[EÉ]s?\s*:\s*", "", plain(text), flags=re.IGNORECASE)
    words = title.split(" ")
    for count in range(min(4, len(words) - 1), 0, -1):
        head = " ".join(words[:count]).rstrip(":-–— ")
        if is_numbered(head) and module_key(head, semester) == key:
            title = " ".join(words[count:])
            break
    title = re.sub(r"^[:\-–—]\s*", "", title)
    for name in {parcours, module_parcours(key)} - {None}:
        own = re.sub(rf"^{name}\b\s*[:\-–—]?\s+|\s*\((?:parcours\s+)?{name}\)$", "", title)
        title = own or title
    return title or None


def read_semester(text: str) -> int | None:
    """Return the semester (1 to 6) that a text names: « Semestre 3 BUT QLIO », `S3 OSC`, « 3e semestre »."""
    match = SEMESTER.search(fold(text))
    return int(match[1] or match[2] or match[3]) if match else None


def read_year(text: str) -> str | None:
    """Return the first academic year of a text: `2025-2026`, also from `2025/26` or `2025_2026`."""
    for match in YEAR.finditer(text):
        first, second = int(match[1]), int(match[2])
        if (first + 1) % 100 == second:
            return f"{first}-{first + 1}"
    return None


def initials(words: str) -> str:
    """Return a parcours written in full as its initials: « Organisation et Supply Chain » gives `OSC`."""
    small = {"et", "de", "du", "des", "la", "le", "les", "l", "d", "en", "a", "au", "aux", "par", "pour"}
    found = re.findall(r"[a-z0-9]+", unaccented(plain(words)).casefold().replace("’", "'"))
    return "".join(word[0].upper() for word in found if word not in small)
