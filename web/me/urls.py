"""A member's own pages, under /me/."""

from django.urls import path

from web.me import views

urlpatterns = [
    path("", views.mine, name="me"),
]
