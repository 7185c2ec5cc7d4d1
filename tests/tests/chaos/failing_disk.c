// Fails calls of the C library on files below FAILING_DISK_FOLDER, while the file
// FAILING_DISK_ORDER holds the name of a call and an errno, such as `write 28`.
//
// `write` stands for all ways to write, `fsync` for all ways to ask whether the disk has it.
// To be loaded into a process by LD_PRELOAD.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

// The errno that `call` is to fail with, or 0.
static int ordered(const char *call) {
    const char *path = getenv("FAILING_DISK_ORDER");
    if (path == NULL) return 0;
    int order = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (order < 0) return 0;
    char text[64] = {0};
    ssize_t length = syscall(SYS_read, order, text, sizeof text - 1);
    syscall(SYS_close, order);
    char name[32];
    int error;
    if (length <= 0 || sscanf(text, "%31s %d", name, &error) != 2) return 0;
    return strcmp(name, call) == 0 ? error : 0;
}

static int is_on_the_disk(int file) {
    const char *folder = getenv("FAILING_DISK_FOLDER");
    if (folder == NULL) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

// Whether the call fails; errno is set then, and as it was otherwise.
static int fails(const char *call, int file) {
    int before = errno;
    int error = ordered(call);
    int failing = error != 0 && is_on_the_disk(file);
    errno = failing ? error : before;
    return failing;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t n) {
    return fails("write", file) ? -1 : NEXT(write)(file, bytes, n);
}

ssize_t writev(int file, const struct iovec *parts, int n) {
    return fails("write", file) ? -1 : NEXT(writev)(file, parts, n);
}

ssize_t pwrite(int file, const void *bytes, size_t n, off_t at) {
    return fails("write", file) ? -1 : NEXT(pwrite)(file, bytes, n, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off64_t at) {
    return fails("write", file) ? -1 : NEXT(pwrite64)(file, bytes, n, at);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n,
                        unsigned flags) {
    return fails("write", to) ? -1 : NEXT(copy_file_range)(from, from_at, to, to_at, n, flags);
}

int fsync(int file) {
    return fails("fsync", file) ? -1 : NEXT(fsync)(file);
}

int fdatasync(int file) {
    return fails("fsync", file) ? -1 : NEXT(fdatasync)(file);
}
