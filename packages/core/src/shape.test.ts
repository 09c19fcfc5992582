import { describe, expect, it } from 'vitest';
import { checkPadding, hasEmptyWindow, outputSize, samePadding, windowGeometry } from './shape.ts';

describe('outputSize', () => {
  it.each([
    ['LeNet-5, first convolution', { input: 32, kernel: 5 }, 28],
    ['LeNet-5, first pooling', { input: 28, kernel: 2, stride: 2 }, 14],
    ['LeNet-5, second convolution', { input: 14, kernel: 5 }, 10],
    ['AlexNet, first convolution', { input: 227, kernel: 11, stride: 4 }, 55],
    ['a 6x6 image and a 3x3 filter at stride 1', { input: 6, kernel: 3 }, 4],
    ['the same at stride 3', { input: 6, kernel: 3, stride: 3 }, 2],
    ['dilated by 2', { input: 9, kernel: 3, dilation: 2 }, 5],
    ['padded', { input: 5, kernel: 3, padding: 2, stride: 2 }, 3],
    ['a window that does not fit', { input: 4, kernel: 5 }, 0],
  ])('%s', (_, window, expected) => {
    expect(outputSize(window)).toBe(expected);
  });

  it('counts the places that a walk along the axis finds', () => {
    for (let input = 1; input < 12; input++)
      for (let kernel = 1; kernel < 5; kernel++)
        for (let stride = 1; stride < 4; stride++)
          for (let padding = 0; padding < 4; padding++)
            for (let dilation = 1; dilation < 4; dilation++) {
              let places = 0;
              for (let start = 0; start + dilation * (kernel - 1) < input + padding; start += stride) places += 1;
              expect(outputSize({ input, kernel, stride, padding, dilation })).toBe(places);
            }
  });

  it("rounds up in ceilMode, but starts no window beyond the image, as PyTorch's pooling does", () => {
    expect(outputSize({ input: 6, kernel: 3, stride: 2, ceilMode: true })).toBe(3);
    expect(outputSize({ input: 5, kernel: 2, stride: 2, ceilMode: true })).toBe(3);
    expect(outputSize({ input: 5, kernel: 1, stride: 3, padding: 2, ceilMode: true })).toBe(2);
    expect(outputSize({ input: 2, kernel: 3, stride: 2, ceilMode: true })).toBe(1);
    expect(outputSize({ input: 4, kernel: 2, stride: 3, padding: 2, paddingBefore: 2, ceilMode: true })).toBe(2);
    expect(outputSize({ input: 3, kernel: 3, stride: 3, padding: 1, paddingBefore: 1, ceilMode: true })).toBe(2);
    expect(outputSize({ input: 3, kernel: 3, stride: 3, padding: 1, paddingBefore: 0, ceilMode: true })).toBe(1);
  });
});

describe("padding 'same'", () => {
  it('keeps ceil(size / stride) places and puts the odd zero last', () => {
    for (let input = 1; input < 20; input++)
      for (let kernel = 1; kernel < 6; kernel++)
        for (let stride = 1; stride < 4; stride++) {
          const [before, after] = samePadding({ input, kernel, stride });
          expect(after - before === 0 || after - before === 1).toBe(true);
          expect(outputSize({ input, kernel, stride, padding: before + after })).toBe(Math.ceil(input / stride));
        }
  });
});

describe('windowGeometry', () => {
  it('resolves every form of padding', () => {
    const geometry = { size: [7, 8], kernelSize: [3, 2] } as const;
    expect(windowGeometry('x', { ...geometry, padding: 'same' })).toEqual({ padding: [1, 1, 0, 1], output: [7, 8] });
    expect(windowGeometry('x', { ...geometry, padding: 2 })).toEqual({ padding: [2, 2, 2, 2], output: [9, 11] });
    expect(windowGeometry('x', { ...geometry, padding: [1, 0] })).toEqual({ padding: [1, 1, 0, 0], output: [7, 7] });
    expect(windowGeometry('x', { ...geometry, padding: [1, 0, 2, 3] }).output).toEqual([6, 12]);
  });

  it('refuses a window that does not fit', () => {
    expect(() =>
      windowGeometry('Conv2d', { size: [4, 9], kernelSize: [3, 3], dilations: [2, 1] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: Conv2d: a window of 5x3 pixels does not fit into an image of 4x9 with padding [0, 0, 0, 0]. Use a smaller kernelSize, padding: 'same', or fewer layers that shrink the image before this one.]`,
    );
  });
});

describe('checkPadding', () => {
  it.each(['valid', 'same', 0, 3, [1, 2], [0, 1, 2, 3]] as const)('takes %j', (padding) => {
    expect(() => checkPadding('Conv2d', padding)).not.toThrow();
  });

  it.each([
    { padding: -1 },
    { padding: 1.5 },
    { padding: 'full' },
    { padding: [1] },
    { padding: [1, 2, 3] },
    { padding: [1, -1] },
  ])('refuses $padding', ({ padding }) => {
    expect(() => checkPadding('Conv2d', padding as never)).toThrow(/^Conv2d: padding is .* must be 'valid', 'same'/);
  });
});

describe('hasEmptyWindow', () => {
  it('finds what a walk over the taps finds', () => {
    for (let input = 1; input < 8; input++)
      for (let kernel = 1; kernel < 5; kernel++)
        for (let stride = 1; stride < 4; stride++)
          for (let before = 0; before < 5; before++)
            for (let after = 0; after < 5; after++)
              for (let dilation = 1; dilation < 4; dilation++) {
                let empty = false;
                for (let start = -before; start + dilation * (kernel - 1) < input + after; start += stride) {
                  const taps = Array.from({ length: kernel }, (_, tap) => start + dilation * tap);
                  if (!taps.some((at) => at >= 0 && at < input)) empty = true;
                }
                const down = { size: [input, 9], kernelSize: [kernel, 1], strides: [stride, 1] } as const;
                const across = { size: [9, input], kernelSize: [1, kernel], strides: [1, stride] } as const;
                expect(hasEmptyWindow({ ...down, dilations: [dilation, 1], padding: [before, after, 0, 0] })).toBe(
                  empty,
                );
                expect(hasEmptyWindow({ ...across, dilations: [1, dilation], padding: [0, 0, before, after] })).toBe(
                  empty,
                );
              }
  });
});

it('refuses padding of more pixels than any picture has', () => {
  const window = { size: [6, 6], kernelSize: [3, 3], padding: 'same' } as const;
  expect(() => windowGeometry('conv2d', { ...window, dilations: [1, 2 ** 32] })).toThrow(
    /^conv2d: an image of 6x6 would be padded by \[1, 1, 4294967296, 4294967296\] pixels, but at most 65536/,
  );
  expect(windowGeometry('conv2d', { ...window, dilations: [1, 2 ** 16] }).output).toEqual([6, 6]);
});
