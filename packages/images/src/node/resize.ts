import type { ResizedPicture, ResizeOptions } from '../resize.ts';
import { loadSharp } from './load-sharp.ts';

/** By Lanczos' kernel, as sharp has it. */
export async function resize(
  { width, height, channels, pixels }: ResizedPicture,
  options: ResizeOptions,
): Promise<ResizedPicture> {
  const sharp = await loadSharp('preparePicture');
  const raw = sharp(pixels, { raw: { width, height, channels } });
  const image = options.toColour ? raw.toColourspace('srgb') : raw;
  const resized = image.resize(options.width, options.height, { fit: options.fit });
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: new Uint8Array(data) };
}
