"""The addresses of the turn of a year."""

from django.urls import path

from jury.turning import views

urlpatterns = [
    path("", views.turns, name="turns"),
    path("<int:turn_id>/", views.turn, name="turn"),
    path("<int:turn_id>/etudiants/", views.turn_students, name="turn-students"),
    path("<int:turn_id>/confirmation/", views.turn_confirm, name="turn-confirm"),
    path("<int:turn_id>/confirmations/<int:act_id>/", views.turn_act, name="turn-act"),
]
