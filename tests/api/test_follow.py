"""PUT and DELETE ideas/{code}/follow/"""

import pytest

from accounts.enums import Visibility
from accounts.models import Participant
from ideas.domain.follows import follows
from ideas.models import Follow
from tests.api.conftest import blamed, refusal, until_refused

pytestmark = pytest.mark.django_db


def at(idea) -> str:
    return f"ideas/{idea.code}/follow/"


def test_a_member_follows_and_leaves_as_often_as_they_like(idea, as_program, charlie):
    program = as_program(charlie)
    for _n in range(2):
        answer = program.put(at(idea))
        assert (answer.status_code, answer.json()) == (200, {"idea": idea.code, "follows": True})
        assert follows(idea=idea, user=charlie)
    for _n in range(2):
        assert program.delete(at(idea)).json() == {"idea": idea.code, "follows": False}
        assert not follows(idea=idea, user=charlie)
    assert Follow.objects.filter(participant__user=charlie).count() == 1


def test_others_have_nobody_who_would_hear(idea, visitor, as_server, as_widget):
    for method in ("put", "delete"):
        assert refusal(getattr(visitor, method)(at(idea))) == (401, "sign_in_required")
        for caller in (as_server(idea.brand), as_widget(idea.brand)):
            assert refusal(getattr(caller, method)(at(idea))) == (403, "not_allowed")


def test_what_is_not_theirs_to_see_is_404(idea, as_member, as_server, charlie, mallory):
    rival = as_server(mallory.memberships.get().brand)
    assert refusal(rival.put(at(idea))) == (404, "not_found")
    idea.brand.visibility = Visibility.MEMBERS
    idea.brand.save()
    assert refusal(as_member(charlie).put(at(idea), b"{{{")) == (404, "not_found")
    assert not Participant.objects.filter(user=charlie).exists()


def test_nothing_else_is_said(idea, as_member, charlie):
    member = as_member(charlie)
    assert blamed(member.put(at(idea), {"follows": True})) == {"follows": ["unknown_field"]}
    assert refusal(member.put(f"{at(idea)}?x=1")) == (400, "unknown_parameter")
    assert refusal(member.get(at(idea))) == (405, "method_not_allowed")
    assert not Follow.objects.filter(participant__user=charlie).exists()


def test_a_flood_is_refused(idea, as_member, charlie):
    member = as_member(charlie)
    *answers, late = until_refused(lambda: member.put(at(idea)))
    assert {answer.status_code for answer in answers} == {200}
    assert int(late["Retry-After"]) >= 1
