"""PURE: a référentiel de compétences, read from the XML that Orébut gives; whatever is odd in it is refused.

The format is the ministry’s: competences with their niveaux and apprentissages critiques, then the parcours, which say
which niveaux they teach in which year. No document type is accepted, hence no entity.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from curriculum.workbook.guard import Unreadable
from curriculum.workbook.naming import fold, plain

MAX_FILE = 1_000_000
"""Twenty times a real one."""
LONGEST_NAME, LONGEST_CODE, LONGEST_TITLE, LONGEST_TEXT = 80, 20, 300, 2_000
STEPS = (1, 2, 3)
"""Niveaux of a competence, years of a BUT."""
MOST = 50
"""The highest number of a competence."""

ROOT = "referentiel_competence"
CONTENT: Mapping[str, tuple[str, ...]] = {
    "": (ROOT,),
    ROOT: ("competences", "parcours"),
    f"{ROOT}/competences": ("competence",),
    f"{ROOT}/competences/competence": ("situations", "composantes_essentielles", "niveaux"),
    f"{ROOT}/competences/competence/situations": ("situation",),
    f"{ROOT}/competences/competence/composantes_essentielles": ("composante",),
    f"{ROOT}/competences/competence/niveaux": ("niveau",),
    f"{ROOT}/competences/competence/niveaux/niveau": ("acs",),
    f"{ROOT}/competences/competence/niveaux/niveau/acs": ("ac",),
    f"{ROOT}/parcours": ("parcour",),
    f"{ROOT}/parcours/parcour": ("annee",),
    f"{ROOT}/parcours/parcour/annee": ("competence",),
}
"""What may stand in what."""
TEXTS = ("situation", "composante", "ac")
"""The elements whose text is read; the others hold none."""
Skill = tuple[str, int]
"""A niveau by the name of its competence and its number."""


@dataclass(frozen=True, slots=True)
class Learning:
    """An apprentissage critique."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Niveau:
    """One step of a competence, and what is learnt in it."""

    number: int
    title: str
    learnings: tuple[Learning, ...]


@dataclass(frozen=True, slots=True)
class Competence:
    """A competence; several bear one number when each belongs to a parcours of its own."""

    number: int
    name: str
    title: str
    colour: str
    situations: tuple[str, ...]
    components: tuple[str, ...]
    niveaux: tuple[Niveau, ...]


@dataclass(frozen=True, slots=True)
class Parcours:
    """A parcours, and the niveaux that it teaches in each year of BUT."""

    code: str
    title: str
    years: Mapping[int, tuple[Skill, ...]]


@dataclass(frozen=True, slots=True)
class Referentiel:
    """A whole référentiel, in the order of its file."""

    speciality: str
    title: str
    competences: tuple[Competence, ...]
    parcours: tuple[Parcours, ...]


def parse(data: bytes) -> Referentiel:
    """Return what a file says. Raises Unreadable: one French sentence, with the line where there is one."""
    if len(data) > MAX_FILE:
        raise Unreadable("le fichier pèse plus de 1 Mo, c’est la limite d’un référentiel.")
    root = _tree(data)
    competences = tuple(_competences(root))
    if not competences:
        raise Unreadable("ce référentiel ne contient aucune compétence (élément « competence »).")
    return Referentiel(
        speciality=_attribute(root, "specialite", LONGEST_NAME),
        title=_attribute(root, "specialite_long", LONGEST_TITLE),
        competences=competences,
        parcours=tuple(_parcours(root, {competence.name: competence for competence in competences})),
    )


@dataclass(slots=True)
class _Node:
    tag: str
    line: int
    attributes: Mapping[str, str]
    children: list["_Node"] = field(default_factory=list)
    text: str = ""

    def refuse(self, sentence: str) -> NoReturn:
        raise Unreadable(f"ligne {self.line} : {sentence}")


