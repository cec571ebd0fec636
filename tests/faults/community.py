"""Makes a brand, its key, ideas and a member in the database of the environment and prints them as
JSON: run as a process of its own.
"""

import json
import os

import django

IDEAS = 30


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    django.setup()
    from accounts.domain import keys  # noqa: PLC0415 - Django first
    from accounts.enums import Scope  # noqa: PLC0415
    from ideas.enums import Mode  # noqa: PLC0415
    from tests.factories import PASSWORD, make_brand, make_challenge, make_idea, make_user  # noqa: PLC0415

    brand = make_brand("mio", owner=make_user("Owner"))
    challenge = make_challenge(brand, slug="street", mode=Mode.UP_DOWN)
    codes = [make_idea(challenge).code for _n in range(IDEAS)]
    scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
    _row, key, _signing = keys.create_key(
        brand=brand, scopes=scopes, origins=[], rate=0, actor=None
    )
    member = make_user("Nina").email
    made = {"codes": codes, "key": key, "member": member, "password": PASSWORD}
    print(json.dumps(made))  # noqa: T201


if __name__ == "__main__":
    main()
