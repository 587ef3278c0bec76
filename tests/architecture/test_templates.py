"""A template that nobody renders is a trap for whoever mends it; inline code is dead under the security policy."""

import re

from tests.architecture.source import FILES, ROOT, faults, name
from tests.strict import inline_code

FOLDER = ROOT / "templates"
TEMPLATES = [path for path in FILES if path.is_relative_to(FOLDER)]
# Django looks these up by itself.
FOUND_BY_NAME = re.compile(r"^(?:(?:400|403|403_csrf|404|500)\.html|(?:django|registration|rest_framework)/.*)$")


def unused(names: set[str], sources: dict[str, str]) -> set[str]:
    """Return the templates that no other file names."""
    return {
        template
        for template in names
        if not FOUND_BY_NAME.match(template)
        and not any(template in text for file, text in sources.items() if file != template)
    }


def test_every_template_is_rendered() -> None:
    names = {str(path.relative_to(FOLDER)) for path in TEMPLATES}
    sources = {str(path.relative_to(FOLDER)): path.read_text() for path in TEMPLATES}
    sources |= {name(path): path.read_text() for path in FILES if path.suffix == ".py" and "tests" not in path.parts}
    assert unused(names, sources) == set()


def test_an_unused_template_is_seen() -> None:
    sources = {"views.py": "render(request, 'a.html')", "a.html": "{% include 'b.html' %}", "c.html": "c.html"}
    assert unused({"a.html", "b.html", "c.html", "404.html"}, sources) == {"c.html"}


def inline_markup(source: str) -> list[str]:
    """List the inline code of a template; its tags and comments are not markup."""
    return inline_code(re.sub(r"{%.*?%}|{#.*?#}|{{.*?}}", "", source, flags=re.DOTALL))


def test_a_template_has_no_inline_code() -> None:
    assert faults(inline_markup, [path for path in TEMPLATES if path.suffix == ".html"]) == {}


def test_inline_markup_is_seen() -> None:
    assert inline_markup('<td {% if late %}style="color: red"{% endif %}>')
    assert not inline_markup('<td class="{% if late %}late{% endif %}">{# style="" #}')
