"""What an empty install shows: three brands, their questions, and people who vote (content/)."""

from cocreate.domain.demo.loading import Loaded, is_empty, load
from cocreate.domain.demo.widget import renew

__all__ = ["Loaded", "is_empty", "load", "renew"]
