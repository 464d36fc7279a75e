# SPDX-License-Identifier: GPL-2.0
"""A page in Chromium without a window, driven by its DevTools protocol over pipes."""

import base64
import json
import os
import select
import subprocess
import time

BROWSER = "/usr/bin/chromium-headless-shell"
PATIENCE = 60

KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "PageDown": 34, "End": 35, "Home": 36,
        "ArrowUp": 38, "ArrowDown": 40}


class Page:
    """One page, and what it has said and asked for since it was opened."""

    def __init__(self, path, profile, width=1280, height=800):
        commands, self.to = os.pipe()
        self.from_, answers = os.pipe()

        def pipes():
            os.dup2(os.dup(answers), 4)
            os.dup2(os.dup(commands), 3)

        # The sandbox can't be had in the test's own namespace, and the page is ours.
        arguments = [BROWSER, "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--disable-breakpad", f"--user-data-dir={profile}",
                     f"--window-size={width},{height}", "about:blank"]
        self.process = subprocess.Popen(arguments, preexec_fn=pipes, close_fds=False,
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.number, self.buffer, self.events, self.session = 0, b"", [], None
        targets = self.do("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        attached = self.do("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.do(f"{domain}.enable")
        self.do("Page.navigate", url=f"file://{path}")
        self.until("document.readyState === 'complete'")

    def close(self):
        os.close(self.to)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.from_)

    def message(self):
        """The next message from the browser."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            if not select.select([self.from_], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self.from_, 1 << 20)
            if not more:
                raise EOFError("the browser is gone")
            self.buffer += more
        first, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(first)

    def do(self, method, **params):
        """Has the browser do something; gives what it says to that."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def ask(self, expression):
        """The value of an expression in the page."""
        result = self.do("Runtime.evaluate", expression=expression, returnByValue=True,
                         awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression):
        """Waits until an expression is true; gives whether it came to that."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.ask(expression):
                return True
            time.sleep(0.05)
        return False

    def settle(self):
        """Lets the page draw what it has to."""
        self.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def key(self, name):
        code = {"key": name, "code": name, "windowsVirtualKeyCode": KEYS[name]}
        if name == "Enter":
            code["text"] = "\r"
        self.do("Input.dispatchKeyEvent", type="keyDown", **code)
        self.do("Input.dispatchKeyEvent", type="keyUp", **code)
        self.settle()

    def type(self, text):
        self.do("Input.insertText", text=text)
        self.settle()

    def click(self, selector):
        x, y = self.ask(f"""(() => {{
            const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def scheme(self, name):
        feature = {"name": "prefers-color-scheme", "value": name}
        self.do("Emulation.setEmulatedMedia", features=[feature])
        self.settle()

    def screenshot(self, path):
        png = self.do("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(png))

    def accessible(self):
        """Role and name of all that a screen reader finds."""
        nodes = self.do("Accessibility.getFullAXTree")["nodes"]
        value = lambda node, key: node.get(key, {}).get("value", "")
        return [(value(n, "role"), value(n, "name")) for n in nodes if not n.get("ignored")]

    def complaints(self):
        """What went wrong in the page, and what it asked for besides itself."""
        found = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(params["exceptionDetails"]["text"])
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if params.get("type") != "Document":
                    found.append(f"asked for {url[:80]}")
        return found


# The least contrast of text with what is behind it, as WCAG 2 has it, and whose.
CONTRAST = """(() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = parts(colour).slice(0, 3).map((c) => {
            c /= 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((parts(colour)[3] ?? 1) !== 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    let least = [99, ""];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!own || !element.checkVisibility() || element.closest("script, style, noscript")) continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 80)];
    }
    return least;
})()"""
