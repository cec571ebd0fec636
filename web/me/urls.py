"""A member's own pages, under /me/."""

from django.urls import path

from web.me import data, places, profile, sessions, tokens, told, views
from web.public import drafts

urlpatterns = [
    path("", views.mine, name="me"),
    path("profile/", profile.profile, name="profile"),
    path("sessions/", sessions.sessions_list, name="sessions"),
    path("sessions/end/", sessions.end_session, name="end_session"),
    path("sessions/end-others/", sessions.end_other_sessions, name="end_other_sessions"),
    path("tokens/", tokens.tokens_list, name="tokens"),
    path("tokens/revoke/", tokens.revoke, name="revoke_token"),
    path("places/", places.places, name="places"),
    path("places/leave-team/", places.leave_team, name="leave_team"),
    path("places/leave-community/", places.leave_community, name="leave_community"),
    path("notifications/", told.preferences, name="notifications"),
    path("notices/<code:code>/", told.open_notice, name="open_notice"),
    path("deliveries/", told.deliveries, name="deliveries"),
    path("deliveries/try-again/", told.try_again, name="try_again"),
    path("drafts/", drafts.mine, name="drafts"),
    path("drafts/delete/", drafts.delete, name="delete_draft"),
    path("data/", data.data, name="data"),
    path("data/download/", data.download, name="download_data"),
    path("data/erase/", data.erase, name="erase_account"),
]
