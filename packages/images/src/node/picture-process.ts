// The process that decodes pictures: libvips cannot be interrupted, a process can. Started by start-decoder.ts.
import type { DecodedPicture } from '../picture-decoder.ts';
import { decodePicture, LacksSharp, PictureRefusal, type DecodeOptions } from './decode-picture.ts';

/** What is asked of the process. */
export interface DecodeRequest extends DecodeOptions {
  bytes: Uint8Array;
  /** Memory of the process beyond which it says so, and is ended. */
  maxBytes: number;
}

/** What it answers: the picture, why it is refused, why it cannot be read, that sharp is not there, or that memory is short. */
export type DecodeAnswer =
  | { picture: DecodedPicture }
  | { refusal: string }
  | { failure: string }
  | { lacksSharp: string }
  | { tooMuchMemory: true };

const answer = (message: DecodeAnswer): void => void process.send!(message);

/** Decoding is done by other threads, so that this one can look after their memory. */
const millisecondsBetweenLooks = 20;

process.on('message', ({ bytes, maxBytes, ...options }: DecodeRequest) => {
  const look = (): void => {
    if (process.memoryUsage.rss() > maxBytes) answer({ tooMuchMemory: true });
  };
  const watch = setInterval(look, millisecondsBetweenLooks);
  decodePicture(bytes, options)
    .then(
      (picture) => answer({ picture }),
      (error: Error) => {
        const { message } = error;
        if (error instanceof LacksSharp) return answer({ lacksSharp: message });
        return answer(error instanceof PictureRefusal ? { refusal: message } : { failure: message });
      },
    )
    .finally(() => clearInterval(watch));
});
// Whoever asked is gone: there is nobody to end this process but itself.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
