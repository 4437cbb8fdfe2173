"""The page of the tour in headless Chromium: each button shows the bytes that its reply has on the
wire, the counters move, and each card has the Rust that answers it. Pictures are left in
`target/interop`, or in the folder that `REPLYWIRE_PICTURES` names."""

import re
import socket
import subprocess

from browser import Browser, until
from served import ROOT, Server, begin, check, folder

PACKAGES = ("replywire-tokio", "replywire-smol", "replywire-async-std")
SOURCE = (ROOT / "adapters/examples/tour/replies.rs").read_text()

CARDS = """return [...document.querySelectorAll('article')].map((card) => ({
  name: card.id,
  limit: Number(card.dataset.limit),
  rust: card.querySelector('.rust').textContent,
  request: card.querySelector('.request').textContent,
  button: card.querySelector('button').textContent,
}))"""

SHOWN = """const card = document.getElementById(arguments[0]);
const text = (of) => card.querySelector(of)?.textContent ?? '';
return {
  busy: card.querySelector('button').hasAttribute('aria-busy'),
  reply: text('.reply'),
  status: [...card.querySelectorAll('.status')].map((line) => line.textContent),
  body: text('.body'),
  note: text('.note'),
}"""


def asked(address, request, limit):
    """The first bytes of the answer to a request, by a client of the script's own."""
    host, _, port = address.rpartition(":")
    head, _, content = request.partition("\n\n")
    head = head.replace("host: this server", f"host: {address}").replace("\n", "\r\n")
    wire = b""
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.sendall(f"{head}\r\n\r\n{content}".encode())
        while len(wire) < limit and (block := client.recv(limit - len(wire))):
            wire += block
    return wire


def without_times(text):
    """A reply without what another moment changes."""
    text = re.sub(r"(?m)^date: .*$", "date", text)
    return re.sub(r"expires=[^;]*", "expires", text)


def each_button_shows_what_is_on_the_wire(browser, address):
    cards = browser.run(CARDS)
    check(len(cards) > 25 and len({card["name"] for card in cards}) == len(cards), cards)
    for card in cards:
        name, limit = card["name"], card["limit"]
        for paragraph in card["rust"].split("\n\n"):
            check(paragraph and paragraph in SOURCE, (name, paragraph))
        method, path, _ = card["request"].split(" ", 2)
        check(card["button"] == f"Send {method} {path}", card)
        browser.run("document.querySelector(`#${arguments[0]} button`).click()", name)
        until(name, lambda: not browser.run(SHOWN, name)["busy"])
        shown = browser.run(SHOWN, name)
        want = asked(address, card["request"], limit).decode()
        # A page has no carriage returns: its lines end as lines do.
        lines = want.replace("\r\n", "\n")
        reply = shown["reply"].replace("\r\n", "\n")
        check(without_times(reply) == without_times(lines), (name, reply, lines))
        statuses = re.findall(r"(?m)^HTTP/1\.1 .*$", lines)
        check(shown["status"] == statuses and statuses, (shown["status"], statuses))
        count = f"{len(want):,} bytes"
        note = f"the first {count}; the tour left then"
        if len(want) < limit:
            note = f"{count}, which is all of the reply"
        check(shown["note"] == note, (name, shown["note"], note))


def the_counters_move(browser):
    until("the counters", lambda: browser.text("state") == "live")
    number = lambda name: int(browser.text(name).replace(",", "").replace("–", "0"))
    until("a connection", lambda: number("open") >= 1)
    before = number("replies")
    browser.run("document.querySelector('#text button').click()")
    # The reply that is shown, and the one that has it as its content.
    until("two more replies", lambda: number("replies") >= before + 2)
    check(number("failures") >= 0 and number("bytes") > 1000, "bytes are counted")


def other_pages_cannot_ask(address):
    host, _, port = address.rpartition(":")
    for site, status in [("cross-site", b"403"), ("same-site", b"403"), ("same-origin", b"200")]:
        with socket.create_connection((host, int(port)), timeout=20) as client:
            head = f"GET /wire/text HTTP/1.1\r\nhost: {address}\r\nsec-fetch-site: {site}\r\n"
            client.sendall(f"{head}connection: close\r\n\r\n".encode())
            check(client.makefile("rb").readline().split()[1] == status, site)


def every_button_has_a_name(browser):
    """By the accessibility tree of the browser: a name for each button, a label for each output."""
    for of in ("button", "aside", "nav", ".rust"):
        for found in browser.call("POST", "/elements", {"using": "css selector", "value": of}):
            (element,) = found.values()
            label = browser.call("GET", f"/element/{element}/computedlabel")
            check(label.strip(), of)


def wide_lines_do_not_widen_the_page(browser):
    widths = "return [document.documentElement.scrollWidth, window.innerWidth]"
    page, window = browser.run(widths)
    check(page <= window, (page, window))


def pictures(browser, package):
    for theme in ("light", "dark"):
        media = [{"name": "prefers-color-scheme", "value": theme}]
        browser.devtools("Emulation.setEmulatedMedia", features=media)
        for kind, width, height in (("wide", 1280, 1400), ("phone", 390, 1200)):
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            browser.devtools("Emulation.setDeviceMetricsOverride", **size)
            wide_lines_do_not_widen_the_page(browser)
            for place in ("live", "json-model", "hints"):
                script = "document.getElementById(arguments[0]).scrollIntoView(arguments[1])"
                at_once = {"behavior": "instant"}
                browser.run(script, place, at_once)
                browser.keep(f"tour-{package}-{theme}-{kind}-{place}.png")
    browser.devtools("Emulation.clearDeviceMetricsOverride")


def main():
    begin(300, *PACKAGES)
    browser = Browser()
    try:
        with folder() as path:
            for package in PACKAGES:
                with Server(path, package=package, log=subprocess.DEVNULL) as server:
                    browser.open(f"http://{server.address}/")
                    the_counters_move(browser)
                    each_button_shows_what_is_on_the_wire(browser, server.address)
                    every_button_has_a_name(browser)
                    other_pages_cannot_ask(server.address)
                    if package == PACKAGES[0]:
                        pictures(browser, package)
    finally:
        browser.stop()
    print("tour: each card shows its Rust and its bytes on", ", ".join(PACKAGES))


if __name__ == "__main__":
    main()
