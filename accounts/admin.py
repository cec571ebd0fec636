"""For operators: look at people and brands. Daily work happens on the desk."""

from django.contrib import admin

from accounts.models import Activity, ApiKey, Brand, Membership, PersonalToken, User


class Members(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ["user"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "handle", "is_active", "is_staff", "date_joined"]
    search_fields = ["email", "handle", "display_name"]
    fields = ["email", "handle", "display_name", "language", "is_active", "is_staff"]


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):
    list_display = ["slug", "name", "visibility", "created_at"]
    search_fields = ["slug", "name"]
    inlines = [Members]


class ReadOnly:
    def has_add_permission(self, *_args: object) -> bool:
        return False

    def has_change_permission(self, *_args: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object) -> bool:
        return False


@admin.register(Activity)
class ActivityAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "kind", "brand", "subject_kind", "subject_code", "actor"]
    list_filter = ["kind"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["prefix", "brand", "scopes", "created_at", "revoked_at"]
    exclude = ["hash", "signing_secret"]


@admin.register(PersonalToken)
class PersonalTokenAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["prefix", "user", "created_at", "revoked_at"]
    exclude = ["hash"]
