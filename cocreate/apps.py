from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as of_django
from django.core.signals import request_started

from cocreate.lib.connections import leave_ended


class CocreateConfig(AppConfig):
    """The project itself: no models, only the commands that touch everything."""

    name = "cocreate"

    def ready(self) -> None:
        for topic in ("checks", "checks_database", "checks_files", "checks_store"):
            import_module(f"cocreate.{topic}")
        request_started.connect(leave_ended)


class OperatorsConfig(of_django.AdminConfig):
    """/admin/ with our own door (cocreate/operators.py)."""

    default = False
    default_site = "cocreate.operators.OperatorsSite"

    def ready(self) -> None:
        super().ready()
        import_module("cocreate.operators").close_foreign_doors()
