"""Every address of the site."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("people.urls")),
    path("maquettes/", include("curriculum.urls")),
    path("absences/", include("attendance.urls")),
    path("notes/", include("grades.urls")),
    path("jury/", include("jury.urls")),
]
