import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0006_webhooks'),
        ('sync', '0007_refunds_products_stock'),
    ]

    operations = [
        migrations.CreateModel(
            name='WantedOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('store_ref', models.CharField(max_length=120)),
                ('told_at', models.DateTimeField()),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wanted_orders', to='integrations.integration')),
            ],
            options={
                'verbose_name': 'wanted order',
                'verbose_name_plural': 'wanted orders',
                'constraints': [models.UniqueConstraint(fields=('integration', 'store_ref'), name='one_row_per_wanted_order')],
            },
        ),
    ]
