/* The n-th call of a kind on a file under one folder fails, is cut in half, or ends the process: loaded with LD_PRELOAD.

   FAULT_STATE names a file of struct state, shared with who sets the fault and reads whether it was met. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { OFF, WRITE, SYNC, NAME, READ };    /* which calls */
enum { KILL = -1, TORN = -2 };            /* or else an errno */

struct state {
    _Atomic int calls;    /* one of the above */
    int fault;            /* KILL, TORN or an errno */
    _Atomic long at;      /* the call that it strikes, from 1 */
    _Atomic long seen;    /* calls so far */
    _Atomic int met;
    int lasting;          /* whether the calls after it fail too, as on a full disk */
    char root[512];
    long clock;           /* seconds by which the clock is off */
};

static struct state *state;

__attribute__((constructor)) static void attach(void) {
    const char *name = getenv("FAULT_STATE");
    if (!name) return;
    int file = open(name, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *at = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (at != MAP_FAILED) state = at;
}

static int below(const char *path) {
    size_t size = strlen(state->root);
    return size && !strncmp(path, state->root, size);
}

static int ours(int file) {
    char link[64], path[1024];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path);
}

/* Whether this call is struck; TORN is left to the caller. */
static int struck(void) {
    long seen = atomic_fetch_add(&state->seen, 1) + 1;
    if (seen < state->at || (seen > state->at && !state->lasting)) return 0;
    atomic_store(&state->met, 1);
    if (state->fault == KILL) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    return 1;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define WATCHED(which, is_ours) (state && atomic_load(&state->calls) == (which) && (is_ours))
/* A full disk does not keep anybody from giving room back. */
static int needs_none(void) { return state->fault != ENOSPC; }

#define FAIL do { errno = state->fault; return -1; } while (0)

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    if (WATCHED(WRITE, ours(file)) && struck()) {
        if (state->fault != TORN) FAIL;
        real(file, data, size / 2);
        kill(getpid(), SIGKILL);
    }
    return real(file, data, size);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (WATCHED(WRITE, ours(file)) && struck()) {
        if (state->fault != TORN) FAIL;
        real(file, data, size / 2, at);
        kill(getpid(), SIGKILL);
    }
    return real(file, data, size, at);
}

int fsync(int file) {
    REAL(fsync);
    if (WATCHED(SYNC, ours(file)) && struck()) FAIL;
    return real(file);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (WATCHED(NAME, below(to)) && struck()) FAIL;
    return real(from, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    if (WATCHED(NAME, below(to)) && struck()) FAIL;
    return real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    if (WATCHED(NAME, below(path)) && struck()) FAIL;
    return real(path, mode);
}

int unlink(const char *path) {
    REAL(unlink);
    if (WATCHED(NAME, needs_none() && below(path)) && struck()) FAIL;
    return real(path);
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat);
    if (WATCHED(NAME, needs_none() && ours(folder)) && struck()) FAIL;
    return real(folder, path, flags);
}

int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    if (WATCHED(NAME, needs_none() && ours(file)) && struck()) FAIL;
    return real(file, size);
}

ssize_t read(int file, void *data, size_t size) {
    REAL(read);
    if (WATCHED(READ, ours(file)) && struck()) FAIL;
    return real(file, data, size);
}

int rmdir(const char *path) {
    REAL(rmdir);
    if (WATCHED(NAME, needs_none() && below(path)) && struck()) FAIL;
    return real(path);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int ended = real(clock, now);
    if (!ended && state && clock == CLOCK_REALTIME) now->tv_sec += state->clock;
    return ended;
}
