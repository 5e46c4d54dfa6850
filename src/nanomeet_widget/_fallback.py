"""What a notebook shows of a widget where no widget can be: on GitHub, in a PDF, on a site without a kernel.

Every output has it beside the widget, as a text and as HTML that GitHub and MyST keep. It names no token.
"""

from __future__ import annotations

import html
from typing import Any

#: Colours that fit light and dark pages.
_STYLE = "border: 1px solid; border-radius: 8px; padding: 12px 16px; opacity: 0.8"


def with_words(bundle: Any, what: str) -> Any:  # noqa: ANN401 - as IPython has it
    """Return a widget's representations, with a sentence for readers without a kernel.

    Parameters
    ----------
    bundle
        The representations by their MIME types, alone or with their metadata; None if there are none.
    what
        What it is, as the beginning of a sentence.
    """
    if bundle is None:
        return None
    if isinstance(bundle, tuple):
        data, metadata = bundle
        return with_words(data, what), metadata
    words = f"{what} was here. It appears when this notebook runs."
    card = f'<p style="{_STYLE}">{html.escape(words)}</p>'
    return {**bundle, "text/plain": words, "text/html": card}
