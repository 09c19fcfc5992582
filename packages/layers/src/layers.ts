import { isKind, type AnyKind, type Family } from '@striate/core';
import type { LayerFunction } from './layer-function.ts';
import { layerContract, type LayerMade } from './layer-kind.ts';
import * as exported from './layers/index.ts';
import { inputLayer } from './layers/input.ts';

const own = Object.values(exported).filter((value) => isKind(value)) as AnyKind<LayerFunction>[]; // of layers

/** All layers. */
export const layers: Family<LayerMade, LayerFunction> = { ...layerContract, kinds: [...own, inputLayer] };
