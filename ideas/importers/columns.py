"""What we read from a table of ideas, and which of its columns that is (docs/import.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cocreate.lib.errors import Invalid
from ideas.importers import values
from ideas.importers.tables import Shape


class Column(NamedTuple):
    """`label` at the desk; `aliases`: what other programs call it."""

    label: Any
    aliases: tuple[str, ...] = ()


COLUMNS = {
    "title": Column(
        gettext_lazy("Title"),
        ("name", "idea", "idée", "subject", "titre", "nom", "titulo", "título"),
    ),
    "body": Column(
        gettext_lazy("Text"),
        ("description", "text", "content", "texte", "contenu", "descripción", "descripcion"),
    ),
    "external_id": Column(gettext_lazy("Number or name of its own"), ("id", "project_id", "key")),
    "created": Column(
        pgettext_lazy("of an idea", "Date"), ("created_at", "date", "published_at", "fecha")
    ),
    "support": Column(
        gettext_lazy("Votes for"),
        (
            "votes",
            "supports",
            "upvotes",
            "votes_for",
            "votes_up",
            "votes_ok",
            "cached_votes_up",
            "pour",
            "votes_pour",
            "soutiens",
        ),
    ),
    "oppose": Column(
        gettext_lazy("Votes against"),
        ("downvotes", "votes_against", "votes_down", "votes_nok", "contre", "votes_contre"),
    ),
    "tags": Column(
        gettext_lazy("Tags"),
        (
            "tag",
            "category",
            "categories",
            "catégorie",
            "section_subtitle",
            "étiquettes",
            "mots-clés",
            "etiquetas",
        ),
    ),
    "status": Column(gettext_lazy("Status"), ("statut", "état", "étape", "estado")),
    "language": Column(gettext_lazy("Language"), ("lang", "langue")),
    "author": Column(gettext_lazy("Author’s name"), ("author_name", "auteur", "autor")),
    "author_id": Column(gettext_lazy("Author’s number"), ("user_id",)),
    "author_email": Column(gettext_lazy("Author’s e-mail"), ("email", "e-mail")),
    "hidden": Column(gettext_lazy("Hidden, where it says anything")),
}
ALIASES = {alias: name for name, column in COLUMNS.items() for alias in column.aliases}
# Another spelling of a name is known too, where it can mean one column alone.
STEMS = values.only_meanings(
    (values.stem_of(alias), name)
    for name, column in COLUMNS.items()
    for alias in (name, *column.aliases)
    if name != "hidden"
)


@dataclass(frozen=True)
class Plan:
    """How a table is read: `columns` names theirs by ours, `date_format` is as strptime()'s, empty
    for what `Shape` cannot say and nobody has chosen.
    """

    shape: Shape
    columns: Mapping[str, str]
    date_format: str = ""
    language: str = ""

    def places(self) -> dict[str, int]:
        """Where in a row each of our columns is."""
        return {ours: self.shape.columns.index(theirs) for ours, theirs in self.columns.items()}

    @property
    def unused(self) -> list[str]:
        taken = set(self.columns.values())
        return [name for name in self.shape.columns if name not in taken]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"columns": dict(self.columns)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        shape = stored["shape"]
        return cls(
            shape=Shape(**shape | {"columns": tuple(shape["columns"])}),
            columns=_in_order(stored["columns"]),
            date_format=stored["date_format"],
            language=stored["language"],
        )


def guessed(theirs: Sequence[str]) -> dict[str, str]:
    """Their columns by ours, by what they are called: our own names go first, and other spellings
    last. Hiding is never guessed.
    """
    found: dict[str, str] = {}
    own = {name: name for name in COLUMNS}
    for known, spelt in ((own, _plain), (ALIASES, _plain), (STEMS, values.stem_of)):
        for their in theirs:
            ours = known.get(spelt(their))
            if ours and their not in found.values():
                found.setdefault(ours, their)
    return _in_order(found)


def _plain(their: str) -> str:
    return their.strip().lower().replace(" ", "_")


def mapped(theirs: Sequence[str], said: Iterable[str]) -> dict[str, str]:
    """What was guessed, and what somebody said instead: `ours=theirs`, and `ours=` for none.

    Raises Invalid where it names no column, ours or theirs, or one of ours twice.
    """
    chosen: dict[str, str] = {}
    for pair in said:
        ours, _equals, their = (part.strip() for part in pair.partition("="))
        ours = ALIASES.get(ours, ours)
        if ours not in COLUMNS:
            raise unknown(_("We have no column “{name}”."), ours)
        if ours in chosen:
            raise unknown(_("The column “{name}” is said twice."), ours)
        if their and their not in theirs:
            raise unknown(_("The file has no column “{name}”."), their)
        chosen[ours] = their
    found = {ours: their for ours, their in guessed(theirs).items() if their not in chosen.values()}
    return checked({ours: their for ours, their in (found | chosen).items() if their})


def checked(columns: Mapping[str, str]) -> dict[str, str]:
    """Raises Invalid where there is no title."""
    if "title" not in columns:
        raise Invalid(
            fields={"title": [("required", _("Say which column is the title of an idea."))]}
        )
    return _in_order(columns)


def _in_order(columns: Mapping[str, str]) -> dict[str, str]:
    return {ours: columns[ours] for ours in COLUMNS if ours in columns}


def unknown(message: str, name: str) -> Invalid:
    return Invalid(fields={"map": [("unknown_column", message.format(name=name))]})
