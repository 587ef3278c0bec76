"""The addresses of the laboratory, below that of a jury: each carries the règlement tried."""

from django.urls import path

from jury.laboratory import views

urlpatterns = [
    path("", views.laboratory, name="laboratory"),
    path("liste.xlsx", views.laboratory_xlsx, name="laboratory-xlsx"),
    path("etudiants/<int:student_id>/", views.laboratory_student, name="laboratory-student"),
]
