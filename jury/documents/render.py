"""From a template to a PDF: the only place that calls WeasyPrint.

Nothing is fetched but `data:` and the project's own static files; the bytes depend on the input alone, so that a
document can be hashed; the face is embedded, never the engine's fallback (docs/decisions/0004-document-face.md).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings
from django.template.loader import render_to_string

STATIC = Path(settings.STATICFILES_DIRS[0]).resolve()
FACE = "Carlito"
WORKERS, ALONE = 2, 4


class EngineMissing(Exception):
    """PDF documents cannot be made on this machine; a French sentence says what to install."""


def page(template: str, context: dict[str, Any]) -> str:
    """Fill a template of templates/documents/; what is in the context is escaped as on any page."""
    return render_to_string(f"documents/{template}", context)


def pdf(html: str) -> bytes:
    """Lay a page out as a tagged PDF (PDF/UA-1). Raises EngineMissing."""
    weasyprint, fetcher, fonts, styles = _engine()
    source = weasyprint.HTML(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=fetcher)
    document: bytes = source.write_pdf(
        stylesheets=[styles], font_config=fonts, pdf_variant="pdf/ua-1", finisher=_check_face
    )
    return document


def pdfs(pages: Sequence[str]) -> Iterator[bytes]:
    """Lay many pages out, in their order, on two processors. Raises EngineMissing."""
    if len(pages) <= ALONE:
        yield from map(pdf, pages)
        return
    # spawn: the web workers have threads and database connections, which a fork would copy.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        yield from pool.map(pdf, pages)


@cache
def _engine() -> tuple[Any, Any, Any, Any]:
    """Load the engine once a process, and not before a document is asked for: it takes a third of a second."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise EngineMissing(
            "Les documents PDF demandent les bibliothèques Pango et HarfBuzz, absentes de ce serveur\xa0: "
            "lancez «\xa0make setup\xa0», ou installez libpango-1.0-0, libpangoft2-1.0-0 et libharfbuzz-subset0."
        ) from error

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Opens `data:` and what lies under static/, and nothing else."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            parts = urlsplit(url)
            if parts.scheme == "file":
                path = Path(url2pathname(parts.path)).resolve()
                if parts.netloc or not path.is_relative_to(STATIC):
                    raise ValueError(f"Un document ne lit que les fichiers de static/, pas {url}.")
            return super().fetch(url, headers)

    fetcher, fonts = Fetcher(), FontConfiguration()
    styles = weasyprint.CSS(filename=str(STATIC / "css" / "documents.css"), font_config=fonts, url_fetcher=fetcher)
    return weasyprint, fetcher, fonts, styles


def _check_face(document: Any, output: Any) -> None:
    """Refuse a document that the engine set in the face it fell back on."""
    names = {str(part["BaseFont"]) for part in output.objects if isinstance(part, dict) and "BaseFont" in part}
    if not any(FACE in name for name in names):
        raise EngineMissing(
            f"La police des documents, {FACE}, manque sur ce serveur\xa0: lancez «\xa0make setup\xa0», "
            "ou installez fonts-crosextra-carlito."
        )
