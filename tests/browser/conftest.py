"""A real browser on the real site: the system's Chromium (`.ci/browser.sh` installs it), driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from people.models import User

Enter = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Il manque Chromium\xa0: lancez .ci/browser.sh."
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in this thread
        launched = driver.chromium.launch(executable_path=found)
        yield launched
        launched.close()


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """Return what opens a browser of its own for somebody who is already logged in."""
    opened = []

    def open_for(user: User, **options: object) -> BrowserContext:
        client = Client()
        client.force_login(user)
        context = browser.new_context(base_url=live_server.url, locale="fr-FR", **options)  # type: ignore[arg-type]
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        opened.append(context)
        return context

    yield open_for
    for context in opened:
        context.close()
