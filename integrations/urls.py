"""The addresses of the connect pages; the callbacks are registered at the providers and must not change."""

from django.urls import path

from integrations.views import connections, ecwid, quickbooks, stores, wix

app_name = "connect"
urlpatterns = [
    path("quickbooks/start", quickbooks.start, name="quickbooks_start"),
    path("quickbooks/callback", quickbooks.callback, name="quickbooks_callback"),
    path("ecwid/start", ecwid.start, name="ecwid_start"),
    path("ecwid/callback", ecwid.callback, name="ecwid_callback"),
    path("ecwid/token", ecwid.token, name="ecwid_token"),
    path("wix/start", wix.start, name="wix_start"),
    path("wix/callback", wix.callback, name="wix_callback"),
    path("wix/open", wix.framed, name="wix_open"),
    path("wix/finish", wix.finish, name="wix_finish"),
    path("wix/key", wix.key, name="wix_key"),
    path("stores/new", stores.ways, name="store_ways"),
    path("stores/<int:pk>/check", connections.check_store, name="store_check"),
    path("stores/<int:pk>/disconnect", connections.disconnect_store, name="store_disconnect"),
    path("books/<int:pk>/check", connections.check_books, name="books_check"),
    path("books/<int:pk>/disconnect", connections.disconnect_books, name="books_disconnect"),
]
