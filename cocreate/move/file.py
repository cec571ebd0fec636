"""The file: a zip of a brand's rows as COPY writes them, people, pictures, and a manifest."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cocreate.backup import archive
from cocreate.backup.programs import Failed
from cocreate.move.plan import TABLES

FORMAT = 1
PRODUCT = "cocreate brand"
PEOPLE, ROWS = "people.jsonl", "rows/"
OURS = [PEOPLE, *(ROWS + table.name for table in TABLES)]


@dataclass
class Manifest:
    """What the file claims. `deeds`: of what people do, how much there was (`plan.deeds_of`).
    `parts` are {name: [bytes, SHA-256]} of everything else in it.
    """

    made_at: str
    version: str
    slug: str
    name: str
    key_fingerprint: str
    with_passwords: bool
    migrations: dict[str, list[str]]
    rows: dict[str, int] = field(default_factory=dict)
    deeds: dict[str, int] = field(default_factory=dict)
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    product: str = PRODUCT
    format: int = FORMAT

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


class Reader(archive.Parts):
    """A brand that somebody exported."""

    kind = "brand's file"
    manifest: Manifest

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.manifest = self.manifest_as(Manifest, product=PRODUCT, format=FORMAT)

    def check(self) -> None:
        if not set(OURS) <= set(self.manifest.parts):
            raise Failed(f"{self.path} lacks some of the brand's rows.")
        super().check()

    def is_ours(self, name: str) -> bool:
        return name in OURS or super().is_ours(name)
