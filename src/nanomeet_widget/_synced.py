"""Options that a page may set, for example by `ipywidgets.jslink`: each only if it keeps its rule."""

from __future__ import annotations

import logging
from typing import Any

import anywidget
import traitlets as t

from nanomeet_widget._errors import NanoMeetError

_logger = logging.getLogger("nanomeet_widget")


class Synced(anywidget.AnyWidget):
    """A widget whose pages set options, and nothing that only the kernel knows."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set options that a page sent. A wrong value, and what is not an option, is ignored.

        Without this, traitlets would set a wrong value and validate it afterwards, too late.

        Parameters
        ----------
        sync_data : dict
            The values, as JSON, by the names of the traits.
        """
        sent = sync_data.items() if isinstance(sync_data, dict) else ()
        options = self.traits(sync=True)
        good = {
            name: value
            for name, value in sent
            if name in options
            and not (name.startswith("_") or options[name].read_only)
            and self._is_valid(name, options[name], value)
        }
        if good:
            super().set_state(good)

    def _is_valid(self, name: str, trait: t.TraitType[Any, Any], value: object) -> bool:
        read = self.trait_metadata(name, "from_json", self._trait_from_json)
        try:
            # traitlets has no public way to validate a value without setting it.
            trait._validate(self, read(value, self))  # noqa: SLF001
        except (t.TraitError, NanoMeetError, LookupError) as error:
            _logger.debug("ignored a page's %s: %s", name, error)
            return False
        return True
