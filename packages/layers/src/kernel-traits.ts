import type { Activation, Layer, LayerTraits, Regularizer } from '@striate/core';

/** The options of layers with kernels that their traits follow from. */
interface KernelSettings {
  readonly activation?: Activation;
  readonly activityRegularizer?: Regularizer;
}

/**
 * What layers with kernels, a bias and an activation say of themselves.
 *
 * @param make the layer's factory
 * @param kernels what the options of each kernel begin with: `kernelRegularizer`
 */
export function kernelTraits<Settings extends KernelSettings>(
  make: (settings: Settings) => Layer,
  settings: Settings,
  kernels: readonly ('kernel' | 'depthwise' | 'pointwise')[] = ['kernel'],
): Pick<LayerTraits, 'activation' | 'withActivation' | 'penalizesOutputs' | 'withPenalties'> {
  const { activation, activityRegularizer } = settings;
  return {
    ...(activation !== undefined && {
      activation,
      withActivation: (other: Activation) => make({ ...settings, activation: other }),
    }),
    penalizesOutputs: activityRegularizer !== undefined,
    withPenalties: ({ kernel, bias }) =>
      make({
        ...settings,
        ...(kernel !== undefined && Object.fromEntries(kernels.map((name) => [`${name}Regularizer`, kernel]))),
        ...(bias !== undefined && { biasRegularizer: bias }),
      }),
  };
}

/** That a layer is linear in a kernel whose filters are the channels of what it gives. */
export function linearIn<Settings extends object>(
  kernel: string,
  make: (settings: Settings & { useBias: true }) => Layer,
  settings: Settings,
  axis: number = -1,
): Pick<LayerTraits, 'linear'> {
  return { linear: { kernel, bias: 'bias', axis, withBias: () => make({ ...settings, useBias: true }) } };
}
