import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from '@striate/core';
import type { DecodedPicture } from '../picture-decoder.ts';
import type { PixelLimits, PlatformDecoder } from '../platform.ts';
import { unreadable } from '../unreadable.ts';
import { lacksSharp } from './load-sharp.ts';
import type { DecodeAnswer, DecodeRequest } from './picture-process.ts';

/** It lies beside this file, as source or as built. */
const extension = extname(import.meta.url);
const program = fileURLToPath(new URL(`./picture-process${extension}`, import.meta.url));
const execArgv = extension === '.ts' ? ['--conditions=@striate/source'] : [];

/** Starts the process at once, so that it is ready when the first picture comes. */
export function startDecoder({ maxPixels, allowDrawings }: PixelLimits): PlatformDecoder {
  const maxSeconds = 5 + 0.2e-6 * maxPixels;
  const maxBytes = 256e6 + 8 * maxPixels;
  let child: ChildProcess | undefined = startProcess();
  let before: Promise<unknown> = Promise.resolve();

  function close(): void {
    child?.kill('SIGKILL');
    child = undefined;
  }

  async function decode(
    bytes: Uint8Array,
    { name, size }: Parameters<PlatformDecoder['decode']>[1],
  ): Promise<DecodedPicture> {
    child ??= startProcess();
    const answer = await ask(child, { bytes, size, maxPixels, allowDrawings, maxBytes }, maxSeconds);
    if (answer && 'picture' in answer) return answer.picture;
    // Only one that has answered as it should is asked again.
    close();
    if (!answer) throw beyond(name, `${Math.round(maxSeconds)} s`);
    if ('failure' in answer) throw unreadable(name, answer.failure);
    if ('refusal' in answer) throw new DataError(`${name}: ${answer.refusal}`);
    if ('lacksSharp' in answer) throw lacksSharp(name, answer.lacksSharp);
    throw beyond(name, `${Math.round(maxBytes / 1e6)} MB`);
  }

  return {
    close,
    decode(bytes, file) {
      const decoded = before.then(() => decode(bytes, file));
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

const beyond = (name: string, limit: string): DataError =>
  new DataError(`${name}: takes more than ${limit} to decode, which is the limit; maxPixels raises it in proportion.`);
