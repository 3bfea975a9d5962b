/* Stands between a process and its disk (LD_PRELOAD), for the files in one folder.
 *
 * DISK_FOLDER  the folder; everything else, and SQLite's shared memory, is left alone
 * DISK_FULL    while this file exists, writing fails with ENOSPC
 * DISK_BROKEN  while this file exists, syncing fails with EIO
 * DISK_LOG     every write, truncation, sync, unlinking, renaming and new folder is written down here, in order
 *              (see disk.py)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, SYNC = 3, UNLINK = 4, RENAME = 5, MAKE_FOLDER = 6, SYNC_FOLDER = 7 };

struct record {
  uint32_t kind;
  uint32_t name_bytes;
  int64_t offset;
  uint64_t data_bytes;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int present(const char *variable) {
  const char *path = getenv(variable);
  return path && access(path, F_OK) == 0;
}

/* The file's name inside the folder ("" for the folder itself), or NULL if it does not concern us. */
static const char *inside(const char *path) {
  const char *folder = getenv("DISK_FOLDER");
  size_t prefix = folder ? strlen(folder) : 0, length = strlen(path);
  if (!prefix || strncmp(path, folder, prefix)) return NULL;
  if (length > 4 && !strcmp(path + length - 4, "-shm")) return NULL;
  return path[prefix] == '/' ? path + prefix + 1 : path[prefix] ? NULL : "";
}

static const char *concerned(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return inside(path);
}

static void note(uint32_t kind, const char *name, int64_t offset, const void *data, uint64_t data_bytes) {
  const char *path = getenv("DISK_LOG");
  if (!path) return;
  struct record record = {kind, (uint32_t)strlen(name), offset, data_bytes};
  int log = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0 || syscall(SYS_write, log, &record, sizeof record) < 0 ||
      syscall(SYS_write, log, name, (size_t)record.name_bytes) < 0 ||
      syscall(SYS_write, log, data, (size_t)data_bytes) < 0)
    abort();
  syscall(SYS_close, log);
}

static ssize_t writing(int descriptor, const void *data, size_t count, int64_t offset, int at) {
  char path[PATH_MAX];
  const char *name = concerned(descriptor, path);
  if (name && present("DISK_FULL")) {
    errno = ENOSPC;
    return -1;
  }
  if (!name)
    return at ? syscall(SYS_pwrite64, descriptor, data, count, offset)
              : syscall(SYS_write, descriptor, data, count);
  pthread_mutex_lock(&turn);
  if (!at) offset = lseek(descriptor, 0, SEEK_CUR);
  ssize_t written = at ? syscall(SYS_pwrite64, descriptor, data, count, offset)
                       : syscall(SYS_write, descriptor, data, count);
  if (written > 0) note(WRITE, name, offset, data, (uint64_t)written);
  pthread_mutex_unlock(&turn);
  return written;
}

static int syncing(int descriptor, long call) {
  char path[PATH_MAX];
  const char *name = concerned(descriptor, path);
  if (name && present("DISK_BROKEN")) {
    errno = EIO;
    return -1;
  }
  if (!name) return syscall(call, descriptor);
  pthread_mutex_lock(&turn);
  int result = syscall(call, descriptor);
  struct stat about;
  int folder = fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode);
  if (result == 0) note(folder ? SYNC_FOLDER : SYNC, name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

ssize_t write(int descriptor, const void *data, size_t count) { return writing(descriptor, data, count, 0, 0); }

ssize_t pwrite(int descriptor, const void *data, size_t count, off_t offset) {
  return writing(descriptor, data, count, offset, 1);
}

ssize_t pwrite64(int descriptor, const void *data, size_t count, off64_t offset) {
  return writing(descriptor, data, count, offset, 1);
}

int ftruncate64(int descriptor, off64_t length) {
  char path[PATH_MAX];
  const char *name = concerned(descriptor, path);
  pthread_mutex_lock(&turn);
  int result = syscall(SYS_ftruncate, descriptor, length);
  if (name && result == 0) note(TRUNCATE, name, length, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

int unlink(const char *path) {
  const char *name = inside(path);
  pthread_mutex_lock(&turn);
  int result = syscall(SYS_unlink, path);
  if (name && result == 0) note(UNLINK, name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

int rename(const char *from, const char *to) {
  const char *old = inside(from), *name = inside(to);
  pthread_mutex_lock(&turn);
  int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (old && name && result == 0) note(RENAME, name, 0, old, strlen(old));
  pthread_mutex_unlock(&turn);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  const char *name = inside(path);
  pthread_mutex_lock(&turn);
  int result = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (name && result == 0) note(MAKE_FOLDER, name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

int fsync(int descriptor) { return syncing(descriptor, SYS_fsync); }

int fdatasync(int descriptor) { return syncing(descriptor, SYS_fdatasync); }
