"""The examples of the schema: what is sent, and what comes back.

tests/api/test_examples.py sends each of the first and holds each of the second against the shape
that the schema gives it.
"""

from typing import Any

SITE = "https://ideas.example.org"
BRAND, IDEA, COMMENT = "mio", "q959bs88pn", "k3v9wx2bcd"
AT, EDITED = "2026-03-14T09:26:53.589793+00:00", "2026-03-14T10:02:11.000000+00:00"
ZOE = {"name": "Zoe", "handle": "zoe"}
VOTER = {"external_id": "crm-7", "email": "zoe@example.org"}

BRAND_SHAPE: dict[str, Any] = {
    "slug": BRAND,
    "url": f"{SITE}/b/{BRAND}/",
    "name": "Mio",
    "tagline": "A car, designed in the open",
    "language": "en",
    "visibility": "public",
    "accent": {"light": "#c52d1f", "dark": "#fb8371"},
    "statuses": [
        {
            "key": "submitted",
            "label": "Submitted",
            "next": ["planned", "declined"],
            "locks": [],
            "needs_reason": False,
        },
        {
            "key": "declined",
            "label": "Declined",
            "next": ["submitted"],
            "locks": ["edit", "vote"],
            "needs_reason": True,
        },
    ],
    "created": AT,
}
CHALLENGE: dict[str, Any] = {
    "slug": "street",
    "url": f"{SITE}/b/{BRAND}/c/street/",
    "brand": BRAND,
    "title": "What should a small car give back to the street?",
    "body": "It stands **23 hours** a day.",
    "body_html": "<p>It stands <strong>23 hours</strong> a day.</p>\n",
    "language": "en",
    "permanent": False,
    "mode": "up",
    "max_points": 1,
    "budget": 10,
    "budget_period": "challenge",
    "half_life_days": 30.0,
    "who_votes": "everybody",
    "licence": "",
    "licence_version": 0,
    "rules_version": 1,
    "counts_hidden": False,
    "allows": ["comment", "submit", "vote"],
    "closed": False,
    "phases": [
        {
            "title": "",
            "opens": AT,
            "closes": None,
            "allows": ["comment", "submit", "vote"],
            "hides_counts": False,
        }
    ],
    "cover": None,
    "published": AT,
    "created": AT,
}
IMAGE: dict[str, Any] = {
    "code": "w7h3kz4rtm",
    "url": f"{SITE}/i/{IDEA}/pictures/w7h3kz4rtm-800.webp",
    "alt": "A roof of glass, seen from above",
    "width": 800,
    "height": 600,
    "sizes": [
        {"width": width, "url": f"{SITE}/i/{IDEA}/pictures/w7h3kz4rtm-{width}.webp"}
        for width in (320, 800)
    ],
}
LISTED: dict[str, Any] = {
    "code": IDEA,
    "url": f"{SITE}/i/{IDEA}/a-light-for-those-who-walk-home/",
    "brand": BRAND,
    "challenge": "street",
    "title": "A light for those who walk home",
    "language": "en",
    "author": ZOE,
    "status": {"key": "submitted", "label": "Submitted"},
    "support": 41,
    "oppose": 0,
    "points": 41,
    "counts_hidden": False,
    "score": 12.66,
    "comments": 7,
    "my_vote": None,
    "tags": ["light"],
    "images": [IMAGE],
    "merged_into": None,
    "revision": 1,
    "created": AT,
    "updated": AT,
}
IDEA_SHAPE: dict[str, Any] = LISTED | {
    "body": "A parked car *sees* who comes.",
    "body_html": "<p>A parked car <em>sees</em> who comes.</p>\n",
    "support_by": {"self": 38, "on_behalf": 2, "imported": 1},
    "uncounted": {"pending": 1, "held": 0},
    "licence": "",
    "co_authors": [],
}
VOTE: dict[str, Any] = {
    "idea": IDEA,
    "value": 1,
    "state": "counted",
    "support": 42,
    "oppose": 0,
    "points": 42,
    "budget": {"limit": 10, "used": 3, "left": 7, "until": None},
}
SAID: dict[str, Any] = {
    "code": COMMENT,
    "url": f"{SITE}/i/{IDEA}/comments/{COMMENT}/",
    "idea": IDEA,
    "parent": None,
    "depth": 1,
    "author": ZOE,
    "official": False,
    "pinned": False,
    "body": "And in *winter*?",
    "body_html": "<p>And in <em>winter</em>?</p>\n",
    "deleted": False,
    "hidden": False,
    "created": AT,
    "edited": None,
}
ANSWERED: dict[str, Any] = SAID | {
    "author": None,
    "official": True,
    "pinned": True,
    "body": "Thank you. We have **begun**.",
    "body_html": "<p>Thank you. We have <strong>begun</strong>.</p>\n",
}
DECISION: dict[str, Any] = {
    "before": {"key": "submitted", "label": "Submitted"},
    "after": {"key": "planned", "label": "Planned"},
    "reason": None,
    "message": "For May.",
    "message_html": "<p>For May.</p>\n",
    "at": AT,
}
STATEMENT: dict[str, Any] = {
    "budget": {"limit": 10, "used": 1, "left": 9, "until": None},
    "totals": [{"period": None, "paid": 2, "returned": 1, "used": 1}],
    "results": [
        {
            "at": EDITED,
            "kind": "withdraw",
            "source": "self",
            "idea": "d4m7ttz8kc",
            "title": "A bench that warms",
            "was": 1,
            "value": 0,
            "cost": -1,
            "used": 1,
            "period": None,
        }
    ],
    "next": "WyJzdGF0ZW1lbnQiLCA0Ml0",
}
WHY: dict[str, Any] = {
    "idea": IDEA,
    "sort": "best",
    "score": 0.86,
    "terms": [{"text": "The share of votes for it, at the careful end", "value": 0.86}],
    "place": 3,
    "ideas": 60,
    "interval": [0.86, 0.99],
    "version": 12,
    "built_at": AT,
    "exposure": {"times": 311, "views": 120.4, "votes_per_100_views": 34.1},
}
REVISION: dict[str, Any] = {
    "revision": 1,
    "hidden": False,
    "title": "A light for those who walk home",
    "body": "A parked car *sees* who comes.",
    "tags": ["light"],
    "language": "en",
    "by_brand": False,
    "editor": ZOE,
    "at": AT,
}

