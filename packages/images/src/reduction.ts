/** Greater pictures are made smaller while they are decoded. */
const workingPixels = 4_000_000;

/** How many times narrower and lower a picture is decoded: 1, 2, 4, ... */
export function reduction(width: number, height: number, size: readonly [number, number]): number {
  let factor = 1;
  const isLarge = (): boolean => (width * height) / factor ** 2 > workingPixels;
  while (isLarge() && Math.min(width, height) / (2 * factor) >= 2 * Math.max(...size)) factor *= 2;
  return factor;
}

/** Why a picture of too many pixels is refused. */
export function tooManyPixels(width: number, height: number, maxPixels: number): string {
  const [found, most] = [width * height, maxPixels].map((count) => count.toLocaleString('en-US'));
  return `has ${width} x ${height} = ${found} pixels, and the limit is ${most}; maxPixels raises it.`;
}
