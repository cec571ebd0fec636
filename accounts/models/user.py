from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

HANDLE_LENGTH = 30
NAME_LENGTH = 40
INTEREST_LENGTH = 40
MAX_INTERESTS = 10
HANDLE_SHAPE = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9_-]{0,28}[a-z0-9])?$", _("Small letters, digits, - and _ only.")
)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A login. What a person does for a brand belongs to their Participant there."""

    email = models.EmailField(_("e-mail"), unique=True)
    handle = models.CharField(max_length=HANDLE_LENGTH, unique=True, validators=[HANDLE_SHAPE])
    display_name = models.CharField(_("name"), max_length=NAME_LENGTH)
    has_own_name = models.BooleanField(
        default=True, db_default=True, help_text="False: we have made the name, until they choose."
    )
    language = models.CharField(max_length=8, default="en")
    time_zone = models.CharField(
        max_length=40, blank=True, db_default="", help_text="An IANA name; empty: not chosen yet."
    )
    interests = ArrayField(
        models.CharField(max_length=INTEREST_LENGTH),
        size=MAX_INTERESTS,
        blank=True,
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=INTEREST_LENGTH))),
    )
    avatar = models.FileField(
        upload_to="avatars", max_length=120, blank=True, db_default="", help_text="Square WebP."
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        default=False, help_text="Operators of this install: opens /admin/."
    )
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle", "display_name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        indexes = [  # serves the desk's search for authors (ideas/domain/narrowing.py)
            GinIndex(fields=["display_name"], opclasses=["gin_trgm_ops"], name="user_name_trigrams")
        ]

    def __str__(self) -> str:
        return self.display_name


def display_name(user: User) -> str:
    """How allauth's mails and pages address somebody."""
    return user.display_name
