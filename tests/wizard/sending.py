"""What a secretary does in the wizard, and what they send."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from curriculum.models import Upload
from tests.curriculum.books import FOLDER, NAME, edited, saved


def url(name: str, *args: int) -> str:
    return reverse(f"curriculum:{name}", args=args)


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


def untokened(response: Any) -> str:
    """What a page says, but for the token of its forms, which is never twice the same."""
    return re.sub(r'value="\w{64}"', "", text(response))


def send(browser: Client, content: bytes | None = None, name: str = NAME, **said: str) -> Any:
    """Send a workbook, the real one unless told otherwise."""
    file = SimpleUploadedFile(name, (FOLDER / name).read_bytes() if content is None else content)
    return browser.post(url("uploads"), {"file": file, "formation": "BUT-QLIO", **said}, follow=True)


def sent(browser: Client, content: bytes | None = None, name: str = NAME, **said: str) -> Upload:
    send(browser, content, name, **said)
    return Upload.objects.latest("pk")


def confirm(browser: Client, upload: Upload, seen: int = 0, **said: str) -> Any:
    return browser.post(url("upload-confirm", upload.pk), {"seen": seen, **said}, follow=True)


def broken() -> bytes:
    return edited(lambda book: book["S1"].__setitem__("E15", "abc"))


def foreign() -> bytes:
    """A workbook of no known family."""
    book = Workbook()
    book.worksheets[0]["A1"] = "Liste des salles"
    return saved(book)
