// Preloaded (LD_PRELOAD), it puts a known pattern on both sides of every aligned block of memory, where libraries of
// kernels keep tensors and working memory, and looks at it when the block is given back. One line for each block that
// something was written beside: `overrun of a block of 3200 bytes: 0 bytes before it, 352 after it`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { guardBytes = 4096, pattern = 0xA5, slots = 1 << 20, alignment = 64 };

typedef struct {
  char *user; // what the program was given; empty: no block was ever here; removed: one was
  char *base;
  size_t size;
} Block;

static Block blocks[slots];
static char *const removed = (char *)1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*realFree)(void *);
static int (*realAllocate)(void **, size_t, size_t);
static void *(*realReallocate)(void *, size_t);

static void load(void) {
  if (realFree) return;
  realAllocate = dlsym(RTLD_NEXT, "posix_memalign");
  realReallocate = dlsym(RTLD_NEXT, "realloc");
  realFree = dlsym(RTLD_NEXT, "free");
}

static size_t slotOf(const char *user) {
  return (size_t)(((uintptr_t)user / alignment) * 0x9E3779B97F4A7C15ull >> 44);
}

static Block *find(const char *user) {
  if ((uintptr_t)user % alignment != 0) return NULL;
  for (size_t slot = slotOf(user); blocks[slot].user; slot = (slot + 1) % slots) {
    if (blocks[slot].user == user) return &blocks[slot];
  }
  return NULL;
}

int posix_memalign(void **out, size_t align, size_t size) {
  load();
  if (align < alignment) align = alignment;
  size_t before = align > guardBytes ? align : guardBytes;
  char *base;
  int failed = realAllocate((void **)&base, align, before + size + guardBytes);
  if (failed) return failed;
  memset(base, pattern, before);
  memset(base + before + size, pattern, guardBytes);
  pthread_mutex_lock(&lock);
  size_t slot = slotOf(base + before);
  while (blocks[slot].user && blocks[slot].user != removed) slot = (slot + 1) % slots;
  blocks[slot] = (Block){base + before, base, size};
  pthread_mutex_unlock(&lock);
  *out = base + before;
  return 0;
}

void *memalign(size_t align, size_t size) {
  void *block;
  return posix_memalign(&block, align, size) ? NULL : block;
}

void *aligned_alloc(size_t align, size_t size) {
  return memalign(align, size);
}

static void inspect(Block block) {
  const unsigned char *user = (const unsigned char *)block.user;
  int before = 0, after = 0;
  for (int i = 1; i <= guardBytes; i++) {
    if (user[-i] != pattern) before = i;
    if (user[block.size + i - 1] != pattern) after = i;
  }
  if (before == 0 && after == 0) return;
  char line[160];
  int length = snprintf(line, sizeof line, "overrun of a block of %zu bytes: %d bytes before it, %d after it\n",
                        block.size, before, after);
  if (write(STDOUT_FILENO, line, (size_t)length) < 0) abort();
}

void free(void *user) {
  load();
  if (!user) return;
  pthread_mutex_lock(&lock);
  Block *found = find(user);
  Block block = found ? *found : (Block){0};
  if (found) found->user = removed;
  pthread_mutex_unlock(&lock);
  if (!found) return realFree(user);
  inspect(block);
  realFree(block.base);
}

void *realloc(void *user, size_t size) {
  load();
  pthread_mutex_lock(&lock);
  Block *found = user ? find(user) : NULL;
  size_t known = found ? found->size : 0;
  pthread_mutex_unlock(&lock);
  if (!found) return realReallocate(user, size);
  void *moved = malloc(size);
  if (!moved) return NULL;
  memcpy(moved, user, known < size ? known : size);
  free(user);
  return moved;
}
