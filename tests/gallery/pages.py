"""Every page and state that is looked at, and by name and reason those that are not.

`tests/web/test_gallery.py` fails when an address or a template is in neither list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.gallery import acts

VISITOR, OWNER, MEMBER, NEWCOMER, OPERATOR = (
    "", "alice@example.org", "p0@example.org", "new@example.org", "root@example.org",
)  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """`path` names facts of the content in braces; `template` is what it shows; `act` is done there
    before the picture is taken.
    """

    name: str
    path: str
    template: str
    act: Callable[[Page], None] | None = None
    status: int = 200


PRINTED = "/printed/"  # no address of the site: what tests/gallery/printed.py has rendered
ABOUT = "{about}"

FRONT = [
    Shot("home", "/", "public/home.html"),
    Shot("person", "/u/camille-morel/", "public/person.html"),
    Shot("person-of-few-words", "/u/new/", "public/person.html"),
    Shot("nowhere", "/nowhere/", "404.html", status=404),
]
QUESTION = [
    Shot("brand", "/b/mio/", "public/brand.html"),
    Shot("brand-search", "/b/mio/?q=car", "public/brand.html"),
    Shot("brand-empty", "/b/verein/", "public/brand.html"),
    Shot("roadmap", "/b/mio/roadmap/", "public/roadmap.html"),
    Shot("roadmap-empty", "/b/verein/roadmap/", "public/roadmap.html"),
    Shot("challenge", "/b/mio/c/street/?view=cards", "public/challenge.html"),
    Shot("challenge-dense", "/b/mio/c/street/?view=list", "public/challenge.html"),
    Shot("challenge-blind", "/b/mio/c/blind/?view=cards", "public/challenge.html"),
    Shot("challenge-points", "/b/mio/c/night/?view=cards", "public/challenge.html"),
    Shot("challenge-french", "/b/bouilloire/c/matin/?view=cards", "public/challenge.html"),
    Shot("challenge-empty", "/b/verein/c/open/", "public/challenge.html"),
    Shot("discover", "/b/mio/c/street/?sort=discover", "public/challenge.html"),
    Shot("search", "/b/mio/c/street/?q=car&tag=street", "public/challenge.html"),
    Shot("search-empty", "/b/mio/c/street/?q=zeppelin", "public/challenge.html"),
    Shot("narrow", "/b/mio/c/street/", "public/challenge.html", acts.open_filters),
    Shot("rules", "/b/mio/c/street/rules/", "public/rules.html"),
    Shot("paper", "/docs/api/", "public/paper.html"),
]
IDEA = [
    Shot("idea", "{roof}", "public/idea.html"),
    Shot("idea-long", "{long}", "public/idea.html"),
    Shot("idea-points", "{mark}", "public/idea.html"),
    Shot("idea-pictures", "{changed}/", "public/idea.html"),
    Shot("idea-picture-open", "{changed}/", "public/idea.html", acts.open_picture),
    Shot("idea-share", "{roof}", "public/idea.html", acts.open_share),
    Shot("why", ABOUT + "/why/", "public/why.html"),
    Shot("history", "{changed}/history/", "public/history.html"),
    Shot("sign", "{sign}", "public/authors_invitation.html"),
    Shot("sign-over", "{own}/authors/nothing/", "public/authors_over.html", status=404),
]
ENTRANCE = [
    Shot("join", "/accounts/signup/?next=/", "account/signup.html"),
    Shot("join-wrong", "/accounts/signup/", "account/signup.html", acts.send_empty),
    Shot("enter", "/accounts/enter/", "account/enter.html"),
    Shot("enter-to-vote", "/accounts/enter/?next={wish}", "account/enter.html"),
    Shot(
        "enter-code", "/accounts/enter/?next={wish}", "account/enter_code.html",
        acts.ask_to_enter,
    ),
    Shot("login", "/accounts/login/", "account/login.html"),
    Shot("login-wrong", "/accounts/login/", "account/login.html", acts.sign_in_wrongly),
    Shot("reset", "/accounts/password/reset/", "account/password_reset.html"),
    Shot(
        "reset-code", "/accounts/password/reset/", "account/confirm_password_reset_code.html",
        acts.ask_for_reset,
    ),
    Shot(
        "join-code", "/accounts/signup/", "account/confirm_email_verification_code.html",
        acts.sign_up,
    ),
    Shot("inactive", "/accounts/inactive/", "account/account_inactive.html"),
    Shot("invitation", "{invitation}", "public/invitation.html"),
    Shot("invitation-over", "/invitations/nothing/", "public/invitation_over.html", status=404),
    Shot("unsubscribe", "{unsubscribe}", "public/unsubscribe.html"),
    Shot("unsubscribe-over", "/unsubscribe/no/", "public/unsubscribe_over.html", status=404),
]  # fmt: skip
EMBEDS = [
    Shot("embed-idea", "/embed/v1/ideas/{code}/?key={widget}", "embed/idea.html"),
    Shot("embed-board", "/embed/v1/brands/mio/?key={widget}&challenge=street", "embed/board.html"),
    Shot("embed-refused", "/embed/v1/ideas/{code}/", "embed/refused.html", status=404),
]
TAKING_PART = [
    Shot("home-member", "/", "public/home.html"),
    Shot("challenge-member", "/b/mio/c/street/?view=cards", "public/challenge.html"),
    Shot("challenge-dense-member", "/b/mio/c/street/?view=list", "public/challenge.html"),
    Shot("challenge-points-member", "/b/mio/c/night/?view=list", "public/challenge.html"),
    Shot("challenge-french-member", "/b/bouilloire/c/matin/?view=list", "public/challenge.html"),
    Shot("idea-member", "{roof}", "public/idea.html"),
    Shot("idea-unsent", "{roof}", "public/idea.html", acts.vote_without_network),
    Shot("idea-points-member", "{mark}", "public/idea.html"),
    Shot("comment", ABOUT + "/comments/", "public/comment.html"),
    Shot("comment-edit", "{own-words}", "public/comment.html"),
    Shot("report", ABOUT + "/report/", "public/report.html"),
    Shot("follow", ABOUT + "/follow/", "public/follow.html"),
    Shot("vote", ABOUT + "/vote/?value=1", "public/vote.html"),
    Shot("vote-gone", "/i/gonegone/vote/", "public/vote_gone.html", status=404),
    Shot("not-allowed", "/desk/mio/", "403.html", status=403),
]
WRITING = [
    Shot("submit", "/b/mio/submit/?challenge=street", "public/submit.html"),
    Shot("submit-wrong", "/b/mio/submit/?challenge=street", "public/submit.html", acts.post_empty),
    Shot("submit-preview", "/b/mio/submit/", "public/submit.html", acts.look_at_it_first),
    Shot(
        "submit-similar", "/b/mio/submit/?challenge=street&title=The+flat+roof+that+drinks+all",
        "public/submit.html",
    ),
    Shot("compose", "/b/mio/c/street/?view=list", "public/challenge.html", acts.unfold),
    Shot("compose-brand", "/b/mio/", "public/brand.html", acts.unfold),
    Shot("edit", "{changed}/edit/", "public/edit.html"),
    Shot("idea-own", "{own}/", "public/idea.html"),
    Shot("idea-deleted", "{deleted}/", "public/idea_deleted.html"),
    Shot("history-team", "{changed}/history/", "public/history.html"),
    Shot("authors", "{own}/authors/", "public/authors.html"),
    Shot("delete", "{own}/delete/", "public/delete.html"),
    Shot("budget", "/b/mio/c/few/", "public/challenge.html"),
    Shot("statement", "/b/mio/c/few/votes/", "public/statement.html"),
]  # fmt: skip
ME = [
    Shot("me", "/me/", "me/index.html"),
    Shot("profile", "/me/profile/", "me/profile.html"),
    Shot("profile-wrong", "/me/profile/", "me/profile.html", acts.empty_and_save),
    Shot("tokens", "/me/tokens/", "me/tokens.html"),
    Shot("places", "/me/places/", "me/places.html"),
    Shot("notifications", "/me/notifications/", "me/notifications.html"),
    Shot("deliveries", "/me/deliveries/", "me/deliveries.html"),
    Shot("drafts", "/me/drafts/", "me/drafts.html"),
    Shot("sessions", "/me/sessions/", "me/sessions.html"),
    Shot("data", "/me/data/", "me/data.html"),
    Shot("erase", "/me/data/erase/", "me/erase.html"),
    Shot("account", "/accounts/email/", "account/email_change.html"),
    Shot("password", "/accounts/password/change/", "account/password_change.html"),
    Shot("logout", "/accounts/logout/", "account/logout.html"),
    Shot("reauthenticate", "/accounts/reauthenticate/", "account/reauthenticate.html"),
]
NOTHING_YET = [
    Shot("empty-me", "/me/", "me/index.html"),
    Shot("empty-places", "/me/places/", "me/places.html"),
    Shot("empty-tokens", "/me/tokens/", "me/tokens.html"),
    Shot("empty-drafts", "/me/drafts/", "me/drafts.html"),
    Shot("empty-deliveries", "/me/deliveries/", "me/deliveries.html"),
    Shot("empty-notifications", "/me/notifications/", "me/notifications.html"),
    Shot("empty-statement", "/b/mio/c/few/votes/", "public/statement.html"),
]
DESK = [
    Shot("desk", "/desk/mio/", "desk/ideas.html"),
    Shot("desk-pane", "/desk/mio/", "desk/pane.html", acts.open_beside),
    Shot("desk-chosen", "/desk/mio/", "desk/ideas.html", acts.tick_three),
    Shot("desk-keys-help", "/desk/mio/", "desk/ideas.html", acts.ask_for_keys),
    Shot("desk-none", "/desk/mio/?q=zeppelin", "desk/ideas.html"),
    Shot("desk-empty", "/desk/verein/", "desk/ideas.html"),
    Shot("desk-many", "/desk/mio/many/?idea={code}&idea={quiet-code}", "desk/many.html"),
    Shot("desk-idea", "{at_desk}", "desk/idea.html"),
    Shot("desk-vote-wrong", "{votable_at_desk}", "desk/idea.html", acts.vote_for_nobody),
    Shot("desk-views", "/desk/mio/views/", "desk/views.html"),
    Shot("desk-reports", "/desk/mio/reports/", "desk/reports.html"),
    Shot("desk-reports-empty", "/desk/verein/reports/", "desk/reports.html"),
    Shot("desk-people", "/desk/mio/people/", "desk/people.html"),
    Shot("desk-stop", "{stop}", "desk/stop.html"),
    Shot("desk-insights", "/desk/mio/insights/", "desk/insights.html"),
    Shot("desk-insights-empty", "/desk/verein/insights/", "desk/insights.html"),
]
ARRANGING = [
    Shot("desk-challenges", "/desk/mio/challenges/", "desk/challenges.html"),
    Shot("desk-challenge-new", "/desk/mio/challenges/new/", "desk/challenges.html"),
    Shot("desk-draft", "{draft}", "desk/challenge.html"),
    Shot("desk-challenge", "/desk/mio/challenges/street/", "desk/challenge.html"),
    Shot(
        "desk-review", "/desk/mio/challenges/street/", "desk/challenge_review.html",
        acts.see_what_would_change,
    ),
    Shot("desk-statuses", "/desk/mio/statuses/", "desk/statuses.html"),
    Shot("desk-alerts", "/desk/mio/alerts/", "desk/alerts.html"),
    Shot("desk-imports", "/desk/mio/imports/", "desk/imports.html"),
    Shot("desk-imports-empty", "/desk/verein/imports/", "desk/imports.html"),
    Shot("desk-import-draft", "{import-draft}", "desk/imports_draft.html"),
    Shot("desk-import-done", "{import-done}", "desk/imports_batch.html"),
    Shot("desk-keys", "/desk/mio/keys/", "desk/keys.html"),
    Shot("desk-key-made", "/desk/mio/keys/", "desk/key_made.html", acts.make_key),
    Shot("desk-embeds", "/desk/mio/embed/", "desk/embeds.html"),
    Shot("desk-settings", "/desk/mio/settings/", "desk/settings.html"),
    Shot("desk-team", "/desk/mio/team/", "desk/team.html"),
    Shot("desk-hand-over", "/desk/mio/team/hand-over/", "desk/hand_over.html"),
    Shot("desk-admission", "/desk/verein/admission/", "desk/admission.html"),
]  # fmt: skip
GUIDE = [Shot("styleguide", "/styleguide/", "guide/index.html")]
ERRORS = [
    Shot(f"error-{name}", f"{PRINTED}{name}.html", f"{name}.html")
    for name in ("400", "403", "403_csrf", "404", "429", "500", "503", "refused")
]
MAILS = [
    Shot(f"mail-{name}", f"{PRINTED}mail-{name}", f"emails/{name}/body.html")
    for name in (
        "account_already_exists", "brand_handed_over", "co_author_invitation", "digest",
        "email_changed", "email_confirmation_signup", "idea_top", "invitation", "key_leaked",
        "key_revoked", "notice", "password_reset_code", "unknown_account",
    )
]  # fmt: skip
FIRST_RUN = [Shot("first-run", "/", "public/home.html")]
BEFORE = [Shot("home-empty", "/", "public/home.html")]  # nobody has made anything yet

# What is looked at, by whom.
GALLERY: dict[str, tuple[str, list[Shot]]] = {
    "before": (VISITOR, BEFORE),
    "front": (VISITOR, FRONT),
    "question": (VISITOR, QUESTION),
    "idea": (VISITOR, IDEA),
    "entrance": (VISITOR, ENTRANCE),
    "embeds": (VISITOR, EMBEDS),
    "errors": (VISITOR, ERRORS),
    "mails": (VISITOR, MAILS),
    "first-run": (VISITOR, FIRST_RUN),
    "taking-part": (MEMBER, TAKING_PART),
    "nothing-yet": (NEWCOMER, NOTHING_YET),
    "writing": (OWNER, WRITING),
    "me": (OWNER, ME),
    "desk": (OWNER, DESK),
    "arranging": (OWNER, ARRANGING),
    "guide": (OPERATOR, GUIDE),
}

DATA = "no page: data for scripts, telephones, searchers or proxies"
PICTURE = "no page: a picture"
LEADS_ON = "leads on to a page that is here"
NEEDS_A_LETTER = "its link comes by a mail that this site sends no more; codes took its place"
ADDRESSES_NOT_SHOWN = {
    "counts": DATA, "manifest": DATA, "ahead": DATA, "favicon": DATA, "robots": DATA,
    "healthz": DATA, "readyz": DATA, "metrics": DATA, "download_data": "no page: a file",
    "logo": PICTURE, "cover": PICTURE, "challenge_cover": PICTURE, "picture": PICTURE,
    "waiting_picture": PICTURE, "avatar": PICTURE, "card": PICTURE, "plain_card": PICTURE,
    "similar": "the part of the page for writing that `submit-similar` shows",
    "own_colour": "no page: a style sheet",
    "language": LEADS_ON, "comment": LEADS_ON, "try_demo": LEADS_ON, "open_notice": LEADS_ON,
    "papers": LEADS_ON,
    "account_email_verification_sent": "`join-code` shows it",
    "account_confirm_password_reset_code": "`reset-code` shows it",
    "account_complete_password_reset": "the two fields of `password`, behind a code from a mail",
    "account_password_reset_completed": LEADS_ON,
    "account_set_password": LEADS_ON,
    "account_confirm_login_code": LEADS_ON,
    "account_enter_code": "`enter-code` shows it",
    "account_reauthenticate_code": LEADS_ON,
}  # fmt: skip
TEMPLATES_NOT_SHOWN = {
    "admin/index.html": "operators have Django's own pages",
    "account/confirm_login_code.html": "signing in by code is ours: `enter-code`",
    "account/reauthenticate_code.html": "as `enter-code`; every account here has a password",
    "account/password_reset_from_key.html": ADDRESSES_NOT_SHOWN["account_complete_password_reset"],
    "account/password_reset_from_key_done.html": LEADS_ON,
    "account/password_set.html": "every account here has a password",
    "account/signup_closed.html": "signing up is open",
    "account/verification_sent.html": NEEDS_A_LETTER,
    "account/verified_email_required.html": NEEDS_A_LETTER,
    "me/erased.html": "whoever sees it is erased: two sentences in the frame of `logout`",
    "public/edit_kept.html": "a session that ends within a form; `kept_words` as in the next",
    "public/kept.html": "as above, and too fast",
}
