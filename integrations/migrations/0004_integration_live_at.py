import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def live_since_made(apps, schema_editor):
    """What was synchronised before there was a setup to finish goes on."""
    apps.get_model("integrations", "Integration").objects.update(live_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_orders_read_from")]

    operations = [
        migrations.AddField(
            model_name="integration",
            name="live_at",
            field=models.DateTimeField(
                blank=True, default=django.utils.timezone.now, editable=False, null=True, verbose_name="live since"
            ),
        ),
        migrations.RunPython(live_since_made, migrations.RunPython.noop),
    ]
