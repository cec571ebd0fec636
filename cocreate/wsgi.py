"""The web process. Granian imports `application` once per worker."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
os.environ.setdefault("COCREATE_PROCESS", "web")

from django.conf import settings  # noqa: E402 - the environment comes first
from django.core.wsgi import get_wsgi_application  # noqa: E402

from cocreate.lib.bodies import BodyInTime  # noqa: E402

# The web processes of one machine count into one folder; the library looks for it when imported.
counts = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or str(settings.VAR / "metrics")
os.makedirs(counts, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts

site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    environ["wsgi.input"] = BodyInTime(environ["wsgi.input"])
    return site(environ, start_response)
