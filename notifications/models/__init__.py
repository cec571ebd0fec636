from notifications.models.address import RefusedAddress
from notifications.models.digest import Digest
from notifications.models.mail import Mail
from notifications.models.notice import Notice
from notifications.models.subscription import Subscription

__all__ = ["Digest", "Mail", "Notice", "RefusedAddress", "Subscription"]
