from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Participant
from cocreate.lib.tokens import random_code
from ideas.models.idea import Idea

ALT_LENGTH = 300
MOST_IMAGES = 6
SIZES = (320, 800, 1600)  # widths in pixels; an image has those that it reaches, and its own


def widths_of(largest: int) -> list[int]:
    """Of the files of an image, smallest first."""
    return [width for width in SIZES if width < largest] + [largest]


class Image(models.Model):
    """A picture as we made it from what somebody sent: WebP files, one for each of `widths`.

    Sent before the idea is posted, so it belongs to nobody's idea at first; a sweep removes what
    was never attached. Until then its `place` says what it is: ideas.domain.images.AS_PART.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=12, unique=True, default=random_code)
    uploader = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="images",
        help_text="Empty: the brand.",
    )
    idea: "models.ForeignKey[Idea | None, Idea | None]" = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.CASCADE, related_name="images"
    )
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    alt = models.CharField(max_length=ALT_LENGTH, blank=True)
    width = models.PositiveIntegerField(help_text="Of the largest file.")
    height = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "place"],
                name="image_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(place__lt=MOST_IMAGES), name="image_at_most_six"
            ),
        ]
        indexes = [
            # serves the sweep of what was never attached
            models.Index(fields=["at"], condition=models.Q(idea=None), name="image_unattached"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def widths(self) -> list[int]:
        return widths_of(self.width)

    def file_of(self, width: int) -> str:
        """The name of one of its files in the storage."""
        return f"images/{self.code[:2]}/{self.code}-{width}.webp"
