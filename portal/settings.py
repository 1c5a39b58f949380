"""Everything the portal is told from outside, read once from the environment; safe with nothing set."""

import secrets
import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from kombu import Exchange, Queue

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if env("PORTAL_ENV", default="") != "test":
    environ.Env.read_env(BASE_DIR / ".env")

# Which form is running: embedded (nothing set), production, or the tests' own.
PORTAL_ENV = env("PORTAL_ENV", default="production" if "DATABASE_URL" in env.ENVIRON else "embedded")
if PORTAL_ENV not in {"embedded", "production", "test"}:
    raise ImproperlyConfigured(f"PORTAL_ENV is {PORTAL_ENV!r}; it may be embedded, production or test.")
IS_PRODUCTION = PORTAL_ENV == "production"
IS_EMBEDDED = PORTAL_ENV == "embedded"
IS_TEST = PORTAL_ENV == "test"
IS_DEMO = env.bool("PORTAL_DEMO", default=not IS_PRODUCTION)
#: whether search engines are welcome: not where a portal shows samples, or is tried out
IS_INDEXED = IS_PRODUCTION and not IS_DEMO
PORTAL_REGION = env("PORTAL_REGION", default="02")
DEBUG = env.bool("DEBUG", default=False)
if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG shows the portal's inside to everybody; it cannot be 1 in production.")

VAR = Path(env("PORTAL_VAR", default=str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)


def _embedded_key() -> str:
    """One key for every process of an embedded portal, made once with exclusive creation."""
    path = VAR / "secret_key"
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="" if IS_PRODUCTION else _embedded_key())
if IS_PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters in production.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
if IS_PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the portal's address in production.")
SITE_ADDRESS = env(
    "SITE_ADDRESS", default=f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else "http://127.0.0.1:8000"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_ADDRESS])

# How many addresses the proxies before the portal add to X-Forwarded-For: who asks is the one the first of them saw.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if IS_PRODUCTION else 0)

INSTALLED_APPS = [
    "portal.core",
    "portal.reference",
    "portal.accounts",
    "portal.notifications",
    "actors.directory",
    "actors.doubles",
    "actors.roles",
    "actors.imports",
    "meetings",
    "recommendations",
    "portal.home",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_filters",
    "django_htmx",
    "simple_history",
    "lucide",
]

MIDDLEWARE = [
    "portal.core.middleware.Alive",
    "django.middleware.security.SecurityMiddleware",
    "portal.core.middleware.NotIndexed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.logs.RequestLog",
    "portal.core.replica.VisitorsReadReplica",
    "django.middleware.gzip.GZipMiddleware",
    "portal.core.unchanged.Unchanged",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.NotKept",
    "portal.accounts.middleware.LanguageMiddleware",
    "portal.accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.core.middleware.HtmxAnswers",
    "portal.core.middleware.OneDoor",
    "portal.notifications.middleware.SeenPages",
    "portal.core.middleware.NotAllowed",
    "portal.core.middleware.NotSoOften",
    "portal.core.saving.SentTwice",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

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
                "portal.home.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.core.templatetags.portal",
                "portal.core.templatetags.components",
            ],
        },
    }
]
FORM_RENDERER = "portal.core.forms.PortalRenderer"

