"""What the pages of a desk share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.access import desk_or_403
from accounts.models import Brand
from accounts.rules import can_see_desk
from cocreate.lib.errors import DomainError
from web.pages import member_of


def desk_of(
    request: HttpRequest, slug: str, may: Callable[[Any, Brand], bool] = can_see_desk
) -> Brand:
    """The brand, for a signed-in member who may. Raises SignInRequired, NotFound, NotAllowed."""
    return desk_or_403(member_of(request), slug, may)


class DeskForm(forms.Form):
    """The sentences come from us, in the reader's language; refusals of verbs land in the form."""

    use_required_attribute = False

    def blame(self, error: DomainError) -> None:
        """Put a refusal beside the fields it names, else above them all."""
        for field, problems in error.fields.items():
            for _code, message in problems:
                self.add_error(field if field in self.fields else None, message)
        if not error.fields:
            self.add_error(None, str(error.message))
