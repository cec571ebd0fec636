"""Imported before all else by a module of the tests that runs by itself, on a site."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
django.setup()
