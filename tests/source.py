"""The product's own source as syntax trees, for the tests that read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA_APPS = ("accounts", "ideas", "cocreation", "insights", "notifications")
SURFACES = ("web", "api")


@dataclass(frozen=True)
class Import:
    module: (
        str  # a dotted name; for `from a import b` it is a.b, which may be a module or a name in a
    )
    line: int
    deferred: bool


@dataclass(frozen=True)
class Module:
    """One file: its path from the root and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def is_migration(self) -> bool:
        return ".migrations" in self.name

    def at(self, line: int, remedy: str) -> str:
        return f"{self.path}:{line} {remedy}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    @cached_property
    def imports(self) -> list[Import]:
        deferred = {
            id(node)
            for function in self.functions()
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        return [
            Import(name, node.lineno, id(node) in deferred)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in self.imported_names(node)
        ]

    def imported_names(self, node: ast.Import | ast.ImportFrom) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        base = node.module or ""
        if node.level:
            package = self.name.split(".")
            drop = node.level - self.path.endswith("__init__.py")
            base = ".".join([*package[: len(package) - drop], *filter(None, [base])])
        return [f"{base}.{alias.name}" for alias in node.names]


@lru_cache(maxsize=1)
def modules() -> list[Module]:
    """All of the product, without its tests."""
    paths = [ROOT / "manage.py"] if (ROOT / "manage.py").exists() else []
    for package in ("cocreate", *DATA_APPS, *SURFACES):
        paths += sorted((ROOT / package).rglob("*.py"))
    return [Module(str(p.relative_to(ROOT)), p.read_text(encoding="utf-8")) for p in paths]
