"""What the API holds of people (cocreate/lib/personal.py)."""

from cocreate.lib.personal import holds_nothing

holds_nothing(
    "api.KeptAnswer",
    because="Sealed with a key that only the caller has, and deleted after a day.",
)
