/* A disk that fails: preloaded into the server, it lets writes and syncs of the files under one path fail at random.
 *
 * The test and this library share a small file, mapped into memory: two rates, then counters. A failed write may have
 * written a part of what it was given, and a failed sync may have synced: after an error nothing is known.
 * For another system call: its wrapper below, counted like the others. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
	_Atomic uint32_t write_rate; /* failures in a million */
	_Atomic uint32_t sync_rate;
	_Atomic uint64_t writes, failed_writes, syncs, failed_syncs;
};

static struct control *control;
static const char *prefix;
static size_t prefix_length;
static uint64_t seed;
static _Atomic uint64_t drawn;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("SAYSO_FAULTS_CONTROL");
	const char *from = getenv("SAYSO_FAULTS_SEED");
	prefix = getenv("SAYSO_FAULTS_PREFIX");
	if (!path || !prefix)
		return;
	prefix_length = strlen(prefix);
	seed = from ? strtoull(from, NULL, 10) : 1;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	void *shared = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared != MAP_FAILED)
		control = shared;
	close(fd);
}

/* splitmix64 over a counter: threads need no lock. */
static uint64_t draw(void)
{
	uint64_t z = seed + 0x9e3779b97f4a7c15u * (1 + atomic_fetch_add(&drawn, 1));
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int ours(int fd)
{
	char link[64], path[4096];
	if (!control)
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	return length >= (ssize_t)prefix_length && !strncmp(path, prefix, prefix_length);
}

static int hit(uint32_t rate)
{
	return rate && draw() % 1000000 < rate;
}

static int fail(void)
{
	errno = draw() & 1 ? EIO : ENOSPC;
	return -1;
}

#define REAL(name) \
	static __typeof__(&name) real; \
	if (!real) \
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* How much of a write that fails is written all the same. */
static size_t torn(size_t size)
{
	return draw() & 1 ? (size_t)(draw() % (size + 1)) : 0;
}

static int write_fails(int fd)
{
	if (!ours(fd))
		return 0;
	atomic_fetch_add(&control->writes, 1);
	if (!hit(atomic_load(&control->write_rate)))
		return 0;
	atomic_fetch_add(&control->failed_writes, 1);
	return 1;
}

ssize_t write(int fd, const void *data, size_t size)
{
	REAL(write);
	if (!write_fails(fd))
		return real(fd, data, size);
	size_t part = torn(size);
	if (part && real(fd, data, part) < 0)
		return -1;
	return fail();
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	REAL(pwrite);
	if (!write_fails(fd))
		return real(fd, data, size, at);
	size_t part = torn(size);
	if (part && real(fd, data, part, at) < 0)
		return -1;
	return fail();
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	REAL(pwrite64);
	if (!write_fails(fd))
		return real(fd, data, size, at);
	size_t part = torn(size);
	if (part && real(fd, data, part, at) < 0)
		return -1;
	return fail();
}

static int sync_fails(int fd)
{
	if (!ours(fd))
		return 0;
	atomic_fetch_add(&control->syncs, 1);
	if (!hit(atomic_load(&control->sync_rate)))
		return 0;
	atomic_fetch_add(&control->failed_syncs, 1);
	return 1;
}

int fsync(int fd)
{
	REAL(fsync);
	if (!sync_fails(fd))
		return real(fd);
	if (draw() & 1)
		real(fd);
	return fail();
}

int fdatasync(int fd)
{
	REAL(fdatasync);
	if (!sync_fails(fd))
		return real(fd);
	if (draw() & 1)
		real(fd);
	return fail();
}
