"""A page in Debian's chromium: drawn at several widths at once, asked by a script, printed."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from programs import chromium

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
PROBE = """<script>
(async () => {
  while (!document.documentElement.dataset.ready) await new Promise(r => setTimeout(r, 40));
  const all = s => [...document.querySelectorAll(s)];
  const told = await (async () => { %s })();
  parent.postMessage(JSON.stringify(told), "*");
})();
</script>"""
FRAMES = """<!doctype html><title>frames</title>%s<script>
addEventListener("message", e => {
  const p = document.createElement("pre");
  p.className = "told"; p.textContent = e.data; document.body.append(p);
});
</script>"""


def run(folder: Path, *arguments: str) -> bytes:
    """Run the browser with a profile of its own in `folder`; return what it prints."""
    command = [chromium(), *FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, timeout=180, check=True).stdout


def asked(page: Path, folder: Path, script: str, widths: Sequence[int], *flags: str) -> dict[int, Any]:
    """Return what `script`, the body of a function run in the drawn page, returns at each width in pixels.

    The page is shown in frames of those widths, without its policy, which allows no script but its own.
    """
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    probe = PROBE % script
    before, end, after = text.rpartition("</body>")  # scripts of the page hold the tag too
    (folder / "asked.html").write_text(f"{before}{probe}{end}{after}", encoding="utf-8")
    frames = "".join(f'<iframe src="asked.html" width="{w}" height="844" style="border:0"></iframe>' for w in widths)
    (folder / "frames.html").write_text(FRAMES % frames, encoding="utf-8")
    dom = run(folder, *flags, "--virtual-time-budget=30000", "--dump-dom", (folder / "frames.html").as_uri())
    told = [json.loads(html.unescape(t)) for t in re.findall(r'<pre class="told">(.*?)</pre>', dom.decode(), re.DOTALL)]
    found = {int(t["width"]): t for t in told}
    assert set(found) == set(widths), f"the page told nothing at {set(widths) - set(found)}"
    return found
