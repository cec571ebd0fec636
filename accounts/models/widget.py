from django.db import models

from accounts.models.credentials import ApiKey


class SpentToken(models.Model):
    """A host's token that became a widget's session: it becomes none again. Forgotten once it has
    expired by itself.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="spent_tokens")
    jti = models.CharField(max_length=64, help_text="Keyed hash of the name that the host gave it.")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "jti"], name="token_is_spent_once")]
        # Those that are over: clear_spent_tokens().
        indexes = [models.Index(fields=["expires_at"], name="spent_tokens_by_end")]

    def __str__(self) -> str:
        return self.jti[:8]
