// What others do: bare WebRTC, MediaRecorder with Media Source Extensions, and LL-HLS with hls.js.

function screenNamed(id) {
  const video = Object.assign(document.createElement("video"), { id, autoplay: true });
  document.body.append(video);
  return video;
}

/** One side of a bare WebRTC connection; the descriptions are carried by the benchmark. */
class Call {
  #peer = new RTCPeerConnection();

  send(...tracks) {
    const stream = new MediaStream(tracks);
    for (const track of tracks) this.#peer.addTrack(track, stream);
  }

  receive() {
    const video = screenNamed("call");
    this.#peer.ontrack = ({ streams }) => {
      video.srcObject = streams[0];
    };
  }

  async offer() {
    await this.#peer.setLocalDescription();
    return this.#gathered();
  }

  async answer(offer) {
    await this.#peer.setRemoteDescription(offer);
    await this.#peer.setLocalDescription();
    return this.#gathered();
  }

  accept(answer) {
    return this.#peer.setRemoteDescription(answer);
  }

  async #gathered() {
    while (this.#peer.iceGatheringState !== "complete") {
      await new Promise((done) => {
        this.#peer.onicegatheringstatechange = done;
      });
    }
    return this.#peer.localDescription.toJSON();
  }
}

const opened = (socket) =>
  new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no connection to ${socket.url}`));
  });

const webm = (sound) => `video/webm;codecs=vp8${sound ? ",opus" : ""}`;

/** Sends what MediaRecorder makes, at the composer's bit rates. */
async function sendRecording(url, tracks, slice) {
  const socket = new WebSocket(url);
  await opened(socket);
  const recorder = new MediaRecorder(new MediaStream(tracks), {
    mimeType: webm(tracks.length > 1),
    videoBitsPerSecond: 900_000,
    audioBitsPerSecond: 96_000,
  });
  recorder.ondataavailable = ({ data }) => socket.send(data);
  recorder.start(slice);
}

/** Plays it: at most `target` seconds behind its end, a little faster while it is further, else a jump. */
async function playRecording(url, sound, target) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await opened(socket);
  const video = screenNamed("recording");
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((open) => source.addEventListener("sourceopen", open, { once: true }));
  const buffer = source.addSourceBuffer(webm(sound));
  const waiting = [];
  const append = () => {
    if (!buffer.updating && waiting.length > 0) buffer.appendBuffer(waiting.shift());
  };
  buffer.addEventListener("updateend", append);
  socket.onmessage = ({ data }) => {
    waiting.push(data);
    append();
  };
  setInterval(() => {
    const { buffered, currentTime } = video;
    if (buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const behind = end - currentTime;
    if (behind > 1) video.currentTime = end - target;
    video.playbackRate = behind > target ? 1.05 : 1;
  }, 50);
}

/** hls.js as it comes, but that it may play faster to get to where the playlist wants it. */
function playHls(url) {
  const video = screenNamed("hls");
  const hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5 });
  hls.loadSource(url);
  hls.attachMedia(video);
  return video.play();
}

Object.assign(globalThis, { Call, sendRecording, playRecording, playHls });
