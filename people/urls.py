"""The addresses of people: coming in, students, imports, search."""

from django.contrib.auth import views as auth
from django.urls import path

from people import views
from people.forms import LoginForm
from people.imports import LISTS

app_name = "people"

urlpatterns = [
    path(
        "connexion/",
        auth.LoginView.as_view(
            template_name="people/login.html", authentication_form=LoginForm, redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("deconnexion/", auth.LogoutView.as_view(next_page="people:login"), name="logout"),
    path("mot-de-passe/", views.ChangePassword.as_view(), name="change-password"),
    path("mot-de-passe/oublie/", views.ForgottenPassword.as_view(), name="forgotten-password"),
    path("mot-de-passe/nouveau/<uidb64>/<token>/", views.NewPassword.as_view(), name="new-password"),
    path("formation/", views.switch, name="switch"),
    path("recherche/", views.search, name="search"),
    path("etudiants/", views.students, name="students"),
    path("etudiants/<int:student_id>/", views.student, name="student"),
    path("etudiants/<int:student_id>/equivalences/", views.equivalences, name="equivalences"),
    path(
        "etudiants/<int:student_id>/equivalences/<int:equivalence_id>/retrait/",
        views.withdraw_equivalence,
        name="withdraw-equivalence",
    ),
    path("imports/", views.imports, name="imports"),
]
for kind in LISTS:
    urlpatterns += [
        path(f"imports/{kind}/", views.preview_import, {"kind": kind}, name=f"import-{kind}"),
        path(f"imports/{kind}/confirmer/", views.confirm_import, {"kind": kind}, name=f"confirm-{kind}"),
        path(f"imports/{kind}/fichier/", views.list_file, {"kind": kind}, name=f"file-{kind}"),
    ]
