import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Processors by what an ELF file calls them. */
const machines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64' };

/**
 * What is wrong with a file that should be a shared library for this processor; undefined if nothing is seen. Loading
 * one that is cut short would end the process.
 */
export function fileProblem(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 'there is no such file.';
  if (!found.isFile()) return 'it is no file.';
  const header = firstBytes(path, 64);
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f_45_4c_46) return 'it is no shared library.';
  const machine = header.readUInt16LE(18);
  const processor = machines[machine] ?? `another processor (${machine})`;
  if (processor !== process.arch) return `it is for ${processor}, and this processor is ${process.arch}.`;
  // The table of sections stands at the end: its place, and number and size of its rows.
  const end = Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
  return found.size < end ? `it is cut short: ${found.size} bytes of ${end}.` : undefined;
}

function firstBytes(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
