import { onWhite } from '../on-white.ts';
import type { ResizedPicture, ResizeOptions } from '../resize.ts';
import { canvasOf } from './canvas.ts';

/** As the browser's canvas does it. */
export async function resize(picture: ResizedPicture, { width, height, fit }: ResizeOptions): Promise<ResizedPicture> {
  const source = canvasOf(picture.width, picture.height);
  source.putImageData(imageData(picture), 0, 0);
  const canvas = canvasOf(width, height);
  const [across, down] = [width / picture.width, height / picture.height];
  const [scaleX, scaleY] = fit === 'fill' ? [across, down] : [Math.max(across, down), Math.max(across, down)];
  const [drawnWidth, drawnHeight] = [picture.width * scaleX, picture.height * scaleY];
  const [left, top] = [(width - drawnWidth) / 2, (height - drawnHeight) / 2];
  canvas.drawImage(source.canvas, left, top, drawnWidth, drawnHeight);
  const { pixels } = onWhite(canvas.getImageData(0, 0, width, height).data, 4);
  return { width, height, channels: 3, pixels };
}

function imageData({ width, height, channels, pixels }: ResizedPicture): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let pixel = 0, place = 0; pixel < width * height; pixel++, place += channels) {
    data[4 * pixel] = pixels[place]!;
    data[4 * pixel + 1] = pixels[place + green]!;
    data[4 * pixel + 2] = pixels[place + blue]!;
    data[4 * pixel + 3] = 255;
  }
  return new ImageData(data, width, height);
}
