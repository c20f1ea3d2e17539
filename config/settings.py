"""All settings, from the environment (or a `.env` file beside manage.py). See .env.example for each of them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.management.utils import get_random_secret_key
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.navigation import NAVIGATION

# Lets typed code name what a form or an admin is for (ModelForm[Integration]), which Django itself does not yet.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# Without a key of its own an installation still starts, but every restart signs everybody out.
SECRET_KEY = env("SECRET_KEY", default="") or get_random_secret_key()
# Fernet keys, comma separated; the first encrypts, all decrypt. Empty: derived from SECRET_KEY, which must then be set
# and kept.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", urlsplit(BASE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
HTTPS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "accounts.admin_config.TillbridgeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "crispy_forms",
    "accounts",
    "integrations",
    "sync",
    "django_q",  # behind sync, whose qcluster command goes before its own
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'tillbridge.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Readers must not wait for the sync that writes, and two writers must queue instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# SQLite leaves the columns out that an index only carries along, and is quick enough without: it serves one company.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

SECURE_SSL_REDIRECT = False  # the proxy in front redirects; health checks come in plain
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A mail server that hangs must not keep a worker from its syncs.
EMAIL_TIMEOUT = 20
globals().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Tillbridge <tillbridge@localhost>")

BROKER_URL = env("BROKER_URL", default="")
Q_CLUSTER = {
    "name": "tillbridge",
    "workers": env.int("Q_WORKERS", default=2),
    # A failing task must not come back for ever: retries belong to our own rows.
    "ack_failures": True,
    "max_attempts": 1,
    "timeout": 300,
    "retry": 900,
    "catch_up": False,
    "save_limit": 1000,
    "poll": 1,
    **({"redis": BROKER_URL} if BROKER_URL else {"orm": "default"}),
}

ECWID_API_URL = env("ECWID_API_URL", default="https://app.ecwid.com/api/v3").rstrip("/")
ECWID_OAUTH_URL = env("ECWID_OAUTH_URL", default="https://my.ecwid.com/api/oauth").rstrip("/")
ECWID_CLIENT_ID = env("ECWID_CLIENT_ID", default="")
ECWID_CLIENT_SECRET = env("ECWID_CLIENT_SECRET", default="")

WIX_API_URL = env("WIX_API_URL", default="https://www.wixapis.com").rstrip("/")
WIX_INSTALL_URL = env("WIX_INSTALL_URL", default="https://www.wix.com/app-installer")
WIX_APP_ID = env("WIX_APP_ID", default="")
WIX_APP_SECRET = env("WIX_APP_SECRET", default="")
WIX_PUBLIC_KEY = env("WIX_PUBLIC_KEY", default="")
# Where Wix shows its dashboard: the only pages that may put one of ours, which shows nothing of anybody, in a frame.
WIX_DASHBOARDS = env("WIX_DASHBOARDS", default="https://*.wix.com")

QUICKBOOKS_API_URL = env("QUICKBOOKS_API_URL", default="https://quickbooks.api.intuit.com").rstrip("/")
QUICKBOOKS_AUTHORIZE_URL = env("QUICKBOOKS_AUTHORIZE_URL", default="https://appcenter.intuit.com/connect/oauth2")
QUICKBOOKS_TOKEN_URL = env("QUICKBOOKS_TOKEN_URL", default="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer")
QUICKBOOKS_REVOKE_URL = env("QUICKBOOKS_REVOKE_URL", default="https://developer.api.intuit.com/v2/oauth2/tokens/revoke")
QUICKBOOKS_CLIENT_ID = env("QUICKBOOKS_CLIENT_ID", default="")
QUICKBOOKS_CLIENT_SECRET = env("QUICKBOOKS_CLIENT_SECRET", default="")
QUICKBOOKS_WEBHOOK_TOKEN = env("QUICKBOOKS_WEBHOOK_TOKEN", default="")


# How the admin looks.
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Tillbridge",
    "SITE_HEADER": "Tillbridge",
    "SITE_SYMBOL": "point_of_sale",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("tillbridge.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "sync.views.dashboard.overview",
    # Called for each page, because static addresses are not known while settings are read.
    "STYLES": [lambda _request: static("tillbridge.css")],
    "SCRIPTS": [lambda _request: static("lists.js")],
    "BORDER_RADIUS": "6px",
    "ACCOUNT": {
        "navigation": [
            {
                "title": _("Profile"),
                "link": lambda request: reverse("admin:accounts_user_change", args=[request.user.pk]),
            },
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    # A quiet green: the purple of the default is easily taken for a link colour.
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.113)",
            "100": "oklch(95% .052 163.051)",
            "200": "oklch(90.5% .093 164.15)",
            "300": "oklch(84.5% .143 164.978)",
            "400": "oklch(76.5% .177 163.223)",
            "500": "oklch(62% .13 163)",
            "600": "oklch(52% .11 164)",
            "700": "oklch(45% .095 165.612)",
            "800": "oklch(39% .08 166.913)",
            "900": "oklch(34% .066 168.94)",
            "950": "oklch(24% .045 172.552)",
        }
    },
}

CRISPY_TEMPLATE_PACK = "unfold_crispy"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["unfold_crispy"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
