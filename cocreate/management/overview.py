"""What `./run manage` says without a command: the site's own first, each in a line, then those of
Django and its libraries.
"""

import re
import textwrap

from django.core.management import ManagementUtility, get_commands, load_command_class

USAGE = "./run manage COMMAND [arguments]\n./run manage help COMMAND tells what one takes."
OURS = "cocreate"
WIDTH = 96


class CommandLine(ManagementUtility):
    def main_help_text(self, commands_only: bool = False) -> str:
        if commands_only or self.settings_exception is not None:  # Django's says what is wrong
            return str(super().main_help_text(commands_only))
        apps = get_commands()
        ours = sorted(name for name, app in apps.items() if app == OURS)
        others = ", ".join(sorted(apps.keys() - ours))
        widest = max(map(len, ours))
        return "\n".join([
            USAGE,
            "",
            "Of this site:",
            *(f"    {name:{widest}}  {line_of(name)}" for name in ours),
            "",
            "Of Django and its libraries:",
            textwrap.indent(textwrap.fill(others, WIDTH), "    "),
        ])  # fmt: skip


def line_of(command: str) -> str:
    """What it says first in its help, without what stands in brackets."""
    told = load_command_class(OURS, command).help
    return re.split(r"[.:;](?:\s|$)", re.sub(r" \([^)]*\)", "", told), maxsplit=1)[0]
