"""The addresses of curriculum, under maquettes/."""

from django.urls import include, path

from curriculum import views
from curriculum.editing import views as editing
from curriculum.wizard import views as wizard

app_name = "curriculum"

urlpatterns = [
    path("", views.maquettes, name="maquettes"),
    path("", include("curriculum.versions.urls")),
    path("", include("curriculum.competences.urls")),
    path("<int:maquette_id>/", views.maquette, name="maquette"),
    path("<int:maquette_id>/json/", views.maquette_json, name="maquette-json"),
    path("<int:maquette_id>/xlsx/", views.maquette_xlsx, name="maquette-xlsx"),
    path("modele/", views.blank_template, name="template"),
    path("imports/", wizard.uploads, name="uploads"),
    path("imports/<int:upload_id>/", wizard.upload, name="upload"),
    path("imports/<int:upload_id>/lecture/", wizard.progress, name="upload-progress"),
    path("imports/<int:upload_id>/tableaux/<int:rank>/", wizard.table, name="upload-table"),
    path("imports/<int:upload_id>/tableaux/<int:rank>/cellule/", wizard.save_cell, name="upload-cell"),
    path("imports/<int:upload_id>/tableaux/<int:rank>/corriger/", wizard.correct, name="upload-correct"),
    path("imports/<int:upload_id>/enregistrer/", wizard.confirm, name="upload-confirm"),
    path("imports/<int:upload_id>/abandonner/", wizard.cancel, name="upload-cancel"),
    path("tableaux/<int:plan_id>/", views.plan, name="plan"),
    path("tableaux/<int:plan_id>/cellule/", editing.save_cell, name="cell"),
    path("tableaux/<int:plan_id>/corriger/", editing.correct, name="correct"),
    path("modules/<int:module_id>/", views.module, name="module"),
]
