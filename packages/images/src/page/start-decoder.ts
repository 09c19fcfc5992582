import { DataError, OptionError } from '@striate/core';
import { onWhite } from '../on-white.ts';
import type { DecodedPicture } from '../picture-decoder.ts';
import type { PixelLimits, PlatformDecoder } from '../platform.ts';
import { reduction, tooManyPixels } from '../reduction.ts';
import { unreadable } from '../unreadable.ts';
import { canvasOf } from './canvas.ts';

/** The browser's own decoder, which turns pictures upright and lets no drawings in. */
export function startDecoder({ maxPixels }: PixelLimits): PlatformDecoder {
  return {
    close: () => undefined,
    async decode(bytes, { name, size }) {
      if (typeof createImageBitmap !== 'function')
        throw new OptionError(`${name}: nothing here decodes pictures: createImageBitmap is missing.`);
      const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch((cause: Error) => {
        throw unreadable(name, cause.message);
      });
      try {
        return decoded(bitmap, size, (message) => new DataError(`${name}: ${message}`), maxPixels);
      } finally {
        bitmap.close();
      }
    },
  };
}

function decoded(
  bitmap: ImageBitmap,
  size: readonly [number, number],
  refusal: (message: string) => DataError,
  maxPixels: number,
): DecodedPicture {
  const full = { width: bitmap.width, height: bitmap.height };
  if (full.width * full.height > maxPixels) throw refusal(tooManyPixels(full.width, full.height, maxPixels));
  const factor = reduction(full.width, full.height, size);
  const [width, height] = [Math.ceil(full.width / factor), Math.ceil(full.height / factor)];
  const canvas = canvasOf(width, height);
  canvas.drawImage(bitmap, 0, 0, width, height);
  const { pixels, isTransparent } = onWhite(canvas.getImageData(0, 0, width, height).data, 4);
  return { width, height, channels: 3, pixels, full, isTurned: false, isTransparent };
}
