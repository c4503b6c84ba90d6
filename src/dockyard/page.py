"""The page's own colours and fonts: JupyterLab's variables, which follow its light and dark themes, with fallbacks.

Knows nothing about what is shown. The fallbacks are middle tones that read on white and on black.
"""

from __future__ import annotations

__all__ = ["BAD", "BUSY", "EDGE", "FAINT", "FONT", "GOOD", "INK", "PAPER"]

INK = "var(--jp-ui-font-color1,currentColor)"
FAINT = "var(--jp-ui-font-color2,#767676)"
PAPER = "var(--jp-layout-color1,transparent)"
EDGE = "var(--jp-border-color1,#8a8a8a)"
GOOD = "var(--jp-success-color1,#3f9142)"
BUSY = "var(--jp-warn-color1,#b07d00)"
BAD = "var(--jp-error-color1,#d6453d)"
FONT = "var(--jp-ui-font-family,system-ui,sans-serif)"
