"""What all pages share: the template environment, the policy that lets nothing load, and pages without charts."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from typing import Any

import jinja2


def plain_page(template: str, **told: Any) -> str:
    """Return a page without charts and scripts, which asks the network for nothing; `told` is what it tells."""
    return environment().get_template(template).render(**told, policy=policy([]), style=text_of("report.css"))


def environment() -> jinja2.Environment:
    """Return the template environment: everything is escaped, an unknown name is an error."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(text_of),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def embedded(data: object) -> str:
    """Return JSON that is safe inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def policy(scripts: list[str]) -> str:
    """Return the content security policy: nothing is loaded, and only these very scripts run."""
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{h}'" for h in hashes) or "'none'"
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; {rest}"


def text_of(name: str) -> str:
    """Return a file that stands beside this one."""
    return (resources.files(__package__) / name).read_text(encoding="utf-8").replace("\r\n", "\n")
