"""The Celery app: three queues, so that a long import never delays the fold.

Every task gets ids only, may run twice and may be lost: rows in PostgreSQL are the promise, the
queue is only speed.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")

app = Celery("cocreate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
