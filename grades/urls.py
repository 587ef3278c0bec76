"""The addresses of grades."""

from django.urls import path

from grades import views
from grades.grid import views as grid
from grades.mcc import views as mcc

app_name = "grades"

urlpatterns = [
    path("", views.modules, name="modules"),
    path("modules/<int:module_id>/", views.module, name="module"),
    path("modules/<int:module_id>/saisie/", views.enter_marks, name="enter-marks"),
    path("modules/<int:module_id>/grille/", grid.save_marks, name="save-marks"),
    path("modules/<int:module_id>/grille/depuis/", grid.marks_since, name="marks-since"),
    path("modules/<int:module_id>/grille/chiffres/", grid.figures, name="marks-figures"),
    path("modules/<int:module_id>/evaluation/", views.create_evaluation, name="create-evaluation"),
    path("modules/<int:module_id>/evaluations-mcc/", mcc.plan_module, name="plan-module"),
    path("maquettes/<int:maquette_id>/evaluations-mcc/", mcc.plan_maquette, name="plan-maquette"),
    path("modules/<int:module_id>/feuille/", views.mark_sheet, name="mark-sheet"),
    path("modules/<int:module_id>/import/", views.import_marks, name="import-marks"),
    path("modules/<int:module_id>/import/confirmation/", views.confirm_marks, name="confirm-marks"),
    path("modules/<int:module_id>/historique/", views.history, name="history"),
]
