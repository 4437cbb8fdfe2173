"""A media element of headless Chromium, which seeks in a file without loading all of it.

Between the browser and the server a relay notes what is asked and counts what is answered.
"""

import array
import json
import math
import os
import socket
import subprocess
import threading
import urllib.parse
import wave

from served import Server, begin, check, folder, program

CHROMIUM = program("chromium", "chromium-browser")

RATE = 44_100
SECONDS = 600

PAGE = """<!doctype html>
<title>seek</title>
<script>
const did = [];
const tell = (what) => fetch('/told?' + encodeURIComponent(JSON.stringify(what)));
const audio = new Audio();
const once = (name) => new Promise((done, fail) => {
  audio.addEventListener(name, done, { once: true });
  audio.addEventListener('error', () => fail(audio.error.message), { once: true });
});
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
// What is heard, as the browser has decoded it: the loudest frequency.
const heard = (tones) => {
  const bins = new Float32Array(tones.frequencyBinCount);
  tones.getFloatFrequencyData(bins);
  return bins.indexOf(Math.max(...bins)) * tones.context.sampleRate / tones.fftSize;
};
(async () => {
  const context = new AudioContext();
  const tones = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaElementSource(audio).connect(tones).connect(context.destination);
  audio.preload = 'metadata';
  audio.src = 'tones.wav';
  await once('loadedmetadata');
  await context.resume();
  for (const second of [555, 42, 308, 599]) {
    const sought = once('seeked');
    audio.currentTime = second;
    await sought;
    await audio.play();
    await pause(second == 599 ? 700 : 1500);
    const at = audio.currentTime;
    did.push({ second, at, heard: heard(tones) });
    audio.pause();
  }
  const seekable = [audio.seekable.start(0), audio.seekable.end(0)];
  await tell({ did, duration: audio.duration, seekable, error: null });
})().catch((error) => tell({ did, error: String(error) }));
</script>
"""


def tone(second):
    """The frequency that a second of the file has: every ten seconds another one."""
    return 300 + 20 * (second // 10)


def write_tones(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for second in range(0, SECONDS, 10):
            # A whole number of waves a second, so ten seconds are one second ten times.
            turn = math.tau * tone(second) / RATE
            wave_ = (round(9000 * math.sin(turn * at)) for at in range(RATE))
            file.writeframes(array.array("h", wave_).tobytes() * 10)


class Relay:
    """Passes connections on to a server."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.server = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked = []
        self.parts = 0
        self.passed = 0
        self.told = None
        self.is_told = threading.Event()
        self.spawn(self.accept)

    def spawn(self, work, *args):
        threading.Thread(target=work, args=args, daemon=True).start()

    def accept(self):
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            # What the browser does not take is to wait at the server.
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
            server = socket.create_connection(self.server)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            self.spawn(self.pass_on, browser, server, self.note_request)
            self.spawn(self.pass_on, server, browser, self.note_answer)

    def pass_on(self, source, sink, note):
        try:
            while block := source.recv(1 << 16):
                note(block)
                sink.sendall(block)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        if note == self.note_answer:
            for end in (source, sink):
                end.close()

    def note_request(self, block):
        # The browser sends each head at once.
        head = block.decode("latin-1")
        target = head.split(" ", 2)[1]
        if target.startswith("/told?"):
            self.told = json.loads(urllib.parse.unquote(target.removeprefix("/told?")))
            self.is_told.set()
        for line in head.split("\r\n"):
            if "tones.wav" in target and line.lower().startswith("range: "):
                self.asked.append(line[len("range: "):])

    def note_answer(self, block):
        self.passed += len(block)
        self.parts += block.count(b"HTTP/1.1 206 Partial Content\r\n")


def watch(relay, path):
    """Opens the page until it has told what it did."""
    command = [CHROMIUM, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"]
    command += ["--no-first-run", "--disable-extensions", "--disable-background-networking"]
    command += ["--autoplay-policy=no-user-gesture-required"]
    command += [f"--user-data-dir={path / 'profile'}"]
    if os.getuid() == 0:
        command += ["--no-sandbox"]
    command += ["--remote-debugging-port=0", f"http://{relay.address}/files/seek.html"]
    with open(path / "chromium.log", "wb") as log:
        browser = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        is_told = relay.is_told.wait(60)
    finally:
        # With all its processes, which are of the session that was started for it.
        os.killpg(browser.pid, 9)
        browser.wait()
    if not is_told:
        print((path / "chromium.log").read_text(errors="replace")[-4000:])
    check(is_told, f"the page has told what it did; asked so far: {relay.asked}")
    return relay.told


def main():
    begin(120)
    with folder() as path, folder() as own, Server(path) as server:
        write_tones(path / "tones.wav")
        (path / "seek.html").write_text(PAGE)
        length = (path / "tones.wav").stat().st_size
        relay = Relay(server.address)
        told = watch(relay, own)
        relay.listener.close()
        check(told["error"] is None, told)
        check(abs(told["duration"] - SECONDS) < 0.01, told)
        check(told["seekable"][0] == 0 and abs(told["seekable"][1] - SECONDS) < 0.01, told)
        for did in told["did"]:
            check(did["second"] < did["at"] < did["second"] + 2, told)
            check(abs(did["heard"] - tone(did["second"])) < 6, told)
        # A range that the browser has soon given up may have had no answer.
        seeks = len(told["did"])
        check(len(relay.asked) > seeks and relay.parts > seeks, (relay.asked, relay.parts))
        check(relay.passed < length / 2, f"{relay.passed} bytes of {length}")
        print(f"chromium: {seeks} places sought by {len(relay.asked)} ranges")
        print(f"chromium: {relay.passed} bytes have passed of a file of {length}")


main()
