"""A brand, its key, ideas, and somebody who hears of every comment on the first of them: made in
the database of the environment and printed as JSON. Run as a process of its own.
"""

import json
import os
import sys

import django

IDEAS = 40


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    django.setup()
    from accounts.domain import keys  # noqa: PLC0415 - Django first
    from accounts.enums import Scope  # noqa: PLC0415
    from ideas.domain import follows  # noqa: PLC0415
    from ideas.enums import Mode  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    brand = factories.make_brand("mio", owner=factories.make_user("Owner"))
    challenge = factories.make_challenge(brand, slug="street", mode=Mode.UP_DOWN)
    ideas = [factories.make_idea(challenge) for _n in range(IDEAS)]
    scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
    _row, key, _secret = keys.create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=None)
    nina = factories.make_participant(brand, factories.make_user("Nina"))
    follows.follow(idea=ideas[0], participant=nina)
    made = {"codes": [idea.code for idea in ideas], "key": key, "reader": nina.user_id}
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
