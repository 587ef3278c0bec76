"""What a file must be before anything of it is believed."""

import zipfile
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from curriculum.workbook.naming import plain
from people.tables import EXCEL_ERRORS, TYPES, TableRefused, read_table, write_table
from tests.people.lists import as_csv, as_xlsx


def cells(upload: SimpleUploadedFile) -> list[list[str]]:
    return [row.cells for row in read_table(upload).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_text_is_read_whatever_excel_made_of_it(encoding: str, delimiter: str) -> None:
    upload = as_csv(["Nom", "Prénoms"], ["Lévêque", "Zoé"], delimiter=delimiter, encoding=encoding)
    assert cells(upload) == [["Nom", "Prénoms"], ["Lévêque", "Zoé"]]


def test_a_workbook_is_read_as_text() -> None:
    upload = as_xlsx(["NIP", "Date", "Redouble"], [22001234, datetime(2006, 3, 12), True])  # noqa: DTZ001
    assert cells(upload) == [["NIP", "Date", "Redouble"], ["22001234", "2006-03-12 00:00:00", "VRAI"]]


def test_blank_lines_are_left_out_and_the_others_keep_their_number() -> None:
    rows = read_table(as_csv(["Nom"], [], ["  "], ["A\xa0 B"])).rows
    assert [(row.number, row.cells) for row in rows] == [(1, ["Nom"]), (4, ["A B"])]
    rows = read_table(as_xlsx(["Nom"], [], [None, "x"])).rows
    assert [(row.number, row.cells) for row in rows] == [(1, ["Nom"]), (3, ["", "x"])]


def test_the_fingerprint_is_that_of_the_file() -> None:
    same, other = as_csv(["Nom"], ["A"]), as_csv(["Nom"], ["B"])
    assert read_table(same).sha256 == read_table(as_csv(["Nom"], ["A"])).sha256 != read_table(other).sha256


def bomb() -> bytes:
    """A small archive that inflates to 60 MB."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return target.getvalue()


def formula() -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("liste.pdf", b"%PDF", "ni un classeur .xlsx ni un fichier .csv", id="another format"),
        pytest.param("liste.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ni un classeur .xlsx", id="old workbook"),
        pytest.param("liste.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ancien classeur", id="old, renamed"),
        pytest.param("liste.xlsx", b"Nom;Prenoms", "pas un classeur Excel", id="text called workbook"),
        pytest.param("liste.xlsx", b"PK\x03\x04 broken", "abîmé", id="damaged"),
        pytest.param("liste.xlsx", bomb(), "une fois décompressé", id="bomb"),
        pytest.param("liste.xlsx", formula(), "la cellule A1 contient une formule sans résultat", id="formula"),
        pytest.param("liste.csv", b"", "est vide", id="nothing"),
        pytest.param("liste.csv", b"\n;;\n", "est vide", id="only blanks"),
        pytest.param("liste.csv", "Nom;Prénoms".encode("utf-16"), "UTF-8", id="utf-16"),
        pytest.param("liste.csv", b'Nom;"Pr', "guillemets", id="open quote"),
        pytest.param("liste.csv", b"Nom\n\x81\x8d", "UTF-8", id="no encoding"),
        pytest.param("liste.csv", b"Nom;NIP\nA;#N/A", "la cellule B2 contient l’erreur #N/A", id="error"),
        pytest.param("liste.csv", b"Nom\n" + b"A\n" * 3_001, "la limite est de 3", id="too long"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_refused_in_one_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(TableRefused, match=sentence) as refused:
        read_table(SimpleUploadedFile(name, content))
    assert str(refused.value).endswith(".")


def test_a_heavy_file_is_refused_from_its_size_alone() -> None:
    upload = SimpleUploadedFile("liste.csv", b"Nom\nA")
    upload.size = 20_000_001
    with pytest.raises(TableRefused, match="la limite est de 20"):
        read_table(upload)


def says_something(text: str) -> bool:
    """Not the error of a formula, nor what looks like a formula that was guarded."""
    return text != "" and text.upper() not in EXCEL_ERRORS and not text.startswith("'")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(plain)


@pytest.mark.parametrize("extension", list(TYPES))
@given(rows=st.lists(st.tuples(TEXTS.filter(says_something), TEXTS.filter(says_something)), min_size=1, max_size=3))
def test_what_is_written_is_read_back(extension: str, rows: list[tuple[str, str]]) -> None:
    content = write_table(extension, ["Nom", "Groupes"], rows, title="Liste")
    assert cells(SimpleUploadedFile(f"liste.{extension}", content))[1:] == [[*row] for row in rows]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://mal.exemple")', "+1+1", "-2+3", "@SUM(A1)"])
def test_no_cell_acts_when_the_list_is_opened(text: str) -> None:
    assert (
        write_table("csv", ["Nom"], [[text]], title="Liste").decode("utf-8-sig").splitlines()[1].strip('"')[0] == "'"
    )
    upload = SimpleUploadedFile("liste.xlsx", write_table("xlsx", ["Nom"], [[text]], title="Liste"))
    assert cells(upload) == [["Nom"], [text]]
    with zipfile.ZipFile(upload) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
