"""Makes a board in the database of the environment and prints it as JSON: run as a process of
its own.
"""

import json
import os

import django

IDEAS, PEOPLE = 30, 300


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    django.setup()
    from accounts.models import User  # noqa: PLC0415 - Django first
    from ideas.enums import Mode  # noqa: PLC0415
    from tests.factories import make_brand, make_challenge, make_idea, make_user  # noqa: PLC0415

    challenge = make_challenge(make_brand(owner=make_user("Owner")), mode=Mode.UP_DOWN, budget=20)
    codes = [make_idea(challenge).code for _n in range(IDEAS)]
    people = [
        User(email=f"p{n}@example.org", handle=f"p{n}", display_name=f"P{n}") for n in range(PEOPLE)
    ]
    User.objects.bulk_create(people)
    print(json.dumps({"codes": codes, "users": [user.pk for user in people]}))  # noqa: T201


if __name__ == "__main__":
    main()
