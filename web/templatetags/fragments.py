"""`{% fragment %}`: an include that is made once for all who see the same."""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, token_kwargs
from django.utils.safestring import SafeString

from cocreate.lib import fragments

register = template.Library()


class FragmentNode(Node):
    child_nodelists = ()

    def __init__(self, name: FilterExpression, given: dict[str, FilterExpression]) -> None:
        self.name = name
        words = {
            n: e.var for n, e in given.items() if isinstance(e.var, SafeString) and not e.filters
        }
        self.words = {n: str.__str__(word) for n, word in words.items()}
        self.given = {n: e for n, e in given.items() if n not in self.words}

    def render(self, context: template.Context) -> str:
        memo: dict[Any, Any] = context.render_context.dicts[0].setdefault(FragmentNode, {})
        name = self.name.resolve(context)
        if name not in memo:
            memo[name] = context.template.engine.get_template(name)
        found = fragments.fragment_of(memo[name], self.given_in(context))
        return found.filled(fragments.later_from(context, memo))

    def given_in(self, context: template.Context) -> dict[str, Any]:
        return self.words | {name: value.resolve(context) for name, value in self.given.items()}


@register.tag
def fragment(parser: Parser, token: Token) -> FragmentNode:
    """`{% fragment "partials/x.html" idea=idea level="h3" %}`: the template sees these values, and
    `csrf_token` and `back` of the page (cocreate/lib/fragments.py).
    """
    _tag, name, *rest = token.split_contents()
    given = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{rest[0]} is no name=value")
    return FragmentNode(parser.compile_filter(name), given)
