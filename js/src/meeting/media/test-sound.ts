/** A short test sound for the speaker. */

/** Hertz: a fifth, one note after the other. */
const NOTES = [523.25, 783.99];
/** Seconds. */
const NOTE = 0.28;
const LOUD = 0.25;

/**
 * Plays on one speaker, or on the system's default.
 *
 * Resolves when it has finished; rejects if the browser or that speaker cannot play it.
 */
export async function playTestSound(deviceId: string | undefined): Promise<void> {
  const context = new AudioContext();
  const audio = new Audio();
  try {
    const out = context.createMediaStreamDestination();
    audio.srcObject = out.stream;
    if (deviceId && "setSinkId" in audio) await audio.setSinkId(deviceId);
    await audio.play();
    await context.resume();
    await chime(context, out);
  } finally {
    audio.srcObject = null;
    await context.close();
  }
}

function chime(context: AudioContext, out: AudioNode): Promise<void> {
  const begin = context.currentTime + 0.1;
  const notes = NOTES.map((frequency, index) => {
    const [oscillator, volume] = [context.createOscillator(), context.createGain()];
    const from = begin + index * NOTE;
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUD, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 2 * NOTE);
    oscillator.connect(volume).connect(out);
    oscillator.start(from);
    oscillator.stop(from + 2 * NOTE);
    return oscillator;
  });
  return new Promise((resolve) => {
    notes.at(-1)?.addEventListener("ended", () => resolve(), { once: true });
  });
}
