from accounts.models.activity import Activity
from accounts.models.brand import Brand, FormerSlug, Membership
from accounts.models.credentials import ApiKey, PersonalToken
from accounts.models.invitation import Invitation
from accounts.models.mailbox import Mailbox
from accounts.models.participant import Participant
from accounts.models.session import Session
from accounts.models.user import User
from accounts.models.widget import SpentToken

__all__ = [
    "Activity",
    "ApiKey",
    "Brand",
    "FormerSlug",
    "Invitation",
    "Mailbox",
    "Membership",
    "Participant",
    "PersonalToken",
    "Session",
    "SpentToken",
    "User",
]
