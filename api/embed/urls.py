"""What pages of other sites show, under /embed/v1/."""

from django.urls import path, re_path

from api.embed import frames, script

urlpatterns = [
    re_path(r"^ideas/(?P<code>[a-z0-9]{1,12})/$", frames.idea),
    re_path(r"^brands/(?P<slug>[a-z0-9-]{1,50})/$", frames.board),
    path("cocreate.js", script.today),
    re_path(r"^cocreate\.(?P<hash_>[0-9a-f]{16})\.js$", script.version),
]
