"""The order of the house (docs/architecture.md), read from the source.

Each message names the remedy.
"""

import ast
import re

import pytest

from tests.source import DATA_APPS, SURFACES, Module, modules

LONGEST_FUNCTION = 40
LONGEST_FILE = 500

APP_RANK = {"cocreate.lib": 0}
APP_RANK |= {app: 1 + place for place, app in enumerate(DATA_APPS)}
APP_RANK |= dict.fromkeys(SURFACES, 1 + len(DATA_APPS))
APP_RANK["cocreate"] = 2 + len(DATA_APPS)

LAYERS = (("enums", "signals"), ("models",), ("rules",), ("domain",), ("access",))
LAYERS += (("receivers", "tasks", "admin"),)
LAYER_RANK = {layer: rank for rank, layers in enumerate(LAYERS) for layer in layers}

MODEL_SIGNALS = re.compile(r"django\.db\.models\.signals(\.|$)")
MIGRATION_NAME = re.compile(r"\d{4}_(?!auto_)(?!.*_and_more$)[a-z0-9_]+$")
REASON = re.compile(r"# noqa: PLC0415\W+\w.{3,}")


def app_of(module: str) -> str | None:
    """The room of the house a dotted name belongs to, None for what is not ours."""
    first, _, rest = module.partition(".")
    if first == "cocreate" and rest.split(".")[0] == "lib":
        return "cocreate.lib"
    return first if first in APP_RANK else None


def layer_of(module: str) -> str | None:
    app, _, rest = module.partition(".")
    layer = rest.split(".")[0]
    return layer if app in DATA_APPS and layer in LAYER_RANK else None


def imports_to_the_right(module: Module) -> list[str]:
    own, found = app_of(module.name), []
    for imported in module.imports:
        other = app_of(imported.module)
        if own and other and own != other and APP_RANK[other] >= APP_RANK[own]:
            remedy = f"{own} imports {imported.module}: it knows only what is left of it"
            found.append(module.at(imported.line, remedy))
    return found


def imports_of_surfaces(module: Module) -> list[str]:
    return [
        module.at(
            imported.line, f"{imported.module} is a surface: only cocreate/urls.py imports it"
        )
        for imported in module.imports
        if (other := app_of(imported.module)) in SURFACES
        and other != app_of(module.name)
        and module.path != "cocreate/urls.py"
    ]


def imports_upward(module: Module) -> list[str]:
    """Within one data app. `access` may read `domain`; a verb gets what access has let through."""
    own, app, found = layer_of(module.name), app_of(module.name), []
    for imported in module.imports:
        other = layer_of(imported.module) if app_of(imported.module) == app else None
        if own and other and own != other and LAYER_RANK[other] >= LAYER_RANK[own]:
            remedy = f"{own} imports {imported.module}: inside {app} import only downward"
            found.append(module.at(imported.line, remedy))
    return found


def queries_in_surfaces(module: Module) -> list[str]:
    if app_of(module.name) not in SURFACES or module.name.startswith("api.models"):
        return []
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            found.append(
                module.at(node.lineno, "no .objects here: ask access.py or a queryset verb")
            )
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "save":
            found.append(module.at(node.lineno, "no .save() here: call a verb of domain/"))
    return found


def generic_foreign_keys(module: Module) -> list[str]:
    return [
        module.at(node.lineno, "no GenericForeignKey: name the subject by kind and code")
        for node in ast.walk(module.tree)
        if "GenericForeignKey" in (getattr(node, "id", ""), getattr(node, "attr", ""))
    ]


def model_signals(module: Module) -> list[str]:
    return [
        module.at(
            imported.line, "no model signals: the verb does it, or listens to activity_recorded"
        )
        for imported in module.imports
        if MODEL_SIGNALS.match(imported.module)
    ]


def careless_migrations(module: Module) -> list[str]:
    if not module.is_migration or module.path.endswith("__init__.py"):
        return []
    name = module.name.rpartition(".")[2]
    found = (
        []
        if MIGRATION_NAME.match(name)
        else [module.at(1, "name the migration after what it does")]
    )
    return found + [
        module.at(
            imported.line, f"imports {imported.module}: the app changes, a migration does not"
        )
        for imported in module.imports
        if app_of(imported.module) not in (None, "cocreate.lib")
    ]


def models_in_the_kernel(module: Module) -> list[str]:
    if app_of(module.name) != "cocreate.lib":
        return []
    return [
        module.at(node.lineno, "cocreate.lib has no models")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(b) == "models.Model" for b in node.bases)
    ]


def too_long(module: Module) -> list[str]:
    if module.is_migration:
        return []
    found = [
        module.at(
            function.lineno, f"{function.name} has {length} lines: split it where it changes topic"
        )
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    if len(module.lines) > LONGEST_FILE:
        found.append(module.at(LONGEST_FILE, f"{len(module.lines)} lines: make it a package"))
    return found


def deferred_without_reason(module: Module) -> list[str]:
    return [
        module.at(imported.line, "import inside a function: write `# noqa: PLC0415 - why`")
        for imported in module.imports
        if imported.deferred and not REASON.search(module.lines[imported.line - 1])
    ]


RULES = {
    imports_to_the_right: ("accounts/models/user.py", "from ideas.models import Idea"),
    imports_of_surfaces: ("cocreate/management/commands/bench.py", "import web.public.views"),
    imports_upward: ("ideas/models/idea.py", "from ideas.domain import votes"),
    queries_in_surfaces: ("web/desk/views.py", "idea.save()"),
    generic_foreign_keys: ("ideas/models/idea.py", "subject = GenericForeignKey()"),
    model_signals: ("ideas/receivers.py", "from django.db.models.signals import post_save"),
    careless_migrations: ("ideas/migrations/0002_auto_20260101.py", "from ideas import enums"),
    models_in_the_kernel: ("cocreate/lib/money.py", "class Coin(models.Model): pass"),
    too_long: ("ideas/domain/votes.py", "def cast():\n" + "    pass\n" * LONGEST_FUNCTION),
    deferred_without_reason: ("ideas/apps.py", "def ready():\n    import ideas.receivers"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule):
    breaches = [breach for module in modules() for breach in rule(module)]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_a_breach(rule):
    assert rule(Module(*RULES[rule]))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "ideas/domain/votes.py",
            "from accounts.models import User\nfrom ideas.models import Vote",
        ),
        ("ideas/domain/votes.py", "from ideas.domain import tally"),
        ("ideas/domain/__init__.py", "from . import votes\nfrom ..models import Vote"),
        ("cocreate/urls.py", "import web.urls\nimport api.urls"),
        ("ideas/migrations/0002_cast_vote.py", "from django.db import migrations\nimport uuid"),
        ("ideas/apps.py", "def ready():\n    import x  # noqa: PLC0415 - models first"),
    ],
)
def test_no_rule_minds_what_is_right(path, text):
    assert [breach for rule in RULES for breach in rule(Module(path, text))] == []


def test_a_relative_import_is_read_as_what_it_names():
    module = Module("ideas/models/vote.py", "from ..domain import votes\nfrom .idea import Idea")
    assert [i.module for i in module.imports] == ["ideas.domain.votes", "ideas.models.idea.Idea"]
