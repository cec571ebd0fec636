from django.db import migrations

from cocreate.lib.sql import on_delete


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ideas", "0034_index_of_owners")]

    operations = [
        on_delete("ideas_idea", "owner_id", "accounts_membership", "SET NULL"),
        on_delete("ideas_savedview", "member_id", "accounts_membership", "CASCADE"),
        on_delete("ideas_savedview", "brand_id", "accounts_brand", "CASCADE"),
    ]
