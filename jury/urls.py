"""The addresses of the jury."""

from django.urls import include, path

from jury import views
from jury.documents import views as documents
from jury.regulations import views as regulations
from jury.sequels import views as sequels

app_name = "jury"

urlpatterns = [
    path("", views.sessions, name="sessions"),
    path("etudiants/<int:student_id>/", views.student, name="student"),
    path("reglements/", regulations.regulations, name="regulations"),
    path("reglements/nouveau/", regulations.regulation_new, name="regulation-new"),
    path("reglements/<int:regulation_id>/", regulations.regulation, name="regulation"),
    path("reglements/<int:regulation_id>/modifier/", regulations.regulation_edit, name="regulation-edit"),
    path("reglements/<int:regulation_id>/modele/", regulations.regulation_preset, name="regulation-preset"),
    path("rentrees/", include("jury.turning.urls")),
    path("nouveau/", views.session_new, name="session-new"),
    path("<int:session_id>/", views.recap, name="recap"),
    path("<int:session_id>/preparation/", views.session_edit, name="session-edit"),
    path("<int:session_id>/ouverture/", views.session_open, name="session-open"),
    path("<int:session_id>/cloture/", views.session_close, name="session-close"),
    path("<int:session_id>/suite/", sequels.sequel, name="sequel"),
    path("<int:session_id>/etudiants/<int:student_id>/notes/", sequels.correct_mark, name="correct-mark"),
    path("<int:session_id>/ecarts/", views.check, name="check"),
    path("", include("jury.laboratory.urls")),
    path("<int:session_id>/pv/", documents.pv, name="pv"),
    path("<int:session_id>/etudiants/<int:student_id>/releve/", documents.releve, name="releve"),
    path("<int:session_id>/etudiants/<int:student_id>/", views.dossier, name="dossier"),
    path("<int:session_id>/etudiants/<int:student_id>/decision/", views.rule, name="rule"),
    path("<int:session_id>/etudiants/<int:student_id>/retrait/", views.withdraw, name="withdraw"),
    path("etudiants/<int:student_id>/objectifs/", include("jury.needs.urls")),
]
