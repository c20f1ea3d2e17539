"""django-q2's own pages are not offered: schedules follow from the integrations, and what came of a task stands in its
run."""

import django_q.admin  # noqa: F401 - registers what is taken away here
from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

for _model in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
