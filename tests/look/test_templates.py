"""What every page is made of: components that say what they need, forms that say what is wrong, French typography."""

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from django.test.html import Element, parse_html

from tests.architecture.source import FILES, ROOT, name
from tests.world import World

TEMPLATES = [path for path in FILES if path.is_relative_to(ROOT / "templates") and path.suffix == ".html"]
COMPONENTS = [path for path in TEMPLATES if path.parent.name == "components"]

STATIC = re.compile(r"""{%\s*static\s+['"]([^'"]+)['"]""")
CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)
BREAKABLE = re.compile(r"\S* [;:!?%»]|« \S*")


@pytest.mark.parametrize("path", COMPONENTS, ids=name)
def test_a_component_states_its_context_first(path: Path) -> None:
    assert re.match(r"{# .+ Context: .+ #}\n", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_static_files_exist(path: Path) -> None:
    missing = {file for file in STATIC.findall(path.read_text()) if finders.find(file) is None}
    assert missing == set()


def test_a_missing_static_file_is_seen() -> None:
    assert STATIC.findall("{% static 'css/none.css' %}") == ["css/none.css"]
    assert finders.find("css/none.css") is None


def breakable(source: str) -> list[str]:
    """List where a line could break before ; : ! ? % » or after «, in the words of a template."""
    words = CODE.sub("\n", source.replace("&nbsp;", "\N{NO-BREAK SPACE}"))
    return BREAKABLE.findall(words)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_high_punctuation_stays_with_its_word(path: Path) -> None:
    assert breakable(path.read_text()) == []


def test_a_breakable_space_is_seen() -> None:
    assert breakable("<p>Enregistrer ? {% if x %}Non : « jamais »") == ["Enregistrer ?", "Non :", "« jamais", " »"]
    assert breakable("<p>Enregistrer&nbsp;? Non\N{NO-BREAK SPACE}: a;b {# c : d #} <a title='e : f'>") == []


class MarkForm(forms.Form):
    value = forms.DecimalField(label="Note", help_text="Sur le barème de l’évaluation.", max_value=20, localize=True)
    late = forms.BooleanField(label="En retard", required=False)
    reason = forms.ChoiceField(label="Motif", choices=[("ABI", "absence injustifiée")], widget=forms.RadioSelect)

    def clean(self) -> None:
        raise forms.ValidationError("Une note et un motif s’excluent.")


def elements(root: Element | str) -> list[Element]:
    """Return an element and all it holds, in order."""
    if isinstance(root, str):
        return []
    return [root, *(found for child in root.children for found in elements(child))]


def attributes(element: Element) -> dict[str, str]:
    return {key: value or "" for key, value in element.attributes}


def test_a_refused_field_is_tied_to_its_sentence() -> None:
    page = elements(parse_html(str(MarkForm({"value": "25,5"}))))
    entry = next(attributes(each) for each in page if attributes(each).get("name") == "value")
    identified = {attributes(each).get("id"): each for each in page}
    assert entry["aria-invalid"] == "true"
    for described in entry["aria-describedby"].split():
        assert identified[described].children
    assert "Note" in str(next(each for each in page if attributes(each).get("for") == entry["id"]))


def test_a_form_says_what_may_be_left_empty_and_what_is_wrong_as_a_whole() -> None:
    html = str(MarkForm({"value": "12,5", "reason": "ABI"}))
    assert 'role="alert"' in html
    assert "Une note et un motif s’excluent." in html
    assert html.count("(facultatif)") == 0  # a box is never compulsory: saying so would be noise
    assert "(facultatif)" in str(
        forms.CharField(label="Remarque", required=False).get_bound_field(MarkForm(), "x").label_tag()
    )


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_a_failure_is_told_without_any_context(template: str) -> None:
    assert "Revenir à l’accueil" in render_to_string(template)


@pytest.mark.parametrize("who", ["nobody", "hector", "emile"])
def test_a_wrong_address_keeps_the_frame(client: Client, world: World, who: str) -> None:
    if who != "nobody":
        client.force_login(getattr(world, who))
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "Page introuvable" in page
    assert ("Se déconnecter" in page) == (who != "nobody")
    assert ('role="search"' in page) == (who == "hector")
