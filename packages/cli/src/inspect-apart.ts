import { execFile } from 'node:child_process';
import type { Inspection } from './inspect-backend.ts';

/**
 * Looks whether a backend works, by a `striate doctor --backend NAME` in a process of its own: a native library that
 * is damaged or made for other machines can end the process that loads it, and a driver can hang.
 */
export function inspectApart(name: string, maxSeconds = 120): Promise<Inspection> {
  const words = [...process.execArgv, process.argv[1]!, 'doctor', '--backend', name, '--json'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      words,
      { timeout: maxSeconds * 1000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const inspection = read(stdout);
        if (inspection) return resolve(inspection);
        const isLate = error?.killed === true;
        const end = error?.signal ? `by ${error.signal}` : `with exit code ${error?.code ?? 0}`;
        const lastWords = stderr.trim().split('\n').at(-1);
        return resolve({
          name,
          available: false,
          reason: `looking for it ${isLate ? `took longer than ${maxSeconds} s` : `ended a process ${end}`}.${lastWords ? ` Its last words: ${lastWords}` : ''}`,
          remedy: isLate
            ? 'Try it again when the machine has less to do; if it is so again, its native library or driver hangs.'
            : 'Its native library is damaged or not for this machine: install it again.',
          details: [],
        });
      },
    );
  });
}

/** The inspection in the last line of the output. */
function read(stdout: string): Inspection | undefined {
  try {
    const { backends } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { backends?: Inspection[] };
    return backends?.[0];
  } catch {
    return undefined;
  }
}
