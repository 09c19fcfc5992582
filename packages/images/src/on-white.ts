/**
 * Pixels without their last channel, opacity: what is not opaque lies on white.
 *
 * @param channels 2 or 4
 */
export function onWhite(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: number,
): { pixels: Uint8Array; isTransparent: boolean } {
  const colours = channels - 1;
  const laid = new Uint8Array((pixels.length / channels) * colours);
  let isTransparent = false;
  for (let place = 0, target = 0; place < pixels.length; place += channels) {
    const opacity = pixels[place + colours]!;
    if (opacity !== 255) isTransparent = true;
    for (let channel = 0; channel < colours; channel++)
      laid[target++] = Math.round((pixels[place + channel]! * opacity + 255 * (255 - opacity)) / 255);
  }
  return { pixels: laid, isTransparent };
}
