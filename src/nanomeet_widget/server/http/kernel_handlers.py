"""What only the kernels of this machine ask their own server."""

from __future__ import annotations

from tornado import web

from nanomeet_widget import _proof
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.service_handler import ServiceHandler


class ProofHandler(Handler):
    """`GET lease/proof`: proves to a kernel that this is the server of the file that it read, or of a token."""

    def get(self) -> None:
        """Answer the challenge."""
        nonce = self.request.headers.get(_proof.HEADER, "")
        if not _proof.is_nonce(nonce):
            raise web.HTTPError(400, reason=f"the header {_proof.HEADER} must be 32 bytes in hex")
        self.set_header("Content-Type", "text/plain")
        self.finish(_proof.answer(self._secret(), nonce, self._port()))

    def _secret(self) -> str:
        """Return the secret that this process or, for a token, the data folder's servers know."""
        signed = self.request.headers.get(_proof.SIGNED)
        if signed is None:
            return self.core.proof
        mark = self.request.headers.get(_proof.MARK, "")
        signature = self.core.issuer.signature(signed, mark)
        if signature is None:
            raise web.HTTPError(404, reason="this server did not make the token")
        return signature

    def _port(self) -> int:
        """Return the port at which this connection arrived; 0 for a Unix socket."""
        stream = getattr(self.request.connection, "stream", None)
        address = stream.socket.getsockname() if stream is not None else ""
        return int(address[1]) if isinstance(address, tuple) else 0


class AddressHandler(ServiceHandler):
    """`POST lease/address`: a kernel names the address at which its notebook's page reaches the server."""

    def post(self) -> None:
        """Note the address."""
        self.check_key()
        self.core.issuer.move(self.body())
        self.answer({})
