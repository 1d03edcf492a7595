// A camera and a microphone that tell the time: each picture carries the wall time at which it was drawn (media/sources/CLOCK.md),
// and at every whole second there is a short tone.
import { clockBlocks } from './painted_clock.js';

/** How long the tone is, seconds, and its frequency. */
export const tick = { seconds: 0.1, hz: 5000 };

/** @param {{seconds: number, hz: number}} sound */
function install(sound) {
  /** @type {{video: MediaStreamTrack, audio: MediaStreamTrack}|undefined} */
  let devices;
  const start = () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1280, 720];
    const context = canvas.getContext('2d', { alpha: false });
    context.fillStyle = '#556';
    context.fillRect(0, 0, 1280, 720);
    const paint = () => {
      clockBlocks(Date.now()).forEach((bit, i) => {
        context.fillStyle = bit ? 'white' : 'black';
        context.fillRect(i * 20, 20, 20, 20);
      });
    };
    setInterval(paint, 40);
    paint();
    const audio = new AudioContext();
    audio.resume();
    const to = audio.createMediaStreamDestination();
    const schedule = () => {
      const oscillator = new OscillatorNode(audio, { frequency: sound.hz });
      oscillator.connect(new GainNode(audio, { gain: 0.4 })).connect(to);
      const begin = audio.currentTime + (1000 - (Date.now() % 1000)) / 1000;
      oscillator.start(begin);
      oscillator.stop(begin + sound.seconds);
    };
    setInterval(schedule, 1000);
    devices = { video: canvas.captureStream(25).getVideoTracks()[0], audio: to.stream.getAudioTracks()[0] };
    return devices;
  };
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const { video, audio } = devices ?? start();
    return new MediaStream([...(wanted.video ? [video.clone()] : []), ...(wanted.audio ? [audio.clone()] : [])]);
  };
}

/** For page.addInitScript(), in the place of a guest's devices. */
export const installClockCamera = { content: `(() => { ${clockBlocks} (${install})(${JSON.stringify(tick)}); })()` };