# Database: SQLite in var/ until DATABASE_URL says otherwise.
_database_url = env("TEST_DATABASE_URL" if IS_TEST else "DATABASE_URL", default="")
if _database_url:
    DATABASES = {"default": environ.Env.db_url_config(_database_url)}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        # Each thread of the web server keeps its connection. A pool would be smaller, but comes back to a database that
        # was away only after pauses that double.
        DATABASES["default"] |= {"ENGINE": "portal.core.postgres", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "tansiq.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    }
# A copy of it that follows, for the pages of visitors (portal/core/replica.py).
_replica_url = "" if IS_TEST else env("REPLICA_URL", default="")
if _replica_url:
    if DATABASES["default"]["ENGINE"] != "portal.core.postgres":
        raise ImproperlyConfigured("REPLICA_URL needs a PostgreSQL in DATABASE_URL that it follows.")
    _same = {"ENGINE": "portal.core.postgres"}
    DATABASES["replica"] = DATABASES["default"] | environ.Env.db_url_config(_replica_url) | _same
    DATABASE_ROUTERS = ["portal.core.databases.Router"]
REPLICA_MAX_AGE = env.int("REPLICA_MAX_AGE", default=180)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis where there is one; otherwise the filesystem carries the messages.
_redis_url = env("TEST_REDIS_URL" if IS_TEST else "REDIS_URL", default="")
if _redis_url:
    CELERY_BROKER_URL = _redis_url
    CELERY_BROKER_TRANSPORT = "portal.core.redis_broker:RedisTransport"
    if urlsplit(_redis_url).scheme == "rediss":
        # Of a transport that is called otherwise, kombu does not see that it is to be encrypted.
        CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # Longer than any task may run. A row is the truth: what a message asks for twice is done once.
        "visibility_timeout": 600,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
    # The cache has the database after the broker's: emptying the one must not lose the other's messages.
    _cache_number = int(urlsplit(_redis_url).path.strip("/") or 0) + 1
    _cache_url = urlsplit(_redis_url)._replace(path=f"/{_cache_number}").geturl()
    CACHES = {"default": {"BACKEND": "portal.core.cache.GuardedCache", "LOCATION": _cache_url}}
else:
    _spool = {name: VAR / "broker" / name for name in ("queue", "control", "unreadable")}
    for _folder in _spool.values():
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "portal.core.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_spool["queue"]),
        "data_folder_out": str(_spool["queue"]),
        "control_folder": str(_spool["control"]),
        "unreadable_folder": str(_spool["unreadable"]),
        # Somebody watches the progress: a second before the worker even looks is long.
        "polling_interval": 0.25,
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Mail, long work and the clock's short passes wait in queues of their own: none holds the others. Who reads which, says
# `--queues`; a worker that is told nothing reads all.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("short", "mail", "long")]
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_ROUTES = {
    "portal.notifications.tasks.deliver_*": {"queue": "mail"},
    "portal.core.tasks.work_on_next": {"queue": "long"},
    "portal.core.tasks.resume_work": {"queue": "long"},
    "actors.doubles.tasks.find_doubles_tonight": {"queue": "long"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker whose broker goes away waits for it, however long; what it is doing meanwhile, it does to the end.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_TIMEZONE = "Africa/Casablanca"
CELERY_TASK_TIME_LIMIT = 300

# People and their way in.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
]
if IS_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home"
ACCOUNT_ADAPTER = "portal.accounts.adapter.ClosedAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "user_token": "portal.accounts.forms.OpenAccountTokenForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A mail to whoever is typed into a form would make the portal write to strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Ours are kept in the database and know the owner's devices (docs/adr/0013).
ACCOUNT_RATE_LIMITS = False

# How often something may be done (portal/core/limits.py): so many times within so many seconds.
LIMITS = {
    # Wrong passwords: for one account and from one address where the device is not known, and from one that is.
    "sign_in_account": (5, 300),
    "sign_in_address": (30, 600),
    "sign_in_device": (10, 300),
    # The present password, asked before it is changed.
    "old_password": (10, 600),
    # Links for a new password: to one account, and asked for from one address.
    "reset_account": (3, 900),
    "reset_address": (20, 3600),
    # By one person, or from one address where nobody is signed in.
    "orders": (env.int("LIMIT_ORDERS", default=30), 3600),
    "offers": (env.int("LIMIT_OFFERS", default=40), 3600),
    "uploads": (env.int("LIMIT_UPLOADS", default=60), 600),
    "exports": (env.int("LIMIT_EXPORTS", default=30), 600),
    "searches": (env.int("LIMIT_SEARCHES", default=240), 60),
    # Personal links: opened, and acted by. Many phones of one operator share an address.
    "links": (env.int("LIMIT_LINKS", default=300), 600),
    "link_answers": (env.int("LIMIT_LINK_ANSWERS", default=120), 3600),
}

# Mail: SMTP where EMAIL_URL says so, files in var/mail otherwise.
_email = urlsplit(env("EMAIL_URL", default=""))
if _email.scheme in {"smtp", "smtp+tls", "smtps", "smtp+ssl"}:
    MAILERS = {
        "default": {
            "BACKEND": "portal.core.smtp.MailServer",
            "OPTIONS": {
                "host": _email.hostname,
                "port": _email.port or {"smtp": 25, "smtp+tls": 587}.get(_email.scheme, 465),
                "username": unquote(_email.username or ""),
                "password": unquote(_email.password or ""),
                "use_tls": _email.scheme == "smtp+tls",
                "use_ssl": _email.scheme in {"smtps", "smtp+ssl"},
                "timeout": 15,
            },
        }
    }
elif _email.scheme:
    raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtp+tls:// or smtps://.")
elif IS_PRODUCTION:
    raise ImproperlyConfigured("EMAIL_URL must say where mail goes in production.")
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(VAR / "mail")},
        }
    }
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Tansiq <tansiq@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_EMAIL = env("CONTACT_EMAIL", default="ecrire@tansiq.example" if IS_DEMO else "")

# Languages and the clock.
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.core.formats"]
USE_TZ = True
TIME_ZONE = "Africa/Casablanca"

# Static files come from one folder, with fingerprints; from apps and packages where nothing was built (DEBUG, tests).
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles" if IS_PRODUCTION else VAR / "static"))
if not IS_PRODUCTION:
    Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
IS_STATIC_BUILT = IS_PRODUCTION or (IS_EMBEDDED and not DEBUG and Path(STATIC_ROOT, "staticfiles.json").exists())
WHITENOISE_USE_FINDERS = IS_EMBEDDED and not IS_STATIC_BUILT
STORAGES = {
    # What people upload is for the portal's own user; static files are for whoever serves them.
    "default": {
        "BACKEND": "portal.core.storage.WholeFileStorage",
        "OPTIONS": {"file_permissions_mode": 0o640},
    },
    "staticfiles": {
        "BACKEND": "portal.core.static.FlattenedManifestStorage"
        if IS_STATIC_BUILT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR / "media"))
MEDIA_MAX_MB = env.int("MEDIA_MAX_MB", default=20)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "portal.core.receiving.MeasuredFileUploadHandler",
]

# What a browser may do with our pages.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_PRODUCTION and SITE_ADDRESS.startswith("https"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/ready$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=3600)
CSRF_FAILURE_VIEW = "portal.home.views.errors.csrf_failure"
SIMPLE_HISTORY_REVERT_DISABLED = True
STYLEGUIDE = env.bool("STYLEGUIDE", default=not IS_PRODUCTION)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.core.logs.UTCFormatter"}},
    "filters": {"refusals": {"()": "portal.core.logs.RefusalsInOneLine"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["refusals"],
            "stream": sys.stderr,
        }
    },
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools")},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO" if IS_PRODUCTION else "WARNING")},
}
