"""The shape of what is sent. What an idea or a vote may be is checked by the domain alone."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.domain.signup import clean_name
from accounts.models.user import NAME_LENGTH
from api.errors import VoterRequired
from cocreate.lib.errors import Invalid
from ideas.domain.ideas import SHORTEST_TITLE, faults_of
from ideas.enums import DeclineReason
from ideas.models.challenge import PERMANENT_SLUG
from ideas.models.comment import COMMENT_LENGTH
from ideas.models.idea import BODY_LENGTH, MAX_TAGS, TAG_LENGTH, TITLE_LENGTH

LONGEST_EXTERNAL_ID = 200
REASONS = ", ".join(DeclineReason.values)
# The most is no maxLength: it is counted without the spaces and control characters around.
TITLE = {"minLength": SHORTEST_TITLE, "description": f"At most {TITLE_LENGTH} characters."}
MOST = "Markdown, at most {n} characters."
LANGUAGE_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$"


class Text(serializers.CharField):
    """A JSON string: 5 and true are none. `told`: what the schema says of it beside that, where
    the domain checks it.
    """

    default_error_messages = {"invalid": gettext_lazy("Send text.")}  # noqa: RUF012 - as the base class has it

    def __init__(self, *, told: dict[str, Any] | None = None, **options: Any) -> None:
        self.told = told or {}
        super().__init__(**({"allow_blank": True, "trim_whitespace": False} | options))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Yes(serializers.BooleanField):
    """true or false: "yes", 1 and "off" are neither."""

    default_error_messages = {"invalid": gettext_lazy("Send true or false.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)


class Strict(serializers.Serializer):
    """A field that is not ours is refused: else what somebody hoped to set is lost in silence.
    `told`: what the schema says of it beside its fields.
    """

    told: ClassVar[dict[str, Any]] = {}

    def to_internal_value(self, data: Any) -> Any:
        unknown = {
            name: [serializers.ErrorDetail(_("There is no such field."), "unknown_field")]
            for name in (data if isinstance(data, dict) else ())
            if name not in self.fields
        }
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(error.detail | unknown) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return found


class PersonSerializer(Strict):
    """Somebody whom a secret key names, by the brand's own id, by e-mail, or both."""

    told: ClassVar[dict[str, Any]] = {
        "anyOf": [{"required": ["external_id"]}, {"required": ["email"]}]
    }

    external_id = Text(required=False, trim_whitespace=True, max_length=LONGEST_EXTERNAL_ID)
    email = serializers.EmailField(required=False, max_length=254)
    name = Text(required=False, trim_whitespace=True, max_length=NAME_LENGTH)

    def validate_name(self, name: str) -> str:
        return clean_name(name) if name else ""


class IdeaContent(Strict):
    title = Text(required=False, told=TITLE)
    body = Text(required=False, help_text=MOST.format(n=BODY_LENGTH))
    tags = serializers.ListField(
        child=Text(),
        required=False,
        help_text=f"At most {MAX_TAGS}, each of {TAG_LENGTH} characters at most.",
    )
    language = serializers.RegexField(
        LANGUAGE_TAG, required=False, help_text="Of the text, such as `fr`."
    )
    images = serializers.ListField(
        child=Text(max_length=12),
        required=False,
        help_text="Codes of POST images/, in the order in which they are shown; 6 at most.",
    )

    def validate_title(self, title: str) -> str:
        return str(allowed("title", title))

    def validate_body(self, body: str) -> str:
        return str(allowed("body", body))

    def validate_tags(self, tags: list[str]) -> list[str]:
        return list(allowed("tags", tags))


def allowed(name: str, value: Any) -> Any:
    """The domain's refusal of a field stands beside those of the others."""
    problems = faults_of({name: value}).get(name, [])
    if problems:
        raise serializers.ValidationError(
            [serializers.ErrorDetail(message, code) for code, message in problems]
        )
    return value


class NewIdea(IdeaContent):
    title = Text(told=TITLE)
    challenge = Text(
        required=False, default=PERMANENT_SLUG, help_text="Its slug; the permanent one by default."
    )
    accept_licence = Yes(required=False, default=False)
    author = PersonSerializer(
        required=False, help_text="For secret keys: whose idea it is. Without it: the brand's."
    )


class NewImage(Strict):
    """What comes beside the file."""

    brand = Text(help_text="Its slug.")
    alt = Text(required=False, default="", help_text="What it shows, for people who cannot see it.")
    author = PersonSerializer(
        required=False,
        help_text="For secret keys, as `author.external_id` and so on: whose picture it is.",
    )


class Ballot(Strict):
    value = serializers.IntegerField(
        help_text="1, or -1 where people may be against, or 1 to the most points."
    )
    voter = PersonSerializer(required=False, help_text="For secret keys, and required there.")


class Withdrawal(Strict):
    voter = PersonSerializer(required=False, help_text="For secret keys, and required there.")


class CommentContent(Strict):
    body = Text(help_text=MOST.format(n=COMMENT_LENGTH), told={"minLength": 1})


class NewComment(CommentContent):
    parent = Text(required=False, help_text="The code of the comment it answers.")
    author = PersonSerializer(
        required=False, help_text="For secret keys: who says it. Without it the brand does."
    )


class NewStatus(Strict):
    status = Text(help_text="A key of the brand's `statuses`, next to the idea's own, or its own.")
    reason = Text(
        required=False, default="", help_text="Where the status needs one: " + REASONS + "."
    )
    message = Text(
        required=False, default="", help_text="Markdown, public; at least 40 characters there."
    )


def read(serializer: type[Strict], body: dict[str, Any]) -> dict[str, Any]:
    """What was sent, checked for its shape. Raises rest_framework's ValidationError."""
    sent = serializer(data=body)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def read_value(body: dict[str, Any]) -> int:
    """The value of a vote: a whole number, which true, 1.0 and "1" are not."""
    if "value" not in body:
        raise Invalid(fields={"value": [("required", _("Say what the vote is worth."))]})
    value = body["value"]
    if type(value) is not int:
        raise Invalid(fields={"value": [("invalid", _("Send a whole number."))]})
    return value


def read_voter(body: dict[str, Any]) -> dict[str, Any]:
    """Whom a key votes for."""
    if body.get("voter") is None:
        raise VoterRequired(fields={"voter": [(VoterRequired.code, str(VoterRequired.message))]})
    voter = read(Withdrawal, {"voter": body["voter"]})["voter"]
    if not voter.get("external_id") and not voter.get("email"):
        raise VoterRequired(fields={"voter": [(VoterRequired.code, str(VoterRequired.message))]})
    return dict(voter)


def only(body: dict[str, Any], *names: str) -> None:
    """Raises Invalid for a field that is not one of these."""
    unknown = [name for name in body if name not in names]
    if unknown:
        raise Invalid(
            fields={name: [("unknown_field", _("There is no such field."))] for name in unknown}
        )
