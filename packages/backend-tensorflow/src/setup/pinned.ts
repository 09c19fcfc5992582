import { versions } from './versions.ts';

/** A wheel, and its SHA-256; of TensorFlow for Python 3.10, 3.11, 3.12 and 3.13. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: readonly string[];
}

/** An archive of npm. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** In base64, as npm writes it. */
  readonly sha512: string;
}

/** All that `striate setup tensorflow` fetches, to the bit. */
export interface Pinned {
  readonly wheels: { readonly cpu: readonly Wheel[]; readonly cuda: readonly Wheel[] };
  readonly nodePackages: Readonly<Record<'tfjs-node' | 'node-api-headers', NodePackage>>;
}

const { tensorflow: version } = versions;

/** Without CUDA; only x64 has a build of that name, which elsewhere is plain `tensorflow`. */
const tensorflowCpu: Readonly<Record<string, Wheel>> = {
  x64: {
    name: 'tensorflow-cpu',
    version,
    sha256: [
      'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
      '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793',
    ],
  },
  arm64: {
    name: 'tensorflow',
    version,
    sha256: [
      '7c97938b25cf70c80ae8619931f85abcdee2ab2eb256c2051202edb3b89e9a5d',
      '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      'a10abdfb8b1189210c251021a3f153b7ccc52a8e6521351f3dc3331e8ba593e0',
    ],
  },
};

/** With CUDA, which is there for x64 alone: NVIDIA's libraries come as wheels of their own. */
const tensorflowCuda: Wheel = {
  name: 'tensorflow',
  version,
  sha256: [
    '77c6f298e695ea1d283cdd7d30f8d97530cc6e92c1395a9ddbab9771c99233a4',
    '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    'e9d8da8dcab9650efb45f032ba70af2f016f907e6e0c6bda29dd101bba945406',
  ],
};

const nvidia: readonly (readonly [name: string, version: string, sha256: string])[] = [
  ['nvidia-cublas-cu12', '12.9.3.13', 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'],
  ['nvidia-cuda-cupti-cu12', '12.8.90', 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'],
  ['nvidia-cuda-nvcc-cu12', '12.9.86', '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'],
  ['nvidia-cuda-nvrtc-cu12', '12.9.86', '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'],
  ['nvidia-cuda-runtime-cu12', '12.9.79', '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'],
  ['nvidia-cudnn-cu12', '9.28.0.42', '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'],
  ['nvidia-cufft-cu12', '11.4.1.4', 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'],
  ['nvidia-curand-cu12', '10.3.10.19', '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'],
  ['nvidia-cusolver-cu12', '11.7.5.82', '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'],
  ['nvidia-cusparse-cu12', '12.5.10.65', '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'],
  ['nvidia-nccl-cu12', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'],
  ['nvidia-nvjitlink-cu12', '12.9.86', 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'],
];

export const pinned: Pinned = {
  wheels: {
    cpu: [tensorflowCpu[process.arch]].filter((wheel) => wheel !== undefined),
    cuda:
      process.arch === 'x64'
        ? [tensorflowCuda, ...nvidia.map(([name, of, sha256]) => ({ name, version: of, sha256: [sha256] }))]
        : [],
  },
  nodePackages: {
    'tfjs-node': {
      name: '@tensorflow/tfjs-node',
      version: versions['tfjs-node'],
      sha512: 'uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
    },
    'node-api-headers': {
      name: 'node-api-headers',
      version: versions['node-api-headers'],
      sha512: '2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
    },
  },
};
