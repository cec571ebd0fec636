"""The team's pages of one brand, under /desk/<brand>/."""

from django.urls import path

from web.desk import (
    admission,
    alerts,
    brand,
    challenge_rules,
    challenges,
    embeds,
    ideas,
    imports,
    invitations,
    keys,
    people,
    revisions,
    statuses,
    team,
    texts,
    views,
)

urlpatterns = [
    path("", views.desk, name="desk"),
    path("ideas/<code:code>/", ideas.idea, name="desk_idea"),
    path("ideas/<code:code>/status/", ideas.set_status, name="desk_status"),
    path(
        "ideas/<code:code>/status/<slug:decision>/undo/",
        ideas.undo_status,
        name="desk_undo_status",
    ),
    path("ideas/<code:code>/answer/", ideas.answer, name="desk_answer"),
    path(
        "ideas/<code:code>/answer/<slug:comment>/undo/", ideas.undo_answer, name="desk_undo_answer"
    ),
    path("ideas/<code:code>/notes/", ideas.add_note, name="desk_note"),
    path("ideas/<code:code>/notes/<slug:note>/delete/", ideas.delete_note, name="desk_undo_note"),
    path("ideas/<code:code>/hide/", ideas.hide, name="desk_hide"),
    path("ideas/<code:code>/show/", ideas.unhide, name="desk_undo_hide"),
    path(
        "ideas/<code:code>/revisions/<int:number>/hide/", revisions.hide, name="desk_hide_revision"
    ),
    path(
        "ideas/<code:code>/revisions/<int:number>/show/", revisions.show, name="desk_show_revision"
    ),
    path("comments/<slug:code>/hide/", texts.hide_comment, name="desk_hide_comment"),
    path("comments/<slug:code>/show/", texts.show_comment, name="desk_show_comment"),
    path("reports/", texts.reports, name="desk_reports"),
    path("reports/<slug:code>/settle/", texts.settle_report, name="desk_settle"),
    path("people/", people.stopped, name="desk_people"),
    path("people/<slug:ref>/stop/", people.stop, name="desk_stop"),
    path("people/<slug:ref>/allow/", people.allow, name="desk_allow"),
    path("challenges/", challenges.listing, name="desk_challenges"),
    path("challenges/new/", challenges.new, name="desk_new_challenge"),
    path("challenges/<slug:challenge_slug>/", challenges.edit, name="desk_challenge"),
    path(
        "challenges/<slug:challenge_slug>/rules/", challenge_rules.review, name="desk_review_rules"
    ),
    path("challenges/<slug:challenge_slug>/close/", challenges.close, name="desk_close_challenge"),
    path("challenges/<slug:challenge_slug>/discard/", challenges.discard, name="desk_discard"),
    path("challenges/<slug:challenge_slug>/cover/", challenges.cover, name="desk_challenge_cover"),
    path("statuses/", statuses.statuses, name="desk_statuses"),
    path("statuses/standard/", statuses.standard, name="desk_standard_statuses"),
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
    path("imports/", imports.listing, name="desk_imports"),
    path("imports/<slug:code>/", imports.batch, name="desk_import"),
    path("imports/<slug:code>/choose/", imports.choose, name="desk_choose_import"),
    path("imports/<slug:code>/discard/", imports.discard, name="desk_discard_import"),
    path("imports/<slug:code>/undo/", imports.undo, name="desk_undo_import"),
    path("keys/", keys.listing, name="desk_keys"),
    path("embed/", embeds.embeds, name="desk_embeds"),
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
