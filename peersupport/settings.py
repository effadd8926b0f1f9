"""Django settings. Every value that differs between installations comes from the environment,
through the settings registry; docs/settings.md lists them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from peersupport.database import address
from peersupport.registries import routes
from peersupport.registries.environment import read, read_flag, read_list, read_number
from peersupport.vault import secret_files

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = address.data_dir(BASE_DIR, read("PEERSUPPORT_DATA_DIR"))

DEMO = read_flag("PEERSUPPORT_DEMO")
DEBUG = False
SECRET_KEY = read("PEERSUPPORT_SECRET_KEY") or secret_files.read_or_make(DATA_DIR / "secret.key", size=50)
MASTER_KEY = read("PEERSUPPORT_MASTER_KEY") or secret_files.read_or_make(DATA_DIR / "master.key", size=32)

ALLOWED_HOSTS = read_list("PEERSUPPORT_HOSTS")
PORT = read_number("PORT")
BIND = read("PEERSUPPORT_BIND")
PROCESSES = read_number("PEERSUPPORT_PROCESSES")
REDIS_URL = read("REDIS_URL")
LOCAL_HOSTS = {"localhost", "127.0.0.1"}
DEMO_ORIGINS = [f"http://{host}:{PORT}" for host in sorted(LOCAL_HOSTS)] if DEMO else []
SOCKET_ORIGINS = (
    read_list("PEERSUPPORT_ORIGINS") or [f"https://{host}" for host in ALLOWED_HOSTS]
) + DEMO_ORIGINS
CSRF_TRUSTED_ORIGINS = SOCKET_ORIGINS
# What links in mails begin with. Browsers offer passkeys on localhost, not on an address.
PUBLIC_ORIGIN = f"http://localhost:{PORT}" if DEMO else SOCKET_ORIGINS[0]
PUBLIC_ROUTES = frozenset(name for name, rule in routes.rules().items() if rule.who == "anyone")

SITE_NAME = read("PEERSUPPORT_SITE_NAME")
COUNTRY = read("PEERSUPPORT_COUNTRY").lower()
LEAVE_URL = read("PEERSUPPORT_LEAVE_URL")
WORD_LISTS_DIR = read("PEERSUPPORT_WORD_LISTS_DIR")
GUIDES_DIR = Path(read("GUIDES_DIR") or BASE_DIR / "guides" / "content")
TRUSTED_PROXIES = read_number("PEERSUPPORT_TRUSTED_PROXIES")

ROOM_POSTS_PER_SECOND = read_number("PEERSUPPORT_ROOM_POSTS_PER_SECOND")
ROOM_COMMANDS_PER_SECOND = read_number("PEERSUPPORT_ROOM_COMMANDS_PER_SECOND")
ROOM_HANDSHAKES_PER_SECOND = read_number("PEERSUPPORT_ROOM_HANDSHAKES_PER_SECOND")
ROOM_TEXT_DAYS = read_number("PEERSUPPORT_ROOM_TEXT_DAYS")
APPLICATION_DAYS = read_number("PEERSUPPORT_APPLICATION_DAYS")
DRAFT_DAYS = read_number("PEERSUPPORT_DRAFT_DAYS")
REPORT_MINUTES = read_number("PEERSUPPORT_REPORT_MINUTES")
SUSPENSION_MINUTES = read_number("PEERSUPPORT_SUSPENSION_MINUTES")
STRAIN_ALERT = read_number("PEERSUPPORT_STRAIN_ALERT")
STRAIN_OFTEN = read_number("PEERSUPPORT_STRAIN_OFTEN")
TASK_MINUTES = read_number("PEERSUPPORT_TASK_MINUTES")
ANSWER_DAYS = read_number("PEERSUPPORT_ANSWER_DAYS")
OFFER_DAYS = read_number("PEERSUPPORT_OFFER_DAYS")
PLACEMENT_SECONDS = read_number("PEERSUPPORT_PLACEMENT_SECONDS")
PLACEMENT_RUN_DAYS = read_number("PEERSUPPORT_PLACEMENT_RUN_DAYS")
TALK_HOURS = read_number("PEERSUPPORT_TALK_HOURS")
MAIL_DAYS = read_number("PEERSUPPORT_MAIL_DAYS")
AUDIT_DAYS = read_number("PEERSUPPORT_AUDIT_DAYS")
SAFEGUARDING_DAYS = read_number("PEERSUPPORT_SAFEGUARDING_DAYS")
SAFEGUARDING_DIR = read("PEERSUPPORT_SAFEGUARDING_DIR")
IDENTITY_MINUTES = read_number("PEERSUPPORT_IDENTITY_MINUTES")

INSTALLED_APPS = [
    "peersupport.registries",
    "peersupport.shell.apps.ShellConfig",
    "peersupport.demo",
    "facilitators",
    "peersupport.joining",
    "peersupport.safeguarding",
    "peersupport.chat",
    "peersupport.groups",
    "peersupport.accounts",
    "peersupport.audit",
    "peersupport.vault",
    "peersupport.work",
    "peersupport.database",
    "guides",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "peersupport.shell.apps.OwnStaticFilesConfig",
]

MIDDLEWARE = [
    "peersupport.shell.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "peersupport.shell.caching.CachingMiddleware",
    "peersupport.shell.methods.ListedMethods",
    "peersupport.shell.leaving.LeaveFirstMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "peersupport.accounts.sessions.IdleMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "peersupport.chat.pages.words_back.WordsBackMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "peersupport.accounts.middleware.OwnClockMiddleware",
    "peersupport.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "peersupport.urls"
ASGI_APPLICATION = "peersupport.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "peersupport" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peersupport.shell.context.shell_context",
            ],
        },
    }
]

FORM_RENDERER = "peersupport.shell.forms.FormRenderer"
CSRF_FAILURE_VIEW = "peersupport.shell.errors.form_too_old"

DATABASES = {
    "default": address.django_database(
        web_url=read("DATABASE_URL"),
        owner_url=read("DATABASE_OWNER_URL"),
        role=read("PEERSUPPORT_DATABASE_ROLE"),
        data_dir=DATA_DIR,
        pool=read_number("PEERSUPPORT_DATABASE_POOL"),
    )
}
DATABASE_WEB_ROLE = address.web_role(read("DATABASE_URL"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"
AUTHENTICATION_BACKENDS = ["peersupport.accounts.signing_in.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "peersupport.accounts.passwords.NotOfThisPlace"},
]

ACCOUNT_ADAPTER = "peersupport.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = "peersupport.accounts.signing_in.login_of"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a name
ACCOUNT_FORMS = {
    "login": "peersupport.accounts.forms.SignInForm",
    "reset_password": "peersupport.accounts.forms.AskResetForm",
    "reset_password_from_key": "peersupport.accounts.forms.ResetPasswordForm",
    "change_password": "peersupport.accounts.forms.ChangePasswordForm",
    "reauthenticate": "peersupport.accounts.forms.ConfirmForm",
}
MFA_ADAPTER = "peersupport.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "peersupport.accounts.forms.CodeForm",
    "reauthenticate": "peersupport.accounts.forms.ConfirmByCodeForm",
    "activate_totp": "peersupport.accounts.forms.SetUpAppForm",
    "authenticate_webauthn": "peersupport.accounts.forms.PasskeyForm",
    "login_webauthn": "peersupport.accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "peersupport.accounts.forms.ConfirmByPasskeyForm",
    "add_webauthn": "peersupport.accounts.forms.AddKeyForm",
    "edit_webauthn": "peersupport.accounts.forms.RenameKeyForm",
}
CACHES = {"default": {"BACKEND": "peersupport.accounts.short_memory.SharedMemory"}}
# Not a cookie of its own, which would say on the device what was done here.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_ENGINE = "peersupport.accounts.session_store"
# The idle time: every action starts it anew (accounts.sessions).
SESSION_COOKIE_AGE = 60 * read_number("PEERSUPPORT_IDLE_MINUTES")
# The whole time of a sign-in, whatever is done meanwhile.
SIGN_IN = timedelta(days=read_number("PEERSUPPORT_SIGN_IN_DAYS"))
STAFF_SIGN_IN = timedelta(hours=read_number("PEERSUPPORT_STAFF_SIGN_IN_HOURS"))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "session" if DEMO else "__Host-session"
SESSION_COOKIE_SECURE = not DEMO
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf" if DEMO else "__Host-csrf"
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
LANGUAGE_COOKIE_NAME = "language" if DEMO else "__Host-language"
LANGUAGE_COOKIE_SECURE = not DEMO

SECURE_SSL_REDIRECT = not DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 0 if DEMO else 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nobody uploads anything: files inside a form are dropped unread.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
# Each by its own name. A language stands here when its catalogue is complete: docs/languages.md.
# Those whose pages docs/languages.md calls complete.
LANGUAGES = [("en", "English"), ("fi", "Suomi"), ("sv", "Svenska"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "peersupport" / "locale"]
FORMAT_MODULE_PATH = ["peersupport.formats"]
USE_TZ = True
TIME_ZONE = read("PEERSUPPORT_TIME_ZONE")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# The drawings of the guides are one set, for paper and for pages.
STATICFILES_DIRS = [
    BASE_DIR / "peersupport" / "static",
    ("guides/figures", BASE_DIR / "guides" / "print" / "figures"),
]
STORAGES = {
    "staticfiles": {"BACKEND": "peersupport.shell.sheets.CompressedSheets"},
}

DEFAULT_FROM_EMAIL = read("PEERSUPPORT_MAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_URL = read("EMAIL_URL")

REST_FRAMEWORK = {
    # The first one says what a 401 asks for.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "peersupport.accounts.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["peersupport.accounts.api.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["peersupport.accounts.api.Throttle"],
    "DEFAULT_PAGINATION_CLASS": "peersupport.accounts.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "peersupport.accounts.api.refused",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "API",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Words that several tables have columns for, each with its own values.
    "ENUM_NAME_OVERRIDES": {
        "ApplicationState": "peersupport.joining.models.Application.State",
        "MeetingState": "peersupport.groups.models.Meeting.State",
        "MeetingKind": "peersupport.groups.models.Meeting.Kind",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "peersupport.shell.api_description.with_refusals",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "wordless": {
            "()": "peersupport.shell.logs.Wordless",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "wordless"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "peersupport": {"level": "INFO"},
        "guides": {"level": "INFO"},
        # Its warnings name the addresses that people asked for.
        "django.request": {"level": "ERROR"},
    },
}
