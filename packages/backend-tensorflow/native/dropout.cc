// The operation StriateDropout: y = bits >= threshold ? x * scale + shift : replacement, with the random bits that all
// of our backends share: Philox-4x32-10 (Salmon et al. 2011), element e of a sample taking word e & 3 of the block with
// counter [e >> 2, sample, call, step] and key [seed, stream].
#include <algorithm>

#include "call.h"

namespace {

// More than GCC unrolls before it looks for vectors.
constexpr int kBlocks = 32;
constexpr int kWords = 4 * kBlocks;

struct Key {
  uint32_t threshold, first_sample, seed, stream, call, step;
};

/** The words of 32 blocks, computed side by side in the lanes of vectors: word n of each block in the n-th list. */
FOR_EVERY_PROCESSOR
void Philox(const Key key, uint32_t first_block, uint32_t sample, uint32_t* __restrict__ a, uint32_t* __restrict__ b,
            uint32_t* __restrict__ c, uint32_t* __restrict__ d) {
  for (int i = 0; i < kBlocks; i++) {
    a[i] = first_block + i;
    b[i] = sample;
    c[i] = key.call;
    d[i] = key.step;
  }
  uint32_t key0 = key.seed, key1 = key.stream;
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < kBlocks; i++) {
      const uint32_t high0 = (uint64_t{0xd2511f53} * a[i]) >> 32;
      const uint32_t high1 = (uint64_t{0xcd9e8d57} * c[i]) >> 32;
      const uint32_t low0 = 0xd2511f53u * a[i];
      const uint32_t low1 = 0xcd9e8d57u * c[i];
      a[i] = high1 ^ b[i] ^ key0;
      b[i] = low1;
      c[i] = high0 ^ d[i] ^ key1;
      d[i] = low0;
    }
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
}

FOR_EVERY_PROCESSOR
void Interleave(const uint32_t* __restrict__ a, const uint32_t* __restrict__ b, const uint32_t* __restrict__ c,
                const uint32_t* __restrict__ d, uint32_t* __restrict__ words) {
  for (int i = 0; i < kBlocks; i++) {
    words[4 * i] = a[i];
    words[4 * i + 1] = b[i];
    words[4 * i + 2] = c[i];
    words[4 * i + 3] = d[i];
  }
}

/** Two roundings, as everywhere (-ffp-contract=off). */
FOR_EVERY_PROCESSOR
void Select(const uint32_t* __restrict__ words, uint32_t threshold, float scale, float shift, float replacement,
            const float* __restrict__ x, float* __restrict__ y, int64_t size) {
  for (int64_t e = 0; e < size; e++) {
    const float value = x[e] * scale + shift;
    y[e] = words[e] >= threshold ? value : replacement;
  }
}

void Compute(void*, TF_OpKernelContext* context) {
  striate::Call call(context);
  const TF_Tensor* x = call.Input(0);
  const TF_Tensor* keys = call.Input(1);
  const TF_Tensor* settings = call.Input(2);
  if (!x || !keys || !settings) return;
  if (TF_TensorElementCount(keys) != 6 || TF_TensorElementCount(settings) != 3) {
    return call.Fail("StriateDropout: key or settings do not fit");
  }
  const TF_Tensor* y = call.Output(0, x);
  if (!y) return;
  const uint32_t* k = static_cast<const uint32_t*>(TF_TensorData(keys));
  const Key key = {k[0], k[1], k[2], k[3], k[4], k[5]};
  const float* s = striate::Floats(settings);
  const float scale = s[0], shift = s[1], replacement = s[2];
  const int64_t samples = TF_NumDims(x) > 0 ? TF_Dim(x, 0) : 1;
  const int64_t length = samples > 0 ? TF_TensorElementCount(x) / samples : 0;
  alignas(64) uint32_t lists[4][kBlocks], words[kWords];
  for (int64_t n = 0; n < samples; n++) {
    const float* from = striate::Floats(x) + n * length;
    float* to = striate::Floats(y) + n * length;
    const uint32_t sample = key.first_sample + static_cast<uint32_t>(n);
    for (int64_t start = 0; start < length; start += kWords) {
      Philox(key, static_cast<uint32_t>(start / 4), sample, lists[0], lists[1], lists[2], lists[3]);
      Interleave(lists[0], lists[1], lists[2], lists[3], words);
      const int64_t size = std::min<int64_t>(kWords, length - start);
      Select(words, key.threshold, scale, shift, replacement, from + start, to + start, size);
    }
  }
}

const bool registered = striate::Register("StriateDropout", {}, {"x: float", "key: int32", "settings: float"},
                                          {"y: float"}, Compute);

}  // namespace
