from notifications.models.mail import Mail
from notifications.models.notice import Notice

__all__ = ["Mail", "Notice"]
