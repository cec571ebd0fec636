"""Inviting somebody to sign an idea: who has an account hears of it as of all news, an address gets
a link, in the transaction that made it.
"""

from django.db import transaction
from django.utils import translation

from accounts.models import User
from ideas.domain import coauthors
from ideas.domain.coauthors import Issued
from ideas.models import CoAuthor, Idea
from notifications.domain import outbox, rendering, texts


@transaction.atomic
def invite(*, idea: Idea, whom: str, actor: User) -> CoAuthor:
    """Raises as `ideas.domain.coauthors.invite`."""
    issued = coauthors.invite(idea=idea, whom=whom, actor=actor)
    if issued.secret:
        _queue(issued, actor)
    return issued.row


def _queue(issued: Issued, actor: User) -> None:
    """In the language of the idea: nobody knows the reader's yet."""
    idea = issued.row.idea
    with translation.override(idea.language):
        context = {
            "brand": idea.brand,
            "brand_name": texts.unlinked(idea.brand.name),
            "inviter": texts.unlinked(actor.display_name),
            "plain_inviter": texts.one_line(actor.display_name, texts.LONGEST_NAME),
            "title": texts.unlinked(idea.title),
            "url": texts.absolute(f"/i/{idea.code}/authors/{issued.secret}/"),
        }
        rendered = rendering.render("co_author_invitation", context)
    outbox.queue(to=issued.row.email, rendered=rendered)
