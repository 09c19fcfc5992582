/**
 * SHA-256 without WebCrypto, for files of some megabytes.
 *
 * Source: FIPS 180-4, sections 5.1.1, 5.3.3 and 6.2.2
 *
 * @returns 32 bytes
 */
export function sha256InScript(bytes: Uint8Array): Uint8Array {
  const hash = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));
  const constants = Uint32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));
  const schedule = new Uint32Array(64);
  const whole = bytes.length - (bytes.length % 64);
  const end = paddedEnd(bytes, whole);
  for (const [part, length] of [[viewOf(bytes), whole] as const, [viewOf(end), end.length] as const]) {
    for (let offset = 0; offset < length; offset += 64) addBlock(hash, schedule, constants, part, offset);
  }
  const digest = new Uint8Array(32);
  for (const [place, word] of hash.entries()) viewOf(digest).setUint32(4 * place, word);
  return digest;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** The first 32 bits after the binary point. */
function fraction(value: number): number {
  return (value % 1) * 2 ** 32;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The bytes from `start` on, a one bit, zeros, and the length of all in bits. */
function paddedEnd(bytes: Uint8Array, start: number): Uint8Array {
  const left = bytes.length - start;
  const end = new Uint8Array(left < 56 ? 64 : 128);
  end.set(bytes.subarray(start));
  end[left] = 0x80;
  viewOf(end).setBigUint64(end.length - 8, BigInt(bytes.length) * 8n);
  return end;
}

function addBlock(
  hash: Uint32Array,
  schedule: Uint32Array,
  constants: Uint32Array,
  block: DataView,
  offset: number,
): void {
  const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
  for (let t = 0; t < 16; t++) schedule[t] = block.getUint32(offset + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [late, early] = [schedule[t - 2]!, schedule[t - 15]!];
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    schedule[t] = sigma1 + schedule[t - 7]! + sigma0 + schedule[t - 16]!;
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number]; // 8 long
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + constants[t]! + schedule[t]!) | 0;
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [place, word] of [a, b, c, d, e, f, g, h].entries()) hash[place]! += word;
}
