"""Our own signal, sent inside the transaction that records an activity: a receiver may write
rows, never do I/O.
"""

from django.dispatch import Signal

activity_recorded = Signal()  # kwargs: activity
