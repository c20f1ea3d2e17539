"""The addresses of the pages beside the admin."""

from django.urls import path

from sync.views import inbox, preview, progress, refunds, stock, wizard
from sync.views.common import for_members

app_name = "sync"
urlpatterns = [
    path("inbox", for_members(inbox.overview), name="inbox"),
    path("inbox/<int:pk>/<slug:cause>", for_members(inbox.group), name="inbox_group"),
    path("inbox/<int:pk>/<slug:cause>/retry", for_members(inbox.retry), name="inbox_retry"),
    path("inbox/<int:pk>/<slug:cause>/ignore", for_members(inbox.ignore), name="inbox_ignore"),
    path("inbox/record/<int:pk>/retry", for_members(inbox.retry_record), name="record_retry"),
    path("inbox/record/<int:pk>/overwrite", for_members(inbox.overwrite_record), name="record_overwrite"),
    path("inbox/record/<int:pk>/ignore", for_members(inbox.ignore_record), name="record_ignore"),
    path("refunds/<int:pk>/amount", for_members(refunds.amount), name="refund_amount"),
    path("syncs/now", for_members(progress.sync_all), name="sync_all"),
    path("stock/<int:pk>", for_members(stock.waiting), name="stock"),
    path("stock/push/<int:pk>/approve", for_members(stock.approve), name="stock_approve"),
    path("stock/push/<int:pk>/reject", for_members(stock.reject), name="stock_reject"),
    path("stock/push/<int:pk>/restore", for_members(stock.restore), name="stock_restore"),
    path("syncs/<int:pk>/now", for_members(progress.sync_now), name="sync_now"),
    path("syncs/<int:pk>/pause", for_members(progress.pause), name="pause"),
    path("syncs/<int:pk>/resume", for_members(progress.resume), name="resume"),
    path("syncs/<int:pk>/progress", for_members(progress.progress), name="progress"),
    path("preview/<int:pk>", for_members(preview.orders), name="preview"),
    path("preview/<int:pk>/change", for_members(preview.change), name="preview_change"),
    path("preview/<int:pk>/change/<slug:step_id>", for_members(preview.change_step), name="preview_change_step"),
    path("preview/mapping/<slug:model>/<int:pk>", for_members(preview.change_mapping), name="preview_change_mapping"),
    path("preview/record/<int:pk>", for_members(preview.record), name="preview_record"),
    path("setup", for_members(wizard.start), name="setup"),
    path("setup/<int:business_pk>/<slug:side>", for_members(wizard.connect), name="setup_connect"),
    path("setup/integration/<int:pk>", for_members(wizard.resume), name="manage"),
    path("setup/integration/<int:pk>/number", for_members(wizard.number), name="setup_number"),
    path("setup/integration/<int:pk>/<slug:step_id>", for_members(wizard.step), name="setup_step"),
    path("setup/integration/<int:pk>/<slug:step_id>/refresh", for_members(wizard.refresh), name="setup_refresh"),
]
