"""What pages of other sites show, under /embed/v1/."""

from django.urls import re_path

from api.embed import frames, script
from cocreate.lib import scripts

SCRIPT = rf"^(?P<of>{'|'.join(scripts.ALL)})"

urlpatterns = [
    re_path(r"^ideas/(?P<code>[a-z0-9]{1,12})/$", frames.idea),
    re_path(r"^brands/(?P<slug>[a-z0-9-]{1,50})/$", frames.board),
    re_path(rf"{SCRIPT}\.js$", script.today),
    re_path(rf"{SCRIPT}\.(?P<hash_>[0-9a-f]{{16}})\.js$", script.version),
]
