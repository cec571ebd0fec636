from accounts.models.activity import Activity
from accounts.models.brand import Brand, Membership
from accounts.models.credentials import ApiKey, PersonalToken
from accounts.models.participant import Participant
from accounts.models.session import Session
from accounts.models.user import User

__all__ = [
    "Activity",
    "ApiKey",
    "Brand",
    "Membership",
    "Participant",
    "PersonalToken",
    "Session",
    "User",
]
