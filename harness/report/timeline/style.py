"""The colours of a picture, by day, by night and on paper, and the style sheets that use them."""

from __future__ import annotations

ACTORS = 3  # colours of lanes; a fourth lane has the first again

_LIGHT = {
    "page": "#ffffff",
    "card": "#f6f8fa",
    "ink": "#1f2328",
    "soft": "#57606a",
    "line": "#d0d7de",
    "thread": "#8c959f",
    "warn": "#8a5a00",
    "accent": "#c11f2c",
    "blush": "#ffeceb",
    "lane0": "#0b5fc4",
    "lane1": "#0d7268",
    "lane2": "#7436d6",
}
_DARK = {
    "page": "#0f141a",
    "card": "#171d25",
    "ink": "#e6edf3",
    "soft": "#9ea7b3",
    "line": "#343c47",
    "thread": "#6e7a88",
    "warn": "#e8b64c",
    "accent": "#ff7a72",
    "blush": "#37191c",
    "lane0": "#74b3ff",
    "lane1": "#4fd0bf",
    "lane2": "#c3a3ff",
}

SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'
MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def palette(selector: str) -> str:
    """Return the rules that give an element the colours; paper is always light."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {selector} {{ {_variables(_DARK)} }} }}"
    return f"{selector} {{ color-scheme: light dark; {_variables(_LIGHT)} }}\n{dark}\n"


_LANES = "\n".join(f".timeline .lane{lane} {{ color: var(--lane{lane}); }}" for lane in range(ACTORS))

PICTURE = f"""{palette(".timeline")}
.timeline {{ background: var(--page); }}
.timeline text {{ font: 13px {SANS}; fill: var(--ink); white-space: pre; }}
.timeline .statement, .timeline .result, .timeline .error {{ font-family: {MONO}; }}
.timeline .verb, .timeline .result, .timeline .name, .timeline .title {{ font-weight: 600; }}
.timeline .title {{ font-size: 17px; }}
.timeline .name {{ font-size: 15px; fill: currentColor; }}
.timeline .result {{ fill: currentColor; }}
.timeline .error, .timeline .wait {{ fill: var(--warn); font-weight: 600; }}
.timeline .end, .timeline .note {{ fill: var(--soft); }}
.timeline .note {{ font-size: 12px; }}
.timeline .badge {{ fill: var(--page); stroke: currentColor; stroke-width: 1.5; }}
.timeline .badge.done {{ fill: currentColor; }}
.timeline .number {{ font-size: 12px; font-weight: 700; text-anchor: middle; fill: var(--page); }}
.timeline .number.small {{ font-size: 10px; }}
.timeline .number.again {{ fill: currentColor; }}
.timeline .rail {{ stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 4; stroke-linecap: round; }}
.timeline .crown {{ stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; }}
.timeline .span {{ fill: currentColor; fill-opacity: 0.1; }}
.timeline .edge {{ fill: currentColor; }}
.timeline .hatched {{ stroke: currentColor; stroke-width: 1.6; stroke-opacity: 0.38; }}
.timeline .ground {{ fill: var(--page); }}
.timeline .thread {{ fill: none; stroke: var(--thread); stroke-width: 1.5; stroke-linejoin: round; }}
.timeline .pill {{ fill: var(--page); stroke: var(--thread); stroke-width: 1; }}
.timeline .pull {{ stroke: var(--warn); stroke-width: 1.5; fill: none; }}
.timeline .tip {{ fill: var(--warn); }}
.timeline .base {{ stroke: var(--thread); stroke-width: 2.5; }}
.timeline .drum {{ fill: var(--card); stroke: var(--thread); stroke-width: 1.5; }}
.timeline .reach {{ stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 2 3; }}
.timeline .in {{ fill: currentColor; }}
.timeline .out {{ fill: var(--page); stroke: currentColor; stroke-width: 1.5; }}
.timeline .crashes .band {{ fill: var(--blush); }}
.timeline .crashes .tear {{ fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }}
.timeline .crashes text {{ fill: var(--accent); font-weight: 700; }}
.timeline .sign {{ font-size: 16px; text-anchor: middle; }}
.timeline .starts text, .timeline .ends text {{ fill: var(--soft); }}
.timeline .mark {{ fill: none; stroke: var(--accent); stroke-width: 2.5; }}
.timeline .box {{ fill: var(--blush); stroke: var(--accent); stroke-width: 2; }}
.timeline .fact {{ fill: var(--accent); font-weight: 700; font-size: 14px; }}
.timeline .expected, .timeline .observed {{ font-family: {MONO}; }}
.timeline .observed {{ font-weight: 700; }}
{_LANES}
"""
