"""The renderer: what it may read, what it embeds, and that it always gives the same bytes."""

import sys
from contextlib import closing
from importlib.abc import MetaPathFinder
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from jury.documents import render
from jury.documents.render import EngineMissing, pdf, pdfs

LETTER = '<html lang="fr"><head><title>Essai</title></head><body><h1>Essai</h1><p>{}</p></body></html>'


def fetch(url: str) -> bytes:
    _, fetcher, _, _ = render._engine()
    with closing(fetcher(url)) as answer:
        content: bytes = answer.read()
        return content


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        (render.STATIC / ".." / "manage.py").as_uri(),
        render.STATIC.as_uri() + "/%2e%2e/manage.py",
        render.STATIC.as_uri() + "-elsewhere/secret.txt",
        "http://127.0.0.1:9/",
        "https://example.test/",
        "ftp://example.test/",
    ],
)
def test_nothing_is_read_outside_of_the_project(url: str) -> None:
    with pytest.raises(ValueError, match=r"static/|disallowed protocol"):
        fetch(url)


def test_static_files_and_data_are_read() -> None:
    style = render.STATIC / "css" / "documents.css"
    assert fetch(style.as_uri()) == style.read_bytes()
    assert fetch("data:text/plain,bonjour") == b"bonjour"


def test_a_reference_to_a_secret_leaves_no_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>tresor</text></svg>')
    document = pdf(
        LETTER.format(f'<img src="{secret.as_uri()}" alt=""><link rel="attachment" href="{secret.as_uri()}">')
    )
    assert document == pdf(LETTER.format('<img src="data:," alt="">'))
    with pikepdf.open(BytesIO(document)) as opened:
        assert not opened.attachments


def test_the_same_page_gives_the_same_bytes() -> None:
    assert pdf(LETTER.format("une fois")) == pdf(LETTER.format("une fois"))


def test_many_documents_come_in_their_order_and_as_if_alone() -> None:
    pages = [LETTER.format(f"n° {number}") for number in range(render.ALONE + 2)]
    assert list(pdfs(pages)) == [pdf(page) for page in pages]


def fonts(document: bytes) -> dict[str, bool]:
    """The faces of a PDF, and whether each is embedded."""
    with pikepdf.open(BytesIO(document)) as opened:
        descriptors = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/FontName" in each]
        return {
            str(each["/FontName"]).partition("+")[2]: any(f"/FontFile{kind}" in each for kind in ("", 2, 3))
            for each in descriptors
        }


def test_the_face_is_embedded_and_it_is_ours() -> None:
    found = fonts(pdf(LETTER.format("«\xa010,31\xa0» <b>gras</b> <i>à 9\u202f999,5</i> − → ≥ …")))
    assert found
    assert all(name.startswith(render.FACE) and embedded for name, embedded in found.items()), found


def test_a_document_in_another_face_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "FACE", "Absente")
    with pytest.raises(EngineMissing, match="La police des documents, Absente, manque"):
        pdf(LETTER.format(""))


def test_a_missing_library_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(MetaPathFinder):
        def find_spec(self, fullname: str, *_: Any) -> None:
            if fullname == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    render._engine.cache_clear()
    with pytest.raises(EngineMissing, match=r"libpango-1\.0-0, libpangoft2-1\.0-0 et libharfbuzz-subset0"):
        pdf(LETTER.format(""))


def test_the_document_is_accessible() -> None:
    with pikepdf.open(BytesIO(pdf(LETTER.format("bonjour")))) as opened:
        assert opened.Root.Lang == "fr"
        assert opened.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in opened.Root
        with opened.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Essai"
