"""The addresses of attendance."""

from django.urls import path

from attendance import views

app_name = "attendance"

urlpatterns = [
    path("etudiants/<int:student_id>/", views.student, name="student"),
    path("etudiants/<int:student_id>/saisie/", views.record, name="record"),
    path("<int:absence_id>/", views.correct, name="correct"),
    path("<int:absence_id>/suppression/", views.cancel, name="cancel"),
]
