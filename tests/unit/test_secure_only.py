"""What browsers offer only to secure pages is used only where its absence is handled."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "js/src"

#: `[SecureContext]` in the standards: on a page over plain http each of them is undefined.
SECURE_ONLY = (
    "randomUUID",
    "crypto.subtle",
    "navigator.mediaDevices",
    "navigator.clipboard",
    "ClipboardItem",
    "navigator.serviceWorker",
    "navigator.locks",
    "navigator.storage",
    "navigator.credentials",
    "navigator.share",
    "navigator.wakeLock",
    "navigator.getBattery",
    "caches.",
    "audioWorklet",
    "AudioWorkletNode",
    "new VideoEncoder",
    "new VideoDecoder",
    "new AudioEncoder",
    "new AudioDecoder",
    "new ImageDecoder",
    "isConfigSupported",
    "MediaStreamTrackProcessor(",
    "MediaStreamTrackGenerator",
    "setSinkId",
    "selectAudioOutput",
    "PressureObserver",
    "documentPictureInPicture",
    "SharedArrayBuffer",
    "cookieStore",
    "new Notification",
    "showSaveFilePicker",
    "showOpenFilePicker",
)

#: Where one of them is used, and what handles its absence there.
MET = {
    "composer/encoder.ts": "StageBroadcast.supported: the page says that it cannot compose",
    "composer/index.ts": "StageBroadcast.supported",
    "composer/tap.ts": "the page answers that it is unable",
    "engine/client.ts": "the caller has made a key of it",
    "meeting/media/background-track.ts": "for an open camera, which only secure pages get",
    "meeting/media/devices.ts": "refusalOf: no device is asked for",
    "meeting/media/element-capture.ts": "refusalOf",
    "meeting/media/media.ts": "?., and refusalOf",
    "meeting/media/permissions.ts": "isSecureContext, and ??",
    "meeting/media/picture-track.ts": "asks whether it is there, and PlayedStream.supported",
    "meeting/media/played-stream.ts": "PlayedStream.supported: the program is refused",
    "meeting/media/screen-share.ts": "refusalOf",
    "meeting/media/sound-track.ts": "asks whether it is there, and PlayedStream.supported",
    "meeting/media/test-sound.ts": "asks whether it is there",
    "meeting/ui/copy-link.tsx": "catches, and copies by document.execCommand",
    "meeting/ui/sound.tsx": "asks whether it is there",
    "player/live-player.ts": "LivePlayer.supported: another player is taken",
    "player/sound.ts": "LivePlayer.supported",
    "shared/frame-decoder.ts": "LivePlayer.supported, PlayedStream.supported",
    "shared/screen-wake.ts": "asks whether it is there",
    "shared/sound-decoder.ts": "LivePlayer.supported, PlayedStream.supported",
    "widget/clipboard.ts": "catches, and the widget copies by document.execCommand",
}

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)


def test_what_only_secure_pages_have_is_used_where_its_absence_is_handled() -> None:
    files = [f for f in SOURCES.rglob("*.ts*") if ".test." not in f.name]
    assert len(files) > 100, "the sources are elsewhere"
    code = {
        f.relative_to(SOURCES).as_posix(): _COMMENT.sub("", f.read_text(encoding="utf-8"))
        for f in files
    }
    found = {name for name, text in code.items() if any(used in text for used in SECURE_ONLY)}
    assert found == set(MET)
