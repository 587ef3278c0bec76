"""What a document looks like once laid out: the words of each page and where they stand, in CSS pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from jury.documents import render


@dataclass(frozen=True)
class Word:
    """A run of text, and the edges of its box."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float

    def covers(self, other: "Word") -> bool:
        """Whether two runs are printed one over the other, by more than a hair."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 4


@dataclass(frozen=True)
class Page:
    """One page: its width, and its words in reading order, the margins' included."""

    width: float
    words: list[Word]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def overprinted(self) -> list[tuple[str, str]]:
        """The words that cover one another; PROVISOIRE stands in the margin, turned, whatever its box."""
        words = [word for word in self.words if word.text.strip() not in ("", "PROVISOIRE")]
        return [(one.text, other.text) for one, other in combinations(words, 2) if one.covers(other)]


def laid_out(html: str) -> list[Page]:
    """Lay a page out with the very engine of the site, and look at it."""
    weasyprint, fetcher, fonts, styles = render._engine()
    source = weasyprint.HTML(string=html, base_url=render.STATIC.as_uri() + "/", url_fetcher=fetcher)
    document = source.render(stylesheets=[styles], font_config=fonts)
    return [Page(page.width, [_word(box) for box in _texts(page._page_box)]) for page in document.pages]


def _texts(box: Any) -> Iterator[Any]:
    """Yield every run of text; what is taken out of the flow stands behind a placeholder."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "TextBox":
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)


def _word(box: Any) -> Word:
    left, top = box.position_x, box.position_y
    return Word(box.text, left, left + box.width, top, top + box.height, box.style["font_size"])
