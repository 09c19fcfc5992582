import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether this process was started so that it outlives its terminal, as by `nohup`. That sets SIGHUP to be ignored,
 * which Node undoes before any script runs; what else tells of it is looked for instead.
 */
export function outlivesTerminal(): boolean {
  return (
    // Shells name the command that they start.
    basename(process.env['_'] ?? '') === 'nohup' ||
    isOutputOfNohup() ||
    isInputOfNohup() ||
    parents().some(ignoresHangups)
  );
}

/** nohup turns a terminal's output to this file. */
function isOutputOfNohup(): boolean {
  return basename(attempt(() => readlinkSync('/proc/self/fd/1')) ?? '') === 'nohup.out';
}

/** nohup opens in a terminal's place what cannot be read. */
function isInputOfNohup(): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(attempt(() => readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? '')?.[1];
  const writeOnly = 1;
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) === writeOnly && linkOf(0) === '/dev/null';
}

const linkOf = (file: number): string | undefined => attempt(() => readlinkSync(`/proc/self/fd/${file}`));

/** Processes from which this one has what they ignore: those above it in its session. */
function parents(): number[] {
  const found: number[] = [];
  const session = placeOf(process.pid)?.session;
  for (let pid = process.ppid; pid > 1 && found.length < 20;) {
    const place = placeOf(pid);
    if (!place || place.session !== session) break;
    found.push(pid);
    pid = place.parent;
  }
  return found;
}

function placeOf(pid: number): { parent: number; session: number } | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // 'NUMBER (NAME) STATE PARENT GROUP SESSION ...'
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && { parent: Number(fields[1]), session: Number(fields[3]) };
}

function ignoresHangups(pid: number): boolean {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  // A bit a signal, from the last on; SIGHUP is the first.
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return (Number.parseInt(ignored.at(-1)!, 16) & 1) === 1;
}

function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
