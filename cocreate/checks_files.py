"""Whether state can be written where it belongs."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.files)
def folders(**_: Any) -> list[CheckMessage]:
    wanted = [("COCREATE_VAR", Path(settings.VAR)), ("the pictures' folder", settings.MEDIA_ROOT)]
    return [
        Error(
            f"{name} is {folder}, where this user may not write.",
            "Give the folder to the user that runs the site, or name another with COCREATE_VAR.",
            id="cocreate.E020",
        )
        for name, folder in wanted
        if not may_write(Path(folder))
    ]


def may_write(folder: Path) -> bool:
    """Whether files can be made there, or the folder itself where it is still missing."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
