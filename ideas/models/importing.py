from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from cocreate.lib.tokens import random_code
from ideas.enums import ImportKind, ImportState
from ideas.models.challenge import Challenge

FILE_NAME_LENGTH = 200
AT_WORK = [
    ImportState.DRAFT, ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING,
    ImportState.UNDOING,
]  # fmt: skip


class ImportBatch(models.Model):
    """One run of an import: what it was told, how far it is, and what it did.

    `taken` moves with the rows, in their transaction: who finds a batch that nobody works on goes
    on behind it. `plan`, `counts`, `report` and `kept` are written by ideas.importers alone.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="imports")
    code = models.CharField(max_length=12, unique=True, default=random_code)
    kind = models.CharField(max_length=10, choices=ImportKind, default=ImportKind.IDEAS)
    file_name = models.CharField(max_length=FILE_NAME_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", help_text="Empty: the operator, by a command.",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.DRAFT)
    plan = models.JSONField(default=dict, help_text="Which column is what, and how dates read.")
    rows = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the file; empty until somebody has counted them."
    )
    taken = models.PositiveIntegerField(default=0, help_text="Rows that are done with.")
    counts = models.JSONField(default=dict, help_text="What became of the rows, by name.")
    report = models.JSONField(
        default=list, help_text="The first remarks on rows: line, column, why, or what was done."
    )
    kept = models.JSONField(
        default=list, help_text="The first ideas that undoing has left, and why."
    )
    error = models.TextField(blank=True, default="", help_text="Why it failed.")
    created_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now(), help_text="When it last moved.")
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        indexes = [
            models.Index(fields=["brand", "-id"], name="importbatch_of_brand"),
            # serves the sweep of what stopped half-way
            models.Index(
                fields=["touched_at"],
                condition=models.Q(
                    state__in=["draft", "checking", "waiting", "running", "undoing"]
                ),
                name="importbatch_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.file_name}"

    @property
    def actor(self) -> str:
        """Its name in the ledger."""
        return f"import:{self.code}"


class ImportPart(models.Model):
    """A piece of a batch's file, until the batch is done. In the database, because any machine's
    worker may read it and nobody else.
    """

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, db_index=False, related_name="parts"
    )
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="importpart_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.place}"
