"""The addresses of grades."""

from django.urls import path

from grades import views

app_name = "grades"

urlpatterns = [
    path("", views.modules, name="modules"),
    path("modules/<int:module_id>/", views.module, name="module"),
    path("modules/<int:module_id>/saisie/", views.enter_marks, name="enter-marks"),
    path("modules/<int:module_id>/evaluation/", views.create_evaluation, name="create-evaluation"),
    path("modules/<int:module_id>/feuille/", views.mark_sheet, name="mark-sheet"),
    path("modules/<int:module_id>/import/", views.import_marks, name="import-marks"),
    path("modules/<int:module_id>/import/confirmation/", views.confirm_marks, name="confirm-marks"),
    path("modules/<int:module_id>/historique/", views.history, name="history"),
]
