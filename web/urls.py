"""Every page's address. `docs/api.md` and clients rely on the shapes under /b/, /i/ and /u/."""

from django.urls import include, path, register_converter
from django.views.generic import TemplateView

from web import ahead, colours, papers, pictures
from web.guide import views as styleguide
from web.health import healthz, readyz
from web.invitations import invitation
from web.language import language
from web.manifest import favicon, manifest
from web.public import (
    authors,
    cards,
    comments,
    counts,
    deleting,
    drafts,
    edit,
    follows,
    history,
    home,
    images,
    logos,
    people,
    reports,
    roadmap,
    rules,
    similar,
    statement,
    submit,
    views,
    votes,
    why,
)
from web.unsubscribe import unsubscribe


class Code:
    """The public name of an idea or a comment."""

    regex = "[0-9a-z]{6,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Digits(Code):
    """Of a colour, as #rrggbb has them."""

    regex = "[0-9a-f]{6}"


register_converter(Code, "code")
register_converter(Digits, "digits")

urlpatterns = [
    path("", home.home, name="home"),
    path("b/<slug:slug>/", views.brand, name="brand"),
    path("b/<slug:slug>/c/<slug:challenge_slug>/", views.challenge, name="challenge"),
    path("b/<slug:slug>/c/<slug:challenge_slug>/rules/", rules.rules, name="challenge_rules"),
    path("b/<slug:slug>/c/<slug:challenge_slug>/votes/", statement.statement, name="statement"),
    path("b/<slug:slug>/roadmap/", roadmap.roadmap, name="roadmap"),
    path("b/<slug:slug>/submit/", submit.submit, name="submit"),
    path("b/<slug:slug>/similar/", similar.similar, name="similar"),
    path("b/<slug:slug>/counts/", counts.counts, name="counts"),
    path("b/<slug:slug>/drafts/save/", drafts.save, name="save_draft"),
    path("b/<slug:slug>/logo/<slug:name>.webp", logos.logo, name="logo"),
    path("b/<slug:slug>/cover/<slug:name>.webp", logos.cover, name="cover"),
    path("b/<slug:slug>/pictures/", images.upload, name="upload_picture"),
    path("b/<slug:slug>/pictures/<code:image>/crop/", images.crop, name="crop_picture"),
    path(
        "b/<slug:slug>/pictures/<code:image>-<int:width>.webp",
        images.waiting,
        name="waiting_picture",
    ),
    path(
        "b/<slug:slug>/c/<slug:challenge_slug>/cover/<slug:name>.webp",
        images.challenge_cover,
        name="challenge_cover",
    ),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("invitations/<slug:secret>/", invitation, name="invitation"),
    path("i/<code:code>/vote/", votes.vote, name="vote"),
    path("i/<code:code>/edit/", edit.edit, name="edit_idea"),
    path("i/<code:code>/history/", history.history, name="history"),
    path("i/<code:code>/why/", why.why, name="why"),
    path("i/<code:code>/delete/", deleting.delete, name="delete_idea"),
    path("i/<code:code>/restore/", deleting.restore, name="restore_idea"),
    path("i/<code:code>/authors/", authors.authors, name="authors"),
    path("i/<code:code>/authors/<slug:secret>/", authors.by_mail, name="authors_by_mail"),
    path("i/<code:code>/follow/", follows.follow, name="follow"),
    path("i/<code:code>/report/", reports.report, name="report"),
    path("i/<code:code>/comments/", comments.write, name="comments"),
    path("i/<code:code>/comments/<code:comment_code>/", comments.comment, name="comment"),
    path("i/<code:code>/comments/<code:comment_code>/edit/", comments.edit, name="edit_comment"),
    path(
        "i/<code:code>/comments/<code:comment_code>/delete/",
        comments.delete,
        name="delete_comment",
    ),
    path("i/<code:code>/card.png", cards.card, name="plain_card"),
    path("i/<code:code>/card-<slug:print>.png", cards.card, name="card"),
    path("i/<code:code>/pictures/<code:image>-<int:width>.webp", images.picture, name="picture"),
    path("i/<code:code>/", views.idea, name="idea_by_code"),
    path("i/<code:code>/<slug:slug>/", views.idea, name="idea"),
    path("u/<slug:handle>/", people.person, name="person"),
    path("u/<slug:handle>/avatar/<slug:name>.webp", pictures.avatar, name="avatar"),
    path("me/", include("web.me.urls")),
    path("desk/<slug:slug>/", include("web.desk.urls")),
    path("language/", language, name="language"),
    path("colours/<int:design>/<digits:digits>.css", colours.own_colour, name="own_colour"),
    path("docs/", papers.papers, name="papers"),
    path("docs/<slug:name>/", papers.paper, name="paper"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("favicon.ico", favicon, name="favicon"),
    path("site.webmanifest", manifest, name="manifest"),
    path("ahead.json", ahead.rules, name="ahead"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path(
        "robots.txt",
        TemplateView.as_view(template_name="robots.txt", content_type="text/plain"),
        name="robots",
    ),
]
