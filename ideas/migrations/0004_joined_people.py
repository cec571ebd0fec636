from django.db import migrations


class Migration(migrations.Migration):
    """What it installed, 0007 installs: today's functions need the columns of 0006, and somebody may
    come from a version before both.
    """

    dependencies = [
        ("ideas", "0003_votes_leave"),
        ("accounts", "0004_proved_mailboxes"),
    ]

    operations = []
