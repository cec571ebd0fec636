"""The web process. Granian imports `application` once per worker."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
os.environ.setdefault("COCREATE_PROCESS", "web")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the environment comes first

application = get_wsgi_application()
