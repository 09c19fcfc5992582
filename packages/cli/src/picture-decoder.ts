import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PictureRefusal, type DecodedPicture } from './decode-picture.ts';
import type { DecodeAnswer, DecodeRequest } from './picture-process.ts';

/** Limits of {@link startPictureDecoder}. */
export interface PictureLimits {
  /** Most pixels, width times height; time and memory are limited in proportion. Default 120 million. */
  maxPixels?: number;
  /** Whether formats that are drawn while they are read (SVG) are let in. Default false. */
  allowDrawings?: boolean;
}

/** Decodes pictures, one after the other, in a process of its own, which is ended where one takes too much. */
export interface PictureDecoder {
  /**
   * @param size - [H, W] that the picture will be brought to
   * @throws {PictureRefusal} if the picture goes beyond a limit.
   * @throws {Error} if it is no picture, or nothing is there to decode it.
   */
  decode(bytes: Uint8Array, size: readonly [number, number]): Promise<DecodedPicture>;
  close(): void;
}

/** A phone makes 50 million. */
const defaultMaxPixels = 120_000_000;

/** It lies beside this file, as source or as built. */
const extension = extname(import.meta.url);
const program = fileURLToPath(new URL(`./picture-process${extension}`, import.meta.url));
const execArgv = extension === '.ts' ? ['--conditions=@striate/source'] : [];

/**
 * Starts the process at once, so that it is ready when the first picture comes; it is started anew after a picture that
 * took more than 5 s and 0.2 s a million pixels of the limit (29 s), or 256 MB and 8 bytes a pixel of it (1.2 GB).
 */
export function startPictureDecoder({
  maxPixels = defaultMaxPixels,
  allowDrawings = false,
}: PictureLimits = {}): PictureDecoder {
  const maxSeconds = 5 + 0.2e-6 * maxPixels;
  const maxBytes = 256e6 + 8 * maxPixels;
  let child: ChildProcess | undefined = startProcess();
  let before: Promise<unknown> = Promise.resolve();

  function close(): void {
    child?.kill('SIGKILL');
    child = undefined;
  }

  async function decode(bytes: Uint8Array, size: readonly [number, number]): Promise<DecodedPicture> {
    child ??= startProcess();
    const answer = await ask(child, { bytes, size, maxPixels, allowDrawings, maxBytes }, maxSeconds);
    if (answer && 'picture' in answer) return answer.picture;
    // Only one that has answered as it should is asked again.
    close();
    if (!answer) throw beyond(`${Math.round(maxSeconds)} s`);
    if ('failure' in answer) throw new Error(answer.failure);
    if ('refusal' in answer) throw new PictureRefusal(answer.refusal);
    throw beyond(`${Math.round(maxBytes / 1e6)} MB`);
  }

  return {
    close,
    decode(bytes, size) {
      const decoded = before.then(() => decode(bytes, size));
      before = decoded.catch(() => undefined);
      return decoded;
    },
  };
}

function startProcess(): ChildProcess {
  const child = fork(program, { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.on('error', () => undefined); // told to whoever waits for a picture
  // It does not keep this process alive: while a picture is waited for, the clock does.
  child.unref();
  child.channel?.unref();
  return child;
}

/** The answer; undefined if none came in time. */
function ask(child: ChildProcess, request: DecodeRequest, maxSeconds: number): Promise<DecodeAnswer | undefined> {
  return new Promise((resolve) => {
    const clock = setTimeout(settle, maxSeconds * 1000);
    const failed = ({ message }: Error): void => settle({ failure: `there is no process to decode it: ${message}` });
    const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
      settle({ failure: `decoding it ended a process ${signal ? `by ${signal}` : `with exit code ${code}`}` });
    function settle(answer?: DecodeAnswer): void {
      clearTimeout(clock);
      child.off('message', settle).off('error', failed).off('exit', ended);
      resolve(answer);
    }
    child.on('message', settle).on('error', failed).on('exit', ended);
    child.send(request, (error) => error && failed(error));
  });
}

const beyond = (limit: string): PictureRefusal =>
  new PictureRefusal(`takes more than ${limit} to decode, which is the limit; --max-pixels raises it in proportion.`);
