"""The référentiel of the demonstration, whole or changed by hand."""

from pathlib import Path

from curriculum.competences.services import Document, understand

PATH = Path(__file__).parents[2] / "fixtures" / "demo" / "referentiel-QLIO.xml"
TEXT = PATH.read_text()


def changed(*pairs: tuple[str, str]) -> bytes:
    """Return the file with pieces replaced, each by its first occurrence, which must be there."""
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def document(*pairs: tuple[str, str]) -> Document:
    return understand(changed(*pairs), PATH.name)
