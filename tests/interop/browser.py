"""Headless Chromium by way of its driver. Pictures of pages are left in `target/interop`, or in the
folder that `REPLYWIRE_PICTURES` names."""

import base64
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

from served import ROOT, check, program

DRIVER = program("chromedriver", "chromium-driver")
CHROMIUM = program("chromium", "chromium-browser")
PICTURES = pathlib.Path(os.environ.get("REPLYWIRE_PICTURES", ROOT / "target" / "interop"))


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

    def run(self, script, *args):
        """What a script of the page returns."""
        return self.call("POST", "/execute/sync", {"script": script, "args": args})

    def text(self, of):
        return self.run("return document.getElementById(arguments[0]).textContent", of)

    def devtools(self, command, **params):
        self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def keep(self, name):
        """Leaves a picture of the page in the folder of pictures."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        shot = base64.b64decode(self.call("GET", "/screenshot"))
        (PICTURES / name).write_bytes(shot)

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
