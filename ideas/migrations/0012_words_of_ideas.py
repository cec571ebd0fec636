from django.db import migrations


class Migration(migrations.Migration):
    """Words are written by 0015, as they are today."""

    dependencies = [("ideas", "0011_functions_of_rules_and_search")]

    operations = []
