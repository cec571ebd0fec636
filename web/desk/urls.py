"""The team's pages of one brand, under /desk/<brand>/."""

from django.urls import path

from web.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
]
