// oneDNN's product of matrices, which TensorFlow calls, points the stack register into memory of the heap while it
// computes. A signal that is handled meanwhile (a profiler's, the end of a child process, Ctrl-C) writes its frame there
// and destroys the heap. So signals wait while TensorFlow computes, and its own threads, which inherit the mask of the
// thread that makes them, never take any. The linker puts these functions in place of TensorFlow's (--wrap).
#include <pthread.h>
#include <signal.h>

#include <initializer_list>

#include "tensorflow/c/eager/c_api.h"

namespace {

class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigfillset(&all);
    // What the thread itself brings about cannot wait.
    for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&all, own);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

extern "C" {

TFE_Context* __real_TFE_NewContext(const TFE_ContextOptions* options, TF_Status* status);
void __real_TFE_Execute(TFE_Op* op, TFE_TensorHandle** results, int* count, TF_Status* status);

TFE_Context* __wrap_TFE_NewContext(const TFE_ContextOptions* options, TF_Status* status) {
  SignalsWait wait;
  return __real_TFE_NewContext(options, status);
}

void __wrap_TFE_Execute(TFE_Op* op, TFE_TensorHandle** results, int* count, TF_Status* status) {
  SignalsWait wait;
  __real_TFE_Execute(op, results, count, status);
}

}  // extern "C"