RESPONSES: dict[str, dict[str, Any]] = {
    "me": {
        "kind": "member",
        "handle": "zoe",
        "name": "Zoe",
        "email": "zoe@example.org",
        "language": "en",
        "brands": [{"slug": BRAND, "name": "Mio", "role": "manager"}],
        "scopes": None,
    },
    "brand": BRAND_SHAPE,
    "challenges": {"results": [CHALLENGE], "next": None},
    "statement": STATEMENT,
    "ideas": {"results": [LISTED], "next": "WyJuZXciLCAxLCAyXQ"},
    "board": {
        "brand": BRAND_SHAPE,
        "challenges": [CHALLENGE],
        "ideas": {"results": [LISTED], "next": "WyJuZXciLCAxLCAyXQ"},
    },
    "roadmap": {
        "results": [
            {
                "idea": LISTED | {"status": {"key": "planned", "label": "Planned"}},
                "decided": AT,
                "words": "For May.",
            }
        ]
    },
    "post_idea": IDEA_SHAPE | {"support": 0, "points": 0, "score": 0.0, "comments": 0},
    "idea": IDEA_SHAPE,
    "edit_idea": IDEA_SHAPE | {"revision": 2, "updated": EDITED},
    "revisions": {"results": [REVISION], "next": None},
    "vote": VOTE,
    "withdraw_vote": VOTE | {"value": None, "state": None, "support": 41, "points": 41},
    "post_image": IMAGE,
    "comments": {"results": [SAID], "next": None},
    "post_comment": SAID,
    "comment": SAID,
    "edit_comment": SAID | {"edited": EDITED},
    "delete_comment": SAID | {"body": "", "body_html": "", "author": None, "deleted": True},
    "history": {"results": [DECISION], "next": None},
    "set_status": IDEA_SHAPE | {"status": {"key": "planned", "label": "Planned"}},
    "respond": ANSWERED,
    "follow": {"idea": IDEA, "follows": True},
    "unfollow": {"idea": IDEA, "follows": False},
    "why": WHY,
    "similar_to_text": {"results": [LISTED | {"near_copy": True}]},
    "open_widget_session": {"token": "cot_…", "expires": AT, "brand": BRAND},
    "similar_to_idea": {"results": [LISTED | {"near_copy": False}]},
}

FOR_SOMEBODY = "With a secret key, for somebody"
REQUESTS: dict[str, dict[str, dict[str, Any]]] = {
    "post_idea": {
        "By a member": {
            "title": "A light for those who walk home",
            "body": "A parked car *sees* who comes.",
            "challenge": "street",
            "tags": ["light"],
            "language": "en",
        },
        FOR_SOMEBODY: {
            "title": "A socket in every bicycle stand",
            "author": VOTER | {"name": "Zoe"},
        },
    },
    "edit_idea": {"Another title": {"title": "A light for whoever walks home"}},
    "vote": {"By a member": {"value": 1}, FOR_SOMEBODY: {"value": 1, "voter": VOTER}},
    "withdraw_vote": {FOR_SOMEBODY: {"voter": VOTER}},
    "post_image": {
        "By a member": {"brand": BRAND, "alt": "A roof of glass, seen from above", "file": "…"}
    },
    "post_comment": {
        "By a member": {"body": "And in *winter*?"},
        "A reply": {"body": "Then too.", "parent": COMMENT},
        FOR_SOMEBODY: {"body": "And in *winter*?", "author": VOTER | {"name": "Zoe"}},
    },
    "edit_comment": {"Other words": {"body": "And in **winter**?"}},
    "set_status": {
        "A step": {"status": "planned", "message": "For May."},
        "A refusal": {
            "status": "declined",
            "reason": "too_costly",
            "message": "Two tanks cost more than the boot is worth to most of you.",
        },
    },
    "respond": {"An answer": {"body": "Thank you. We have **begun**."}},
}
