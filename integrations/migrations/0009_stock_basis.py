from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0008_wix"),
    ]

    operations = [
        migrations.RenameField(
            model_name="integration",
            old_name="stock_compared_at",
            new_name="stock_listed_at",
        ),
        migrations.AddField(
            model_name="integration",
            name="stock_compared_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="stock_basis",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="booksconnection",
            name="items_revision",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
