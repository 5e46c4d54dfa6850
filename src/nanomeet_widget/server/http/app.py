"""The server's routes: one set of handlers, under any base URL of any tornado application."""

from __future__ import annotations

import re
from typing import Any

from tornado import routing, web

from nanomeet_widget._static import STATIC
from nanomeet_widget.server.core import Core, Hub
from nanomeet_widget.server.http.handlers import NotFoundHandler
from nanomeet_widget.server.http.health_handlers import HealthHandler, LeaseHandler
from nanomeet_widget.server.http.hls_handlers import (
    HlsMasterHandler,
    HlsPlaylistHandler,
    HlsSegmentHandler,
)
from nanomeet_widget.server.http.ingest_socket import IngestSocket
from nanomeet_widget.server.http.kernel_handlers import AddressHandler, ProofHandler
from nanomeet_widget.server.http.meeting_socket import MeetingSocket
from nanomeet_widget.server.http.metrics import MetricsHandler
from nanomeet_widget.server.http.openapi import OpenApiHandler
from nanomeet_widget.server.http.pages import (
    BundleHandler,
    EngineScriptHandler,
    PageHandler,
    ScriptHandler,
    StaticPageHandler,
)
from nanomeet_widget.server.http.record_handlers import (
    ForgetHandler,
    RecordPolicyHandler,
    RecordsHandler,
)
from nanomeet_widget.server.http.recording_handlers import (
    RecordingChaptersHandler,
    RecordingFileHandler,
    RecordingListHandler,
)
from nanomeet_widget.server.http.stream_handlers import OrganisationHandler, StreamHandler
from nanomeet_widget.server.http.token_handlers import (
    BrowserTicketHandler,
    InvitesHandler,
    LeaveHandler,
    RevokeHandler,
    RosterHandler,
    TokenHandler,
)
from nanomeet_widget.server.http.watch_socket import WatchSocket
from nanomeet_widget.server.recording.recording_files import folder_of

_SEGMENT = r"[A-Za-z0-9_-]+"
_ROOM = r"[A-Za-z0-9_]+"
#: First segments of a path that cannot be an organisation's name.
_RESERVED = (
    "nanomeet|invites|roster|revoke|organisation|stream|healthz|metrics|js|static|invite|live|vod|hls"
    "|recordings|records|ws|lease|ticket|leave"
)


def routes(core: Core) -> list[routing.URLSpec]:
    """Return the routes under the server's base URL.

    Parameters
    ----------
    core : Core
        The server's parts.

    Returns
    -------
    list of URLSpec
        The routes, for any tornado application.
    """
    parts: dict[str, Any] = {"core": core}
    table: list[tuple[str, type[web.RequestHandler], dict[str, Any]]] = [
        (r"nanomeet", TokenHandler, parts),
        (r"invites", InvitesHandler, parts),
        (r"roster", RosterHandler, parts),
        (r"revoke", RevokeHandler, parts),
        (r"organisation", OrganisationHandler, parts),
        (r"stream", StreamHandler, parts),
        (r"ticket", BrowserTicketHandler, parts),
        (r"leave", LeaveHandler, parts),
        (r"healthz", HealthHandler, parts),
        (r"metrics", MetricsHandler, parts),
        (r"openapi\.json", OpenApiHandler, parts),
        (r"lease", LeaseHandler, parts),
        (r"lease/proof", ProofHandler, parts),
        (r"lease/address", AddressHandler, parts),
        (r"ws/meeting", MeetingSocket, parts),
        (r"ws/ingest", IngestSocket, parts),
        (r"ws/watch", WatchSocket, parts),
        (r"js/(nanomeet\.(?:js|d\.ts))", ScriptHandler, {**parts, "path": str(STATIC)}),
        (
            # As Jitsi servers have it, under their tenants, too: `@jitsi/react-sdk` loads it from there.
            rf"((?:{_SEGMENT}/)?(?:libs/)?external_api(?:\.min)?\.js)",
            EngineScriptHandler,
            {**parts, "path": str(STATIC)},
        ),
        (r"static/([A-Za-z0-9_.-]+\.(?i:html?))", StaticPageHandler, parts),
        (r"static/([A-Za-z0-9_.-]+)", BundleHandler, {**parts, "path": str(STATIC)}),
        (
            rf"vod/({_SEGMENT}\.(?:mp4|jpg|captions\.vtt))",
            RecordingFileHandler,
            {**parts, "path": str(folder_of(core.config.data))},
        ),
        (rf"vod/({_SEGMENT})\.vtt", RecordingChaptersHandler, parts),
        (r"recordings", RecordingListHandler, parts),
        (r"records", RecordsHandler, parts),
        (r"records/forget", ForgetHandler, parts),
        (r"records/policy", RecordPolicyHandler, parts),
        (rf"hls/({_SEGMENT})/master\.m3u8", HlsMasterHandler, parts),
        (rf"hls/({_SEGMENT})/live\.m3u8", HlsPlaylistHandler, parts),
        (rf"hls/({_SEGMENT})/([0-9-]+\.(?:mp4|m4s))", HlsSegmentHandler, parts),
        (r"invite", PageHandler, {**parts, "page": "invite.html", "framed": False}),
        (
            rf"live/{_SEGMENT}",
            PageHandler,
            {**parts, "page": "player.html", "framed": True},
        ),
        (
            # Without an organisation, it is the token's.
            rf"(?!(?:{_RESERVED})(?:/|$))(?:{_ROOM}|{_SEGMENT}/{_ROOM}/?)",
            PageHandler,
            {**parts, "page": "meeting.html", "framed": True},
        ),
    ]
    if core.hub is not None:
        table = _hub_routes(core, core.hub) + table
    base = re.escape(core.config.base_url)
    return [routing.URLSpec(f"{base}{path}$", handler, kwargs) for path, handler, kwargs in table]


def _hub_routes(core: Core, hub: Hub) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Return the routes of a service of a JupyterHub; only these need its package."""
    from nanomeet_widget.server.http import hub_api, hub_pages  # noqa: PLC0415 - as said

    parts = {"core": core, "hub": hub}
    return [
        (r"", hub_pages.HubHomeHandler, parts),
        (r"join", hub_pages.HubJoinHandler, parts),
        (r"oauth_callback", hub_pages.HubLoginHandler, parts),
        (r"hub/rooms", hub_api.HubRoomsHandler, parts),
        (r"hub/invites", hub_api.HubInvitesHandler, parts),
        (r"hub/revoke", hub_api.HubRevokeHandler, parts),
        (r"hub/recordings", hub_api.HubRecordingsHandler, parts),
    ]


def application(core: Core) -> web.Application:
    """Return the server as an application of its own.

    Parameters
    ----------
    core : Core
        The server's parts.

    Returns
    -------
    Application
        What an HTTP server runs.
    """
    return web.Application(
        list(routes(core)),
        default_handler_class=NotFoundHandler,
        default_handler_args={"core": core},
        # Signs the cookies by which a JupyterHub's users are known. No other part has cookies.
        cookie_secret=core.issuer.hashes("the cookies of a JupyterHub's users")[0],
    )
