// What '#dawn' is in pages and their workers; see package.json's imports.
export const importDawn: typeof import('./dawn.ts').importDawn = undefined;
export const missingDriver: typeof import('./dawn.ts').missingDriver | undefined = undefined;
