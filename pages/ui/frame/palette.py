"""The colours, once: stages, canvases, curves and Plotly figures all take them from here.

Ink for magnitudes, blue and orange around zero and for nothing else but sign;
chosen to be told apart by colour-blind eyes, text at a contrast of 4.5:1 or more.
"""

LIGHT = {
    "background": "#ffffff",
    "surface": "#f8fafc",
    "ink": "#1b2530",
    "muted": "#475569",
    "line": "#cbd5e1",
    "positive": "#2563eb",
    "negative": "#ea580c",
}
DARK = {
    "background": "#0e141b",
    "surface": "#18212b",
    "ink": "#f1f5f9",
    "muted": "#a9b6c6",
    "line": "#3d4a5a",
    "positive": "#6ea0ff",
    "negative": "#ff9a5c",
}


def css_variables() -> str:
    """`--ink` and its like for a component's root; the browser picks the value by the page's own theme."""
    pairs = "".join(f"--{name}: light-dark({LIGHT[name]}, {DARK[name]});" for name in LIGHT)
    return f":host {{ {pairs} font-family: var(--st-font); color: var(--ink); }}\n"
