import { sha256InScript } from './sha256-in-script.ts';

/**
 * SHA-256 of bytes, as 64 hexadecimal digits.
 *
 * @example
 * await sha256(new Uint8Array()); // 'e3b0c44298fc1c149afbf4c8996fb924...'
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // Pages that came over plain http have no WebCrypto.
  const digest = globalThis.crypto?.subtle
    ? // It refuses views of shared memory, which the bytes given here never are.
      new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
    : sha256InScript(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
