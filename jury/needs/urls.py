"""The address of what a student still needs, below that of the student."""

from django.urls import path

from jury.needs import views

urlpatterns = [path("", views.needs, name="needs")]
