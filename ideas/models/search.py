from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from accounts.models import Brand
from ideas.models.idea import Idea


class Searchable(models.Model):
    """The words of an idea, for search alone; a trigger writes it (ideas/sql/search.sql).

    `words` holds two vectors in one: the stems of the idea's language, and every word as it is
    without accents. Apart from the idea, whose rows lists read all the time.
    """

    idea = models.OneToOneField(
        Idea, primary_key=True, on_delete=models.CASCADE, related_name="searchable"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    title = models.TextField(help_text="Small letters without accents, for trigrams.")
    words = SearchVectorField()

    class Meta:
        indexes = [
            # serves search and similar ideas: one brand's words alone are read
            GinIndex(fields=["brand", "words"], name="searchable_words_of_brand"),
        ]

    def __str__(self) -> str:
        return f"words of {self.idea_id}"
