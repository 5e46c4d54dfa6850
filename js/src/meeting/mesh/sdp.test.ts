import { expect, test } from "vitest";
import { certificateOf, tuned } from "./sdp";

test("the certificate is read from the first fingerprint of a description", () => {
  const session = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n";
  const print = "a=fingerprint:sha-256 4A:AD\r\na=fingerprint:sha-512 00:11\r\n";
  expect(certificateOf(`${session}${print}`)).toBe("sha-256 4A:AD");
  expect(certificateOf(`${session}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n${print}`)).toBe(
    "sha-256 4A:AD",
  );
  expect(certificateOf(session)).toBeNull();
});

const SOUND =
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
const PICTURE = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x=1\r\n";

test("voice is requested with DTX, shared audio in stereo", () => {
  const told = tuned(`v=0\r\ns=-\r\n${SOUND}${PICTURE}${PICTURE}${SOUND}`);
  expect(told.match(/^a=fmtp.*$/gm)).toEqual([
    "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
    "a=fmtp:96 x=1",
    "a=fmtp:96 x=1",
    "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=96000",
  ]);
  expect(told.startsWith("v=0\r\ns=-\r\nm=audio")).toBe(true);
});

test("sections without Opus are left unchanged", () => {
  const other = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 9\r\na=rtpmap:9 G722/8000\r\n";
  expect(tuned(other)).toBe(other);
});
