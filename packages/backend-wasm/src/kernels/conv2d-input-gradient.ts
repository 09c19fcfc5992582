import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { addingCopies } from './channel-copies.ts';
import { copiesOf, windowsOf, winogradGeometry, type ConvolutionWindows } from './conv2d.ts';
import { convolve, type Windows } from './convolve.ts';
import type { InputGradientTensors } from './input-gradient-tensors.ts';
import { packPanels } from './pack-panels.ts';
import { winogradInputGradient, winogradPays } from './winograd.ts';

/** dx of striate.Conv2d; with its output y, dy counts only where y > 0. */
export const conv2dInputGradient: Kernel = defineKernel(ops.conv2dInputGradient, {
  run({ inputs, attributes, backend }) {
    const windows = windowsOf(attributes.inputShape, inputs.kernel.shape, attributes);
    const dx = backend.output(attributes.inputShape);
    const tensors = {
      dy: backend.address(inputs.dy),
      kernel: backend.address(inputs.kernel),
      y: inputs.y && backend.address(inputs.y),
      dx: backend.address(dx),
    };
    const winograd = backend.winograd ? winogradGeometry(windows, attributes) : undefined;
    if (winograd && winogradPays('inputGradient', winograd)) winogradInputGradient(backend, winograd, tensors);
    else inputGradient(backend, windows, tensors);
    return dx;
  },
});

/** Fills dx in memory, with y's mask or as act(dx + bias). */
export function inputGradient(
  backend: KernelBackend,
  windows: ConvolutionWindows,
  tensors: InputGradientTensors,
): void {
  addingCopies(backend, tensors.dx, copiesOf(windows), (dx) =>
    directInputGradient(backend, windows, { ...tensors, dx }),
  );
}

/**
 * Pixels of dx whose place has the same remainder modulo the stride see the same taps: each such phase is a
 * convolution of dy, with step 1, with some of the taps in reverse order.
 */
function directInputGradient(
  backend: KernelBackend,
  windows: Windows,
  { dy, kernel, y, dx, bias, relu = false }: InputGradientTensors,
): void {
  const { images, size, steps, taps, groups, channels, filters, depthwise } = windows;
  const tapStep = (depthwise ? 1 : channels) * groups * filters;
  const pixel = groups * channels;
  const phases = phasesOf(windows, 0).flatMap((vertical) =>
    phasesOf(windows, 1).map((horizontal) => ({ vertical, horizontal, seen: vertical.taps * horizontal.taps > 0 })),
  );
  // Filling all of dx at once is faster than leaving gaps where other phases lie.
  if (bias === undefined && phases.some(({ seen }) => !seen)) {
    const bytes = images * size[0] * size[1] * pixel * 4;
    const itemBytes = 262_144;
    backend.run('fillByte', [dx, bytes, itemBytes, 0], { items: Math.ceil(bytes / itemBytes) });
  }
  for (const { vertical, horizontal, seen } of phases) {
    if (!seen && bias === undefined) continue;
    const phaseTaps = [vertical.taps, horizontal.taps] as const;
    const panels = packPanels(backend, {
      bias,
      address: kernel + (vertical.last * taps[1] + horizontal.last) * tapStep * 4,
      groups,
      taps: phaseTaps,
      channels: depthwise ? 1 : filters,
      filters: channels,
      steps: {
        group: filters,
        row: -vertical.every * taps[1] * tapStep,
        column: -horizontal.every * tapStep,
        channel: 1,
        filter: depthwise ? 1 : groups * filters,
        bias: channels,
      },
    });
    convolve(backend, {
      images,
      size: windows.output,
      before: [vertical.before, horizontal.before],
      output: [vertical.places, horizontal.places],
      steps: [1, 1],
      taps: phaseTaps,
      tapSteps: [vertical.tapStep, horizontal.tapStep],
      groups,
      channels: filters,
      filters: channels,
      depthwise,
      source: dy,
      mask: y,
      panels,
      target: dx + (vertical.phase * size[1] + horizontal.phase) * pixel * 4,
      targetSteps: { image: size[0] * size[1] * pixel, row: steps[0] * size[1] * pixel, pixel: steps[1] * pixel },
      relu,
    });
  }
}

interface Phase {
  /** The first place of dx. */
  phase: number;
  places: number;
  taps: number;
  /** The last tap that meets the phase, and the distance to the one before. */
  last: number;
  every: number;
  /** How far the last tap's window starts before dy, and from tap to tap. */
  before: number;
  tapStep: number;
}

/** dx[phase + q * step] = sum over t of dy[q + t * tapStep - before] * kernel[last - t * every], along one axis. */
function phasesOf({ size, before, steps, taps, tapSteps }: Windows, axis: 0 | 1): Phase[] {
  const step = steps[axis];
  const dilation = tapSteps[axis];
  const every = step / greatestCommonDivisor(step, dilation);
  return Array.from({ length: Math.min(step, size[axis]) }, (_, phase) => {
    const met = Array.from({ length: taps[axis] }, (_unused, tap) => tap).filter(
      (tap) => (phase + before[axis] - tap * dilation) % step === 0,
    );
    const last = met.at(-1) ?? 0;
    return {
      phase,
      places: Math.ceil((size[axis] - phase) / step),
      taps: met.length,
      last,
      every,
      before: met.length ? -(phase + before[axis] - last * dilation) / step : 0,
      tapStep: (every * dilation) / step,
    };
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
