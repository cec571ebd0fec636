from django.db import migrations


class Migration(migrations.Migration):
    """Whoever votes for somebody does not learn what they cast themselves, and an import replaces
    no vote that a key has cast.
    """

    dependencies = [("ideas", "0020_young_ideas")]

    operations = []
