import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * By what a process is known, also to processes on other machines and in other containers: a number alone means
 * nothing there, and is given out again.
 */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Of this start of the machine; Linux alone tells it. */
  readonly boot?: string;
  /** Within which its number counts: containers have one each. */
  readonly namespace?: string;
  /** When it started, in the machine's ticks. */
  readonly start?: string;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const start = statusOf(process.pid)?.start;
  return {
    host: hostname(),
    pid: process.pid,
    ...(boot !== undefined && { boot }),
    ...(namespace !== undefined && { namespace }),
    ...(start !== undefined && { start }),
  };
}

/** Whether a process still runs; 'unknown' where that cannot be seen from here. */
export function isRunning(holder: ProcessIdentity, me: ProcessIdentity = thisProcess()): boolean | 'unknown' {
  if (holder.boot !== me.boot || holder.namespace !== me.namespace) return 'unknown';
  if (me.boot === undefined && holder.host !== me.host) return 'unknown';
  if (!hasNumber(holder.pid)) return false;
  const status = statusOf(holder.pid);
  // A dead process keeps its number until its parent has asked how it ended.
  if (status && ['Z', 'X'].includes(status.state)) return false;
  if (!status || holder.start === undefined) return 'unknown';
  return status.start === holder.start;
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** State and start of a process of our own namespace. */
function statusOf(pid: number): { state: string; start: string } | undefined {
  // Where /proc is that of another namespace, its numbers are not ours.
  if (attempt(() => readlinkSync('/proc/self')) !== String(process.pid)) return undefined;
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // 'NUMBER (NAME) STATE ...': the name may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && { state: fields[0]!, start: fields[19]! };
}

function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
