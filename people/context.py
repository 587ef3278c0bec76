"""The frame around every page: the places, the formation and year in use, the search. A public page asks nothing."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from curriculum.models import Formation, Maquette
from people.models import Role, User

SESSION_KEY = "working"
"""Where the session keeps the choice in use, as `Choice.value`."""

STUDENT = "student"
STAFF = frozenset(Role.STAFF)
COLLEAGUES = frozenset(Role.Kind.values)
PLACES: list[tuple[str, str, frozenset[str]]] = [
    ("À faire", "home", COLLEAGUES | {STUDENT}),
    ("Mon dossier", "people:student", frozenset({STUDENT})),
    ("Mes absences", "attendance:student", frozenset({STUDENT})),
    ("Mes objectifs", "jury:needs", frozenset({STUDENT})),
    ("Notes", "grades:modules", COLLEAGUES),
    ("Étudiants", "people:students", COLLEAGUES),
    ("Jurys", "jury:sessions", STAFF),
    ("Maquettes", "curriculum:maquettes", COLLEAGUES),
    ("Imports", "people:imports", frozenset({Role.Kind.SECRETARIAT})),
]
"""Label, page, who goes there; at most seven each. Pages of the apps above are named, never imported."""
OWN = {"people:student", "attendance:student", "jury:needs"}
"""The pages of PLACES that are about the student who asks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the navigation."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A formation and a year to put in use; `value` is what `people:switch` receives."""

    formation: Formation
    academic_year: str | None  # None: the formation has no maquette yet

    @property
    def label(self) -> str:
        return f"{self.formation} · {self.academic_year}" if self.academic_year else str(self.formation)

    @property
    def value(self) -> str:
        return f"{self.formation.pk}:{self.academic_year or ''}"


class Frame:
    """What `base.html` prints around a page: each attribute is computed when asked for, once a request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        # An error page may answer for a broken middleware: then nobody has set the user.
        user = getattr(request, "user", None)
        self._user = user if isinstance(user, User) else None

    @cached_property
    def choices(self) -> list[Choice]:
        """What can be put in use: formations by code, each with its years, the latest first."""
        return [choice for choices in self._by_formation for choice in choices]

    @cached_property
    def _by_formation(self) -> list[list[Choice]]:
        if self._user is None:
            return []
        formations = self._user.formations().order_by("code").prefetch_related("maquettes")
        return [
            [Choice(formation, year) for year in sorted(years(formation), reverse=True)] or [Choice(formation, None)]
            for formation in formations
        ]

    @cached_property
    def current(self) -> Choice | None:
        """What is in use: what was chosen, or the first formation, in its latest year in service."""
        chosen = self._request.session.get(SESSION_KEY) if self.choices else None
        for choice in self.choices:
            if choice.value == chosen:
                return choice
        if not self._by_formation:
            return None
        first = self._by_formation[0]
        running = years(first[0].formation, state=Maquette.State.IN_SERVICE)
        return next((choice for choice in first if choice.academic_year in running), first[0])

    @property
    def formation(self) -> Formation | None:
        return self.current.formation if self.current else None

    @property
    def academic_year(self) -> str | None:
        return self.current.academic_year if self.current else None

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What the user is to the formation in use: `Role.Kind` values, or a student of it."""
        if self._user is None or self.formation is None:
            return frozenset()
        return self._user.roles_by_formation.get(self.formation.pk, frozenset({STUDENT}))

    @cached_property
    def places(self) -> list[Place]:
        return [self._place(label, page) for label, page, kinds in PLACES if kinds & self.kinds]

    def _place(self, label: str, page: str) -> Place:
        url = reverse(page, args=[self._user.student.pk] if self._user and page in OWN else [])
        here = self._request.path
        return Place(label, url, here == url or (url != "/" and here.startswith(url)))

    @property
    def search_url(self) -> str | None:
        return reverse("people:search") if COLLEAGUES & self.kinds else None


def years(formation: Formation, state: str | None = None) -> set[str]:
    """The years of a formation that have a maquette (in this state); the maquettes are prefetched."""
    return {maquette.academic_year for maquette in formation.maquettes.all() if state in (None, maquette.state)}


def frame_of(request: HttpRequest) -> Frame:
    """Return the frame of this request: one for the view and the templates."""
    frame: Frame = request.__dict__.setdefault("_frame", Frame(request))
    return frame


def working(request: HttpRequest) -> tuple[Formation | None, str | None]:
    """Return the formation and the academic year in use; None: nobody's, or a formation without maquette."""
    current = frame_of(request)
    return current.formation, current.academic_year


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor."""
    return {"frame": frame_of(request)}
