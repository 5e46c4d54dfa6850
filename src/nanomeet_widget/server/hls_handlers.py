"""`hls/…`: playlists and segments over HTTP, for any page and any player."""

from __future__ import annotations

import re

from tornado import web

from nanomeet_widget.server.hls import HlsStream
from nanomeet_widget.server.playback import Playable

#: Seconds that caches may keep a segment, which never changes.
_CACHED = 3600
_NUMBER = re.compile(r"[0-9]{1,9}")


class _HlsHandler(Playable):
    def found(self, name: str) -> HlsStream:
        """Return the stream that is asked for."""
        stream = self.core.hls.stream(name)
        if stream is None:
            raise web.HTTPError(404, reason="This stream is not live")
        return stream

    def send(self, kind: str, content: str | bytes, *, cached: int = 0) -> None:
        """Answer."""
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", f"max-age={cached}" if cached else "no-cache")
        self.finish(content)

    @staticmethod
    def _late() -> web.HTTPError:
        return web.HTTPError(503, reason="It takes too long")


class MasterHandler(_HlsHandler):
    """`GET hls/<stream>/master.m3u8`."""

    async def get(self, name: str) -> None:
        """Name the one quality that there is."""
        segments = await self.found(name).until(lambda s: s.begun)
        picture = segments.picture if segments is not None else None
        if segments is None or picture is None:
            raise self._late()
        self.send(
            "application/vnd.apple.mpegurl",
            "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            f'#EXT-X-STREAM-INF:BANDWIDTH={segments.bandwidth},CODECS="{segments.codecs}",'
            f"RESOLUTION={picture.width}x{picture.height}\nlive.m3u8\n",
        )


class PlaylistHandler(_HlsHandler):
    """`GET hls/<stream>/live.m3u8`, at once, or when it has what `_HLS_msn` and `_HLS_part` name."""

    async def get(self, name: str) -> None:
        """Send the playlist."""
        stream = self.found(name)
        segment, part = self._number("_HLS_msn"), self._number("_HLS_part")
        if segment is None and part is not None:
            raise web.HTTPError(400, reason="_HLS_part needs _HLS_msn")
        if segment is None:
            segments = await stream.until(lambda s: s.begun)
        else:
            if stream.segments is not None and not stream.segments.near(segment):
                raise web.HTTPError(400, reason="_HLS_msn is too far ahead")
            wanted = segment
            segments = await stream.until(lambda s: s.has(wanted, part))
        if segments is None:
            raise self._late()
        self.send("application/vnd.apple.mpegurl", segments.playlist())

    def _number(self, name: str) -> int | None:
        text = self.get_query_argument(name, None)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise web.HTTPError(400, reason=f"{name} is no number")
        return int(text)


class SegmentHandler(_HlsHandler):
    """`GET hls/<stream>/<name>`: a header, a segment, or a part, also the one that comes next."""

    async def get(self, name: str, file: str) -> None:
        """Send it."""
        stream = self.found(name)
        if stream.segments is not None and stream.segments.is_next(file):
            await stream.until(lambda s: not s.is_next(file))
        content = stream.segments.file(file) if stream.segments is not None else None
        if content is None:
            raise web.HTTPError(404)
        self.send("video/mp4", content, cached=_CACHED)
