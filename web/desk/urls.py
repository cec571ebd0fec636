"""The team's pages of one brand, under /desk/<brand>/."""

from django.urls import path

from web.desk import admission, alerts, brand, invitations, keys, team, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("team/", team.team, name="desk_team"),
    path("team/invite/", team.invite, name="desk_invite"),
    path("team/hand-over/", team.hand_over, name="desk_hand_over"),
    path("team/<slug:handle>/role/", team.change_role, name="desk_change_role"),
    path("team/<slug:handle>/remove/", team.remove, name="desk_remove"),
    path("invitations/<slug:code>/resend/", invitations.resend, name="desk_resend"),
    path("invitations/<slug:code>/withdraw/", invitations.withdraw, name="desk_withdraw"),
    path("admission/", admission.people, name="desk_admission"),
    path("admission/invite/", admission.invite, name="desk_admit"),
    path("admission/<slug:ref>/end/", admission.end, name="desk_end_admission"),
    path("keys/", keys.listing, name="desk_keys"),
    path("keys/<slug:prefix>/rotate/", keys.rotate, name="desk_rotate_key"),
    path("keys/<slug:prefix>/revoke/", keys.revoke, name="desk_revoke_key"),
    path("alerts/", alerts.alerts, name="desk_alerts"),
    path("alerts/bursts/", alerts.bursts, name="desk_bursts"),
    path("alerts/<slug:code>/change/", alerts.change, name="desk_change_alert"),
    path("alerts/<slug:code>/remove/", alerts.remove, name="desk_remove_alert"),
    path("settings/", brand.settings, name="desk_settings"),
    path("settings/address/", brand.address, name="desk_address"),
    path("settings/<slug:kind>/", brand.picture, name="desk_picture"),
]
