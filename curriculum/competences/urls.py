"""The addresses of référentiels, under maquettes/, in the namespace of curriculum."""

from django.urls import path

from curriculum.competences import views

urlpatterns = [
    path("referentiels/<int:formation_id>/", views.referentiel, name="referentiel"),
    path("referentiels/<int:formation_id>/importer/", views.import_file, name="referentiel-import"),
    path("referentiels/<int:formation_id>/confirmer/", views.confirm, name="referentiel-confirm"),
    path("<int:maquette_id>/apprentissages/", views.shown_coverage, name="coverage"),
    path("modules/<int:module_id>/apprentissages/", views.learnings, name="module-learnings"),
]
