"""A member's own pages, under /me/."""

from django.urls import path

from web.me import sessions, views

urlpatterns = [
    path("", views.mine, name="me"),
    path("sessions/", sessions.sessions_list, name="sessions"),
    path("sessions/end/", sessions.end_session, name="end_session"),
    path("sessions/end-others/", sessions.end_other_sessions, name="end_other_sessions"),
]
