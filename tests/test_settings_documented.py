"""docs/settings.md names every variable that the product reads, and no other."""

import ast
import re
from collections.abc import Iterator

from cocreate.lib import env
from tests.source import ROOT, modules

# The machine's own, and what our processes tell one another: nobody sets these for the product.
NOT_SETTINGS = {
    "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "PYTHONPATH", "PYTEST_XDIST_WORKER",
    "COCREATE_PROCESS", "COCREATE_TESTS_OWN_VALKEY",
}  # fmt: skip
READERS = {"text", "flag", "number", "words", "choice", "address"}  # of cocreate.lib.env
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def documented() -> dict[str, str]:
    """Each variable of the page, with its default as the page states it."""
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    return {name: default for name, default, _does in ROW.findall(page)}


def names_read(tree: ast.Module) -> Iterator[tuple[str, ast.Call | ast.Subscript]]:
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_reading(node.func):
            key: ast.expr = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            key = node.slice
        else:
            continue
        name = constants.get(key.id) if isinstance(key, ast.Name) else getattr(key, "value", None)
        if isinstance(name, str):
            yield name, node


def is_reading(function: ast.expr) -> bool:
    called = ast.unparse(function)
    module, _, reader = called.rpartition(".")
    of_environment = {"os.environ.get", "os.environ.setdefault", "os.environ.pop", "os.getenv"}
    return called in of_environment or (module == "env" and reader in READERS)


def read() -> dict[str, set[str]]:
    """Each variable that the product reads, with the defaults that the source gives it."""
    found: dict[str, set[str]] = {}
    for module in modules():
        if module.path == "cocreate/lib/env.py":  # reads whatever it is asked for
            continue
        for name, node in names_read(module.tree):
            defaults = found.setdefault(name, set())
            if isinstance(node, ast.Call) and len(node.args) > 1:
                defaults |= {str(node.args[1].value)} if is_plain(node.args[1]) else set()
    return found


def is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def test_every_variable_that_is_read_is_documented():
    missing = set(read()) - set(documented()) - NOT_SETTINGS
    assert missing == set(), "give these a row in docs/settings.md"


def test_every_variable_that_is_documented_is_read():
    assert set(documented()) <= set(read())


def test_the_page_states_the_defaults_of_the_source():
    stated, source = documented(), read()
    compared = {}
    for name, default in stated.items():
        plain = re.fullmatch(r"`([^`]*)`", default)
        if plain and len(source.get(name, ())) == 1:
            compared[name] = (plain[1], *source[name])
    assert {name: pair for name, pair in compared.items() if len(set(pair)) > 1} == {}
    assert {"PUBLIC_URL", "TRUSTED_PROXIES", "SITE_NAME", "LOG_LEVEL"} <= set(compared)


def test_the_readers_of_this_test_are_those_of_the_kernel():
    taken = {"store", "database", "mail", "each_host"}  # a value, no name
    taken |= {"collect_problems", "raise_problems"}
    functions = {name for name in vars(env) if callable(getattr(env, name)) and name[0] != "_"}
    of_env = {name for name in functions if getattr(env, name).__module__ == env.__name__}
    assert of_env == READERS | taken
