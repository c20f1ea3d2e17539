from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0009_stock_basis'),
    ]

    operations = [
        migrations.AddField(
            model_name='integration',
            name='orders_rechecked_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='integration',
            name='orders_rechecked_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
