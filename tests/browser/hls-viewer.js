// A page that plays a stream by hls.js, and says how it fares.
import Hls from "hls.js";

/** Seconds. */
const FAR = 4;

globalThis.watchByHls = (url, lowLatencyMode) => {
  const video = Object.assign(document.createElement("video"), { muted: false });
  document.body.replaceChildren(video);
  // It keeps to what the playlist asks for, though a busy machine halts it once.
  const hls = new Hls({ lowLatencyMode, liveSyncOnStallIncrease: 0 });
  const told = { errors: [], fatal: false, parts: 0, segments: 0, deltas: 0 };
  hls.on(Hls.Events.ERROR, (_, { details, fatal }) => {
    told.errors.push(details);
    told.fatal ||= fatal;
  });
  hls.on(Hls.Events.FRAG_LOADED, (_, { part }) => {
    if (part) told.parts += 1;
    else told.segments += 1;
  });
  hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
    if (details.skippedSegments > 0) told.deltas += 1;
  });
  // By itself it would stay where such a halt has left it.
  const jump = () => {
    const { latency, liveSyncPosition } = hls;
    if (latency > FAR && liveSyncPosition !== null) video.currentTime = liveSyncPosition;
  };
  if (lowLatencyMode) video.addEventListener("timeupdate", jump);
  hls.loadSource(url);
  hls.attachMedia(video);
  void video.play();
  globalThis.hlsTold = () => ({ ...told, latency: hls.latency, target: hls.targetLatency });
  return video;
};

/** The root mean square of what a video sounds like, over a tenth of a second. */
globalThis.loudness = async (video) => {
  const context = new AudioContext();
  const listen = context.createAnalyser();
  const source = context.createMediaElementSource(video);
  source.connect(listen);
  const wave = new Float32Array(listen.fftSize);
  let most = 0;
  for (let i = 0; i < 400 && most < 0.05; i += 1) {
    await new Promise((wake) => setTimeout(wake, 100));
    listen.getFloatTimeDomainData(wave);
    most = Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length);
  }
  await context.close();
  return most;
};
