import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0004_integration_live_at"),
        ("sync", "0002_health_and_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetupProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("saved", models.JSONField(default=list, editable=False)),
                ("sample_number", models.CharField(blank=True, editable=False, max_length=100)),
                ("skus", models.JSONField(default=dict, editable=False)),
                ("skus_checked_at", models.DateTimeField(editable=False, null=True)),
                ("orders_checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="setup",
                        to="integrations.integration",
                        verbose_name="integration",
                    ),
                ),
            ],
            options={"verbose_name": "setup", "verbose_name_plural": "setups"},
        ),
    ]
