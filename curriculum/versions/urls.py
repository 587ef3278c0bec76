"""The addresses of versions, under maquettes/, in the namespace of curriculum."""

from django.urls import path

from curriculum.versions import views

urlpatterns = [
    path("<int:maquette_id>/valider/", views.validate, name="validate"),
    path("<int:maquette_id>/brouillon/", views.back_to_draft, name="back-to-draft"),
    path("<int:maquette_id>/mettre-en-service/", views.serve, name="serve"),
    path("<int:maquette_id>/archiver/", views.archive, name="archive"),
    path("<int:maquette_id>/copier/", views.copy, name="copy"),
    path("<int:maquette_id>/supprimer/", views.discard, name="discard"),
    path("comparer/", views.compare, name="compare"),
    path("<int:maquette_id>/comparer/<int:other_id>/", views.difference, name="difference"),
    path("<int:maquette_id>/comparer/<int:other_id>/xlsx/", views.difference_xlsx, name="difference-xlsx"),
]
