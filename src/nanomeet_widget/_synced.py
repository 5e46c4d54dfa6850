"""Options that a page may set, for example by `ipywidgets.jslink`: each only if it keeps its rule."""

from __future__ import annotations

import logging
from typing import Any

import anywidget
import traitlets as t

from nanomeet_widget import _web_apps
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._fallback import with_words

_logger = logging.getLogger("nanomeet_widget")


class _Nowhere:
    """A comm to a page that is gone: nothing is sent."""

    def __init__(self, comm_id: str) -> None:
        self.comm_id = comm_id

    def send(self, *_: object, **__: object) -> None:
        pass

    def close(self) -> None:
        pass

    def on_msg(self, _callback: object) -> None:
        pass


class Synced(anywidget.AnyWidget):
    """A widget whose pages set options, and nothing that only the kernel knows."""

    def __init__(self, *args: Any, **traits: Any) -> None:  # noqa: ANN401 - as the base has it
        #: The session of a web app that it belongs to; None in a notebook.
        self._app = _web_apps.current()
        super().__init__(*args, **traits)
        if self._app is not None:
            self._app.on_ended(self._on_session_ended)

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

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        return with_words(super()._repr_mimebundle_(**options), self._in_a_sentence())

    def _in_a_sentence(self) -> str:
        """Return what it is, for readers of the saved notebook."""
        raise NotImplementedError

    def _app_is_over(self) -> None:
        """Note that the session's own code may be gone: Bokeh empties the modules of an ended session."""

    def _on_session_ended(self) -> None:
        if self.comm is not None:
            # Bokeh raises when something is sent to an ended session.
            self.set_trait("comm", _Nowhere(self.comm.comm_id))
        self._app_is_over()
        self.close()

    def _send(self, msg: dict[str, Any], buffers: Any = None) -> None:  # noqa: ANN401 - as the base has it
        if self._app is None:
            super()._send(msg, buffers)
            return
        # The widget may be closed by then.
        comm = self.comm
        if comm is not None:
            self._app.call(lambda: comm.send(data=msg, buffers=buffers))

    def _is_valid(self, name: str, trait: t.TraitType[Any, Any], value: object) -> bool:
        read = self.trait_metadata(name, "from_json", self._trait_from_json)
        try:
            # traitlets has no public way to validate a value without setting it.
            trait._validate(self, read(value, self))  # noqa: SLF001
        except (t.TraitError, NanoMeetError, LookupError) as error:
            _logger.debug("ignored a page's %s: %s", name, error)
            return False
        return True