class _Builder:
    """Makes a tree of the elements that the format knows, and stops at the first that it does not."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.say
        self.top = _Node("", 0, {})
        self.open = [self.top]

    def refuse_doctype(self, *_: object) -> None:
        self.here().refuse("un type de document (DOCTYPE) n’a pas sa place dans un référentiel.")

    def here(self) -> _Node:
        return _Node("", self.parser.CurrentLineNumber, {})

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        path = "/".join(node.tag for node in self.open[1:])
        expected = CONTENT.get(path, ())
        node = _Node(tag, self.parser.CurrentLineNumber, attributes)
        if tag not in expected:
            where = f"dans « {self.open[-1].tag} »" if path else "au début du fichier"
            wanted = " ou ".join(f"« {name} »" for name in expected) or "du texte"
            node.refuse(f"« {plain(tag)[:60]} » {where} ; attendu, {wanted}.")
        self.open[-1].children.append(node)
        self.open.append(node)

    def end(self, _: str) -> None:
        self.open.pop()

    def say(self, text: str) -> None:
        node = self.open[-1]
        if node.tag in TEXTS:
            node.text += text
        elif plain(text):
            self.here().refuse(f"le texte « {plain(text)[:60]} » n’est pas attendu dans « {node.tag} ».")


def _tree(data: bytes) -> _Node:
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        line = getattr(error, "lineno", 1)
        raise Unreadable(f"ligne {line} : ce n’est pas un fichier XML bien formé.") from error
    return builder.top.children[0]


def _competences(root: _Node) -> Iterator[Competence]:
    nodes = list(_below(root, "competences", "competence"))
    _once(nodes, "name", "la compétence")
    for node in nodes:
        niveaux = list(_below(node, "niveaux", "niveau"))
        if not niveaux:
            node.refuse("cette compétence n’a aucun niveau.")
        _once(niveaux, "ordre", "le niveau")
        yield Competence(
            number=_number(node, "numero", range(1, MOST + 1)),
            name=_attribute(node, "name", LONGEST_NAME),
            title=_attribute(node, "libelle_long", LONGEST_TITLE),
            colour=plain(node.attributes.get("couleur", ""))[:LONGEST_CODE],
            situations=tuple(_text(each) for each in _below(node, "situations", "situation")),
            components=tuple(_text(each) for each in _below(node, "composantes_essentielles", "composante")),
            niveaux=tuple(sorted(map(_niveau, niveaux), key=lambda niveau: niveau.number)),
        )


def _niveau(node: _Node) -> Niveau:
    """Read a niveau; a code may come back in another: a real référentiel does it."""
    learnings = list(_below(node, "acs", "ac"))
    _once(learnings, "code", "l’apprentissage critique")
    return Niveau(
        number=_number(node, "ordre", STEPS),
        title=_attribute(node, "libelle", LONGEST_TITLE),
        learnings=tuple(Learning(_attribute(each, "code", LONGEST_CODE), _text(each)) for each in learnings),
    )


def _parcours(root: _Node, competences: Mapping[str, Competence]) -> Iterator[Parcours]:
    nodes = list(_below(root, "parcours", "parcour"))
    _once(nodes, "code", "le parcours")
    for node in nodes:
        _once(node.children, "ordre", "l’année")
        yield Parcours(
            code=_attribute(node, "code", LONGEST_CODE),
            title=_attribute(node, "libelle", LONGEST_TITLE),
            years={_number(year, "ordre", STEPS): tuple(_skills(year, competences)) for year in node.children},
        )


def _skills(year: _Node, competences: Mapping[str, Competence]) -> Iterator[Skill]:
    """Yield the niveaux of one year of a parcours; each is described, and no two competences claim one rank."""
    _once(year.children, "nom", "la compétence")
    ranks = Counter[int]()
    for node in year.children:
        name, level = _attribute(node, "nom", LONGEST_NAME), _number(node, "niveau", STEPS)
        known = competences.get(name)
        if known is None:
            node.refuse(f"la compétence « {name} » n’est pas décrite dans ce référentiel.")
        if level not in {niveau.number for niveau in known.niveaux}:
            node.refuse(f"la compétence « {name} » n’a pas de niveau {level} dans ce référentiel.")
        ranks[known.number] += 1
        if ranks[known.number] > 1:
            node.refuse(f"cette année a déjà une compétence de numéro {known.number}.")
        yield name, level


def _below(node: _Node, group: str, tag: str) -> Iterator[_Node]:
    return (each for holder in node.children if holder.tag == group for each in holder.children if each.tag == tag)


def _once(nodes: Iterable[_Node], attribute: str, what: str) -> None:
    """Refuse the second that bears a name, however it is spelt."""
    seen: set[str] = set()
    for node in nodes:
        name = plain(node.attributes.get(attribute, ""))
        if fold(name) in seen:
            node.refuse(f"{what} « {name[:60]} » est là deux fois.")
        seen.add(fold(name))


def _attribute(node: _Node, name: str, longest: int) -> str:
    """Return what an element says of itself, on one line; never nothing, never too much."""
    text = plain(node.attributes.get(name, ""))
    if not text:
        node.refuse(f"l’attribut « {name} » de « {node.tag} » manque ou est vide.")
    if len(text) > longest:
        node.refuse(f"l’attribut « {name} » de « {node.tag} » dépasse {longest} caractères.")
    return text


def _number(node: _Node, name: str, among: Iterable[int]) -> int:
    text = _attribute(node, name, LONGEST_CODE)
    known = {str(number): number for number in among}
    if text not in known:
        node.refuse(
            f"« {name} » vaut « {text} » ; attendu, un nombre de {min(known.values())} à {max(known.values())}."
        )
    return known[text]


def _text(node: _Node) -> str:
    text = plain(node.text)
    if not text:
        node.refuse(f"« {node.tag} » est vide.")
    if len(text) > LONGEST_TEXT:
        node.refuse(f"« {node.tag} » dépasse {LONGEST_TEXT} caractères.")
    return text
