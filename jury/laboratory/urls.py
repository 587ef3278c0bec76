"""The addresses of the laboratory, below that of a jury or of a year group: each carries the règlement tried."""

from django.urls import include, path

from jury.laboratory import views

of_jury = [
    path("", views.laboratory, name="laboratory"),
    path("liste.xlsx", views.laboratory_xlsx, name="laboratory-xlsx"),
    path("etudiants/<int:student_id>/", views.laboratory_student, name="laboratory-student"),
]
of_group = [
    path("", views.group, name="group"),
    path("liste.xlsx", views.group_xlsx, name="group-xlsx"),
    path("etudiants/<int:student_id>/", views.group_student, name="group-student"),
]

urlpatterns = [
    path("<int:session_id>/laboratoire/", include(of_jury)),
    path("laboratoire/<int:formation_id>/<str:academic_year>/S<int:semester>/", include(of_group)),
]
