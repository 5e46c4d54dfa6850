"""`hls/…`: HLS playlists and segments, for any page and any player."""

from __future__ import annotations

import gzip
import re

from tornado import web

from nanomeet_widget.server.broadcast.hls import HlsStream
from nanomeet_widget.server.http.recording_handlers import PlayableHandler

#: Seconds for which caches may keep a segment, which never changes.
_CACHED = 3600
_PLAYLIST = "application/vnd.apple.mpegurl"
_NUMBER = re.compile(r"[0-9]{1,9}")


class _HlsHandler(PlayableHandler):
    def found(self, name: str) -> HlsStream:
        """Return the stream with this name, which is live."""
        stream = self.core.hls.stream(name)
        if stream is None:
            raise web.HTTPError(404, reason="This stream is not live")
        return stream

    def send_playlist(self, text: str) -> None:
        """Answer with a playlist, compressed as Apple's rules require."""
        content = text.encode()
        self.set_header("Content-Type", _PLAYLIST)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            content = gzip.compress(content, compresslevel=1)
        self.finish(content)

    @staticmethod
    def _late() -> web.HTTPError:
        return web.HTTPError(503, reason="The stream did not get there in time. Try again")


class HlsMasterHandler(_HlsHandler):
    """`GET hls/<stream>/master.m3u8`."""

    async def get(self, name: str) -> None:
        """Send the playlist, which lists the only quality.

        Parameters
        ----------
        name : str
            The stream's name.
        """
        segments = await self.found(name).until(lambda s: s.begun)
        if segments is None:
            raise self._late()
        picture = segments.picture
        resolution = f",RESOLUTION={picture.width}x{picture.height}" if picture else ""
        self.send_playlist(
            "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            f"#EXT-X-STREAM-INF:BANDWIDTH={segments.bandwidth},"
            f"AVERAGE-BANDWIDTH={segments.average_bandwidth},"
            f'CODECS="{segments.codecs}"{resolution},'
            "CLOSED-CAPTIONS=NONE\nlive.m3u8\n",
        )


class HlsPlaylistHandler(_HlsHandler):
    """`GET hls/<stream>/live.m3u8`: the media playlist.

    With `_HLS_msn` and `_HLS_part` the answer waits until the playlist has that part; `_HLS_skip`
    requests a delta update.
    """

    async def get(self, name: str) -> None:
        """Send the playlist.

        Parameters
        ----------
        name : str
            The stream's name.
        """
        stream = self.found(name)
        skip = self.get_query_argument("_HLS_skip", None)
        if skip not in {None, "YES", "v2"}:
            raise web.HTTPError(400, reason="_HLS_skip is YES or v2")
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
        self.send_playlist(segments.playlist(delta=skip is not None))

    def _number(self, name: str) -> int | None:
        text = self.get_query_argument(name, None)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise web.HTTPError(400, reason=f"{name} must be a number")
        return int(text)


class HlsSegmentHandler(_HlsHandler):
    """`GET hls/<stream>/<name>`: a header, a segment or a part; the next part is waited for."""

    async def get(self, name: str, file: str) -> None:
        """Send the file.

        Parameters
        ----------
        name : str
            The stream's name.
        file : str
            The file's name.
        """
        stream = self.found(name)
        if stream.segments is not None and stream.segments.is_next(file):
            await stream.until(lambda s: not s.is_next(file))
        content = stream.segments.file(file) if stream.segments is not None else None
        if content is None:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "video/mp4")
        self.set_header("Cache-Control", f"max-age={_CACHED}")
        self.finish(content)
