"""What pages of other sites show, under /embed/v1/."""

from django.urls import path, re_path

from api.embed import script

urlpatterns = [
    path("cocreate.js", script.today),
    re_path(r"^cocreate\.(?P<hash_>[0-9a-f]{16})\.js$", script.version),
]
