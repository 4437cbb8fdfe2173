"""The live page in headless Chromium, by way of its driver: the counter moves, goes on after the
server was away, and cookies are as they were set. A screenshot is left in `target/interop`."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.request

from served import ROOT, Server, begin, check, folder, program

DRIVER = program("chromedriver", "chromium-driver")
CHROMIUM = program("chromium", "chromium-browser")
PACKAGES = ("replywire-tokio", "replywire-smol", "replywire-async-std")


class Browser:
    """One page of a browser, by the WebDriver protocol."""

    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.driver = subprocess.Popen(
            [DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.base = f"http://127.0.0.1:{port}"
        try:
            until("the driver", lambda: self.call("GET", "/status")["ready"])
            options = {
                "binary": CHROMIUM,
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu"],
            }
            wanted = {"alwaysMatch": {"goog:chromeOptions": options}}
            session = self.call("POST", "/session", {"capabilities": wanted})
            self.base += f"/session/{session['sessionId']}"
        except BaseException:
            self.stop()
            raise

    def call(self, method, path, what=None):
        data = None if what is None else json.dumps(what).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)["value"]

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def text(self, of):
        script = f"return document.getElementById('{of}').textContent"
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def stop(self):
        try:
            if "/session/" in self.base:
                self.call("DELETE", "")
        finally:
            self.driver.kill()
            self.driver.wait()


def until(what, is_so):
    end = time.monotonic() + 30
    while True:
        try:
            if is_so():
                return
        except OSError:
            pass
        check(time.monotonic() < end, f"waited for {what}")
        time.sleep(0.05)


def counter_moves_and_goes_on_after_the_server_was_away(browser, path, package):
    count = lambda: int(browser.text("counter"))
    with Server(path, package=package) as server:
        address = server.address
        browser.open(f"http://{address}/live")
        until("the page to connect", lambda: browser.text("state") == "connected")
        until("the counter to move", lambda: browser.text("counter") != "-" and count() >= 5)
        shot = base64.b64decode(browser.call("GET", "/screenshot"))
        kept = ROOT / "target" / "interop"
        kept.mkdir(parents=True, exist_ok=True)
        (kept / f"live-{package}.png").write_bytes(shot)
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
