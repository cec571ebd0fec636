"""For operators: people, brands and their credentials, to look at. Daily work happens on the desk.

Sessions and mailboxes are not here: the key of such a row is a secret, or stands for a person.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.domain import operators, teams
from accounts.models import (
    Activity,
    ApiKey,
    Brand,
    FormerSlug,
    Invitation,
    Membership,
    Participant,
    PersonalToken,
    User,
)
from cocreate.lib.errors import DomainError
from cocreate.lib.operators import ReadOnly


class Members(admin.TabularInline):  # type: ignore[type-arg]
    """A team whose owner is gone is mended here; else the desk does it."""

    model = Membership
    extra = 0
    raw_id_fields = ("user",)


class StandingForm(forms.ModelForm):  # type: ignore[type-arg]
    """May they sign in, and operate? The rest of an account is its owner's."""

    class Meta:
        model = User
        fields = ("is_active", "is_staff")

    actor: User

    def clean(self) -> dict[str, Any]:
        """Done here: a refusal of the verb belongs to the form."""
        wanted = super().clean() or {}
        if self.errors:
            return wanted
        try:
            operators.set_standing(
                user=self.instance,
                is_active=wanted["is_active"],
                is_staff=wanted["is_staff"],
                actor=self.actor,
            )
        except DomainError as error:
            raise forms.ValidationError(str(error.message)) from error
        return wanted


@admin.register(User)
class UserAdmin(ReadOnly):
    form = StandingForm
    list_display = ("email", "handle", "is_active", "is_staff", "date_joined")
    search_fields = ("email__exact", "handle__exact")
    readonly_fields = ("email", "handle", "display_name", "language", "date_joined", "last_login")
    fields = (*readonly_fields, "is_active", "is_staff")

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request)

    def get_form(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        form = super().get_form(request, *args, **options)
        form.actor = request.user
        return form

    def save_model(self, *_args: Any) -> None:
        """The form has asked the verb."""


@admin.register(Brand)
class BrandAdmin(ReadOnly):
    list_display = ("slug", "name", "visibility", "created_at")
    search_fields = ("slug__exact",)
    readonly_fields = ("slug", "logo", "cover")  # the desk changes them, with their history
    inlines = (Members,)

    def has_change_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for place in [*formset.deleted_objects, *(row for row, _names in formset.changed_objects)]:
            teams.settle(brand=place.brand, user=place.user)


@admin.register(FormerSlug)
class FormerSlugAdmin(ReadOnly):
    list_display = ("slug", "brand")
    list_select_related = ("brand",)
    search_fields = ("slug__exact",)


@admin.register(Participant)
class ParticipantAdmin(ReadOnly):
    list_display = ("ref", "brand", "user", "active", "verified", "admitted", "created_at")
    list_select_related = ("brand", "user")
    search_fields = ("ref__exact",)
    exclude = ("mailbox",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("email", "brand", "role", "created_at", "expires_at", "accepted_at")
    list_select_related = ("brand",)
    exclude = ("hash",)


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ("at", "kind", "brand", "subject_kind", "subject_code", "actor")
    list_select_related = ("brand", "actor")
    search_fields = ("subject_code__exact",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ("prefix", "name", "brand", "scopes", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("brand",)
    search_fields = ("prefix__exact",)
    exclude = ("hash", "signing_secret")


@admin.register(PersonalToken)
class PersonalTokenAdmin(ReadOnly):
    list_display = ("prefix", "name", "user", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("prefix__exact",)
    exclude = ("hash",)
