"""Where everything stands: pages at the root, the API beside them."""

from django.contrib import admin
from django.urls import include, path

from cocreate.first_run import try_job
from cocreate.metrics import metrics

handler403 = "web.errors.not_allowed"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"

urlpatterns = [
    path("api/v1/", include("api.v1.urls")),
    path("embed/v1/", include("api.embed.urls")),
    path("accounts/", include("web.entrance")),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("demo/", try_job, name="try_demo"),
    path("", include("web.urls")),
]
