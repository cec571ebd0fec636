from django.db import migrations


class Migration(migrations.Migration):
    """What it did, 0009 does: joining needs today's functions."""

    dependencies = [
        ("ideas", "0004_joined_people"),
        ("accounts", "0005_index_of_named_mailboxes"),
    ]

    operations = []
