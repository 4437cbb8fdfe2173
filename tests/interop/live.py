"""The live page in headless Chromium, by way of its driver: the counter moves, goes on after the
server was away, and cookies are as they were set. A screenshot is left in `target/interop`."""

import time

from browser import Browser, until
from served import Server, begin, check, folder

PACKAGES = ("replywire-tokio", "replywire-smol", "replywire-async-std")


def counter_moves_and_goes_on_after_the_server_was_away(browser, path, package):
    count = lambda: int(browser.text("counter"))
    with Server(path, package=package) as server:
        address = server.address
        browser.open(f"http://{address}/live")
        until("the page to connect", lambda: browser.text("state") == "connected")
        until("the counter to move", lambda: browser.text("counter") != "-" and count() >= 5)
        browser.keep(f"live-{package}.png")
    until("the page to miss the server", lambda: browser.text("state") == "reconnecting")
    last = count()
    with Server(path, address, package):
        until("the page to connect again", lambda: browser.text("state") == "connected")
        # A server that did not know the last event would begin at 1.
        until("the counter to go on", lambda: count() > last)
        check(count() < last + 300, (last, count()))


def cookies_have_their_attributes(browser, path, package):
    with Server(path, package=package) as server:
        browser.open(f"http://{server.address}/cookies/set")
        cookies = {cookie["name"]: cookie for cookie in browser.call("GET", "/cookie")}
        check(set(cookies) == {"sid", "theme"}, cookies)
        sid, theme = cookies["sid"], cookies["theme"]
        left = sid["expiry"] - time.time()
        check(sid["value"] == "31d4d96e407aad42" and sid["httpOnly"], sid)
        check(sid["path"] == "/" and sid["sameSite"] == "Lax" and 3500 < left <= 3601, sid)
        check(theme["value"] == "dark" and not theme["httpOnly"], theme)
        check(theme["path"] == "/cookies" and "expiry" not in theme, theme)
        browser.open(f"http://{server.address}/cookies/delete")
        check(browser.call("GET", "/cookie") == [], "deleted")


def main():
    begin(300, *PACKAGES)
    browser = Browser()
    try:
        with folder() as path:
            for package in PACKAGES:
                counter_moves_and_goes_on_after_the_server_was_away(browser, path, package)
                cookies_have_their_attributes(browser, path, package)
    finally:
        browser.stop()
    print("live page: it moves, goes on and keeps its cookies on", ", ".join(PACKAGES))


if __name__ == "__main__":
    main()
