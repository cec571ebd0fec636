"""All settings in one file. Nothing needs to be set; each variable upgrades one part
(docs/settings.md).
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from cocreate.lib import env, logs

PROBLEMS = env.collect_problems()  # wrong values; cocreate/checks.py says them
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("COCREATE_VAR", str(BASE_DIR / "var")))
PROCESS = env.text("COCREATE_PROCESS", "command")  # web, worker, beat or command

# --- Where it lives -------------------------------------------------------------------------------

PUBLIC_URL = env.address("PUBLIC_URL", "http://127.0.0.1:8000")
_public = urlsplit(PUBLIC_URL)
PUBLIC_HOST = _public.hostname or "localhost"
IS_HTTPS = _public.scheme == "https"
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = [
    PUBLIC_HOST,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.words("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, most=env.MOST_PROXIES)
METRICS_TOKEN = env.text("METRICS_TOKEN")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "cocreate.urls"
WSGI_APPLICATION = "cocreate.wsgi.application"
SITE_NAME = env.text("SITE_NAME", "cocreate")
# How long a brand's decision or answer can be undone; people are told after that.
UNDO_SECONDS = env.number("UNDO_SECONDS", 30, most=3600)

INSTALLED_APPS = [
    "cocreate",
    "accounts",
    "ideas",
    "insights",
    "notifications",
    "web",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "cocreate.apps.OperatorsConfig",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "cocreate.lib.headers.RequestIdMiddleware",
    "cocreate.lib.watch.WatchMiddleware",
    "cocreate.lib.shortcut.ShortcutMiddleware",  # the API goes no further than this
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cocreate.lib.headers.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cocreate.lib.headers.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cocreate.lib.bodies.InTimeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.MemberMiddleware",
    "accounts.sessions.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cocreate.lib.errors.UnavailableMiddleware",
]

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
            ],
        },
    }
]

# --- Stores ---------------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL", "postgresql://cocreate@localhost/cocreate")
REDIS_URL = env.store(env.text("REDIS_URL", "redis://localhost:6379/0"))

# A web thread never waits long for a row or a lock: 503 and a retry beat a hanging page. And the
# prepared lists have one good plan, by an index; planning them anew costs more than running them.
WEB_OPTIONS = (
    "-c statement_timeout=3s -c lock_timeout=2s -c idle_in_transaction_session_timeout=30s"
    " -c plan_cache_mode=force_generic_plan"
)

DATABASES = {"default": env.database(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = None
# Django switches prepared statements off; with a threshold nobody reaches, those that say
# `prepare=True` are prepared and no others. It saves a list three quarters of PostgreSQL's work.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 1_000_000)
if PROCESS == "web":
    DATABASES["default"]["OPTIONS"] |= {"options": WEB_OPTIONS}

CACHES = {
    "default": {
        "BACKEND": "cocreate.lib.store.Cache",
        "LOCATION": [REDIS_URL],  # one store, even where its address has commas
        "KEY_PREFIX": "cocreate",
        "OPTIONS": {
            "pool_class": "cocreate.lib.primary.Pool",
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
        },
    }
}

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.models.user.display_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code keeps the visitor, and the vote they wanted, in one tab
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever changes a password or an address, its owner hears of it
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True  # one address; the new one replaces it once it is proved
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # the password once more before the address changes
# By code too, and then signed in: a wish to vote survives a forgotten password in the same tab.
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_FORMS = {
    "login": "accounts.account_forms.LoginForm",
    "signup": "accounts.account_forms.SignupForm",
    "add_email": "accounts.account_forms.AddEmailForm",
    "change_password": "accounts.account_forms.ChangePasswordForm",
    "set_password": "accounts.account_forms.SetPasswordForm",
    "reauthenticate": "accounts.account_forms.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.account_forms.ConfirmEmailForm",
    "reset_password": "accounts.account_forms.ResetPasswordForm",
    "confirm_password_reset_code": "accounts.account_forms.ConfirmResetForm",
    "reset_password_from_key": "accounts.account_forms.NewPasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # ours stand before its pages: accounts/limits.py

# --- Cookies and headers --------------------------------------------------------------------------

_host_prefix = "__Host-" if IS_HTTPS else ""
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = f"{_host_prefix}cocreate_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
CSRF_COOKIE_HTTPONLY = True  # our script takes the token from the form it sends
CSRF_COOKIE_NAME = f"{_host_prefix}cocreate_csrf"
LANGUAGE_COOKIE_NAME = f"{_host_prefix}cocreate_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
DENSITY_COOKIE_NAME = f"{_host_prefix}cocreate_view"  # cards or lines: web/public/densities.py
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # which asks for that redirect
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Languages ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["cocreate.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR / "media"  # served by views that ask who may see it, never by address alone
FILE_UPLOAD_HANDLERS = [
    "cocreate.lib.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # the first ten are read (cocreate/lib/uploads.py)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Mail -----------------------------------------------------------------------------------------

EMAIL_URL = env.text("EMAIL_URL")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"{SITE_NAME} <no-reply@{PUBLIC_HOST}>")
EMAIL_TIMEOUT = 20
if EMAIL_URL:
    globals().update(env.mail(EMAIL_URL))
    EMAIL_BACKEND = "notifications.smtp.Backend"
else:  # no server named: mails are files that a newcomer can open
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# --- Celery ---------------------------------------------------------------------------------------

_stores = env.each_host(REDIS_URL)
_is_socket = REDIS_URL.startswith("unix://")
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix:", "redis+socket:", 1) if _is_socket else _stores[0].geturl()
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "notify"
CELERY_TASK_ROUTES = {
    "ideas.tasks.tally_votes": "tally",
    "ideas.tasks.rebuild_orders": "bulk",  # seconds for a large list: mail is not behind it
    "ideas.tasks.keep_exposure": "bulk",
    "ideas.tasks.work_on_imports": "bulk",
    "insights.tasks.count_daily_votes": "bulk",
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1_000  # a connection for each task would cost more than most tasks
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long the broker is away, workers wait for it
# Longer than the longest task: a task still running would otherwise be given to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.4,
}
if len(_stores) > 1:
    CELERY_BROKER_TRANSPORT = "cocreate.lib.primary.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS["addresses"] = REDIS_URL
if REDIS_URL.startswith("rediss://"):  # what an address says (?ssl_ca_certs=…) counts more
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": "required"}
# A request never waits for the broker; a sweep publishes what was lost
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # Each drains for a second, so two are at work: one goes on where a brand keeps the other busy.
    "tally": {"task": "ideas.tasks.tally_votes", "schedule": 0.5, "options": {"expires": 1}},
    "watch-top": {
        "task": "ideas.tasks.watch_top_ideas",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "rebuild-orders": {
        "task": "ideas.tasks.rebuild_orders",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "keep-exposure": {
        "task": "ideas.tasks.keep_exposure",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "watch-alerts": {
        "task": "ideas.tasks.watch_alerts",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "heal-drift": {
        "task": "ideas.tasks.heal_recent_drift",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "heal-all": {
        "task": "ideas.tasks.heal_all_drift",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "settle-costs": {
        "task": "ideas.tasks.settle_costs",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sweep-images": {
        "task": "ideas.tasks.sweep_images",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-drafts": {
        "task": "ideas.tasks.sweep_drafts",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-imports": {
        "task": "ideas.tasks.sweep_imports",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "work-on-imports": {
        "task": "ideas.tasks.work_on_imports",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "empty-deleted-ideas": {
        "task": "ideas.tasks.empty_deleted_ideas",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "count-daily-votes": {
        "task": "insights.tasks.count_daily_votes",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "clear-sessions": {
        "task": "accounts.tasks.clear_expired_sessions",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "clear-spent-tokens": {
        "task": "accounts.tasks.clear_spent_tokens",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-kept-answers": {
        "task": "api.tasks.sweep_kept_answers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "settle-mailboxes": {
        "task": "accounts.tasks.settle_mailboxes",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "dispatch": {
        "task": "notifications.tasks.dispatch_activities",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "build-digests": {
        "task": "notifications.tasks.build_digests",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "send-mail": {
        "task": "notifications.tasks.send_due_mail",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
}

# --- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BearerAuthentication",
        "api.authentication.KeyInAddressAuthentication",
        "api.authentication.MemberAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.v1.generator.Described",
    "EXCEPTION_HANDLER": "api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "cocreate",
    "DESCRIPTION": "Ideas, votes and answers of brands and their communities.",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_PATCH": False,  # what a PATCH needs it needs: the words of a comment
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# --- Logs -----------------------------------------------------------------------------------------

LOG_FORMAT = env.choice("LOG_FORMAT", "json" if IS_HTTPS else "lines", logs.FORMATS)
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", env.LEVELS)
LOGGING = logs.configuration(LOG_FORMAT, LOG_LEVEL)

# --- Wrong values ---------------------------------------------------------------------------------

env.raise_problems()
if PROBLEMS and PROCESS != "command":  # a command's own check says it, in lines
    raise ImproperlyConfigured(" ".join(PROBLEMS))
