"""Tests of `store.recording_records`."""

from __future__ import annotations

from nanomeet_widget.server.store.store import Store


def test_a_private_recording_has_an_unguessable_name(store: Store) -> None:
    names = {store.recordings.begin("talk", taken=lambda _: False, private=True) for _ in range(9)}
    assert len(names) == 9
    for name in names:
        assert name.startswith("talk-")
        assert len(name) >= len("talk-") + 12
        store.recordings.end(name, duration=1.0)
    assert store.recordings.last("talk") is None
    assert len(store.recordings.all(stream="talk", limit=99, offset=0)) == 9


def test_recordings_never_share_a_name(store: Store) -> None:
    files = {"talk-2"}
    names = [store.recordings.begin("talk", taken=files.__contains__) for _ in range(3)]
    assert names == ["talk", "talk-3", "talk-4"]


def test_the_last_finished_recording_is_found(store: Store) -> None:
    first = store.recordings.begin("talk", taken=lambda _: False)
    store.recordings.end(first, duration=1.0)
    store.recordings.begin("talk", taken=lambda _: False)
    last = store.recordings.last("talk")
    assert last is not None
    assert last.name == "talk"
    assert store.recordings.last("other") is None
