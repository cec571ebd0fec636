"""Version 1 of the API, mounted at /api/v1/."""

from django.urls import path, re_path

from api.v1 import boards, images, roadmap, similar, statement, talk, views, why, widget
from api.v1.schema import SchemaView
from api.views import NothingHere

BRAND = r"^brands/(?P<slug>[a-z0-9-]{1,50})/"
CHALLENGE = r"challenges/(?P<challenge>[a-z0-9-]{1,50})/"
IDEA = r"^ideas/(?P<code>[a-z0-9]{1,12})/"
COMMENT = r"^comments/(?P<code>[a-z0-9]{1,12})/"

urlpatterns = [
    # The first match is taken, and these two are asked for most.
    re_path(f"{IDEA}vote/$", views.Vote.as_view()),
    re_path(f"{BRAND}ideas/$", views.Ideas.as_view()),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("me/", views.Me.as_view()),
    path("images/", images.Images.as_view()),
    path("widget/sessions/", widget.WidgetSessions.as_view()),
    re_path(f"{BRAND}$", views.OneBrand.as_view()),
    re_path(f"{BRAND}board/$", boards.Board.as_view()),
    re_path(f"{BRAND}challenges/$", views.Challenges.as_view()),
    re_path(f"{BRAND}roadmap/$", roadmap.RoadMap.as_view()),
    re_path(f"{BRAND}{CHALLENGE}statement/$", statement.OwnStatement.as_view()),
    re_path(f"{BRAND}similar/$", similar.SimilarToText.as_view()),
    re_path(f"{IDEA}$", views.OneIdea.as_view()),
    re_path(f"{IDEA}revisions/$", views.Revisions.as_view()),
    re_path(f"{IDEA}similar/$", similar.SimilarToIdea.as_view()),
    re_path(f"{IDEA}why/$", why.Why.as_view()),
    re_path(f"{IDEA}comments/$", talk.Comments.as_view()),
    re_path(f"{IDEA}status/$", talk.Status.as_view()),
    re_path(f"{IDEA}response/$", talk.Response.as_view()),
    re_path(f"{IDEA}follow/$", talk.Follow.as_view()),
    re_path(f"{COMMENT}$", talk.OneComment.as_view()),
    re_path(r"", NothingHere.as_view()),
]
