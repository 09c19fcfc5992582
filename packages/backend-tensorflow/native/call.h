// What our operations have in common: the inputs and outputs of a call, by TensorFlow's C interface for kernels.
#ifndef STRIATE_CALL_H_
#define STRIATE_CALL_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

// The binding is compiled once for whatever processor it meets.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

namespace striate {

/** Tensors and the status of a call, given back at its end. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }

  /** nullptr after an error. */
  TF_Tensor* Input(int place) {
    TF_Tensor* tensor = nullptr;
    if (TF_GetCode(status_) == TF_OK) TF_GetInput(context_, place, &tensor, status_);
    if (tensor) tensors_.push_back(tensor);
    return tensor;
  }

  /** A result of the shape of another tensor; nullptr after an error. */
  TF_Tensor* Output(int place, const TF_Tensor* like) {
    std::vector<int64_t> shape(TF_NumDims(like));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(like, axis);
    TF_Tensor* tensor = TF_AllocateOutput(context_, place, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          TF_TensorByteSize(like), status_);
    if (tensor) tensors_.push_back(tensor);
    return TF_GetCode(status_) == TF_OK ? tensor : nullptr;
  }

  void Fail(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

inline float* Floats(const TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

using Texts = std::initializer_list<const char*>;

/** Makes an operation known to TensorFlow. */
inline bool Register(const char* name, Texts attributes, Texts inputs, Texts outputs,
                     void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
  }
  const bool is_fine = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return is_fine;
}

}  // namespace striate

#endif  // STRIATE_CALL_H_
