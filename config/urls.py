"""Every address of the site."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("people.urls")),
]
# While the apps are being built, each at its own pace.
for prefix, app in {"maquettes": "curriculum", "absences": "attendance", "notes": "grades", "jury": "jury"}.items():
    if find_spec(f"{app}.urls"):
        urlpatterns.append(path(f"{prefix}/", include(f"{app}.urls")))
