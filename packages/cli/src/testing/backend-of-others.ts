// A backend's package of somebody else, as far as its manifest goes.
import { option, type Backend } from '@striate/core';
import type { BackendManifest } from '@striate/core/backend';
import { cpu } from '@striate/core/testing';

export const manifest: BackendManifest = {
  name: 'plain',
  doc: "tfjs' own CPU backend",
  options: { label: option.text({ doc: 'What it is called.', default: 'plain' }) },
  tolerance: 1e-4,
  setup: {
    doc: 'nothing at all',
    options: { maxItems: option.optional(option.count({ doc: 'How much of it.', example: 1 })) },
    run: async (settings, log) => {
      log(`brought ${JSON.stringify(settings)}`);
      return 'nowhere';
    },
  },
  make(options: { label?: string } = {}): Backend {
    const { label = 'plain' } = options;
    const found = { available: true, device: `the CPU, ${label}` } as const;
    return { ...cpu(), probe: async () => found, stats: () => ({ ...cpu().stats(), device: found.device }) };
  },
  inspect: async () => ['made by others'],
};
