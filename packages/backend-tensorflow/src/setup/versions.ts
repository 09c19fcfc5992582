/** What `striate setup tensorflow` installs; tried together. */
export const versions = {
  tensorflow: '2.21.0',
  'tfjs-node': '4.22.0',
  'node-api-headers': '1.9.0',
} as const;
