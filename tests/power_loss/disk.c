/*
 * Writes down what a process asks of the disk, in order: preloaded (LD_PRELOAD) between the process and the C library, because the
 * ledger's own code must not know that it is watched.
 *
 * POWER_DIRECTORY  what lies below this directory is written down; "-shm" files are not: they are memory
 * POWER_LOG        where to
 * POWER_ACKS       what is written to this file is no write but a word of the process, in its place among the writes
 *
 * POWER_HASTE      no sync waits, of whatever file: for a process whose files nobody needs
 *
 * A record: one byte of kind, then three numbers of eight bytes in the machine's order (file, number, length), then as many bytes as
 * the length says. The kinds stand in `tests/src/power/log.rs`. A deed and its record happen under one lock, so that the log's order is the
 * disk's. A sync has two records, because others may write while it waits; it waits a moment and no longer: what the real disk
 * keeps is of no interest here. What the log has no word for is written down as a strange deed, and the test refuses such a log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES = 4096, SYNC_MICROSECONDS = 100 };

enum role { NOBODY, DATA, DIRECTORY, ACKS };

static struct {
	enum role role;
	uint64_t inode;
	int flags;
} files[FILES];

/* Recursive: a strange deed may be found while another is written down. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int output = -1;
static uint64_t syncs;
static const char *watched, *acks;
static int haste;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_rmdir)(const char *);

static void die(const char *why)
{
	(void)!real_write(2, why, strlen(why));
	_exit(97);
}

/* The 64-bit names, which are the same functions where off_t has 64 bits. */
__attribute__((constructor)) static void start(void)
{
	_Static_assert(sizeof(off_t) == 8, "files are larger than 32 bits can say");
	real_open = dlsym(RTLD_NEXT, "open");
	real_close = dlsym(RTLD_NEXT, "close");
	real_write = dlsym(RTLD_NEXT, "write");
	real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
	real_unlink = dlsym(RTLD_NEXT, "unlink");
	real_rename = dlsym(RTLD_NEXT, "rename");
	real_mkdir = dlsym(RTLD_NEXT, "mkdir");
	real_rmdir = dlsym(RTLD_NEXT, "rmdir");
	watched = getenv("POWER_DIRECTORY");
	acks = getenv("POWER_ACKS");
	haste = getenv("POWER_HASTE") != NULL;
	const char *log = getenv("POWER_LOG");
	if (watched && acks && log) {
		output = real_open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (output < 0)
			die("the log cannot be made\n");
	}
}

static void all(const void *from, size_t length)
{
	const char *at = from;
	while (length > 0) {
		ssize_t written = real_write(output, at, length);
		if (written <= 0)
			die("the log cannot be written\n");
		at += written;
		length -= (size_t)written;
	}
}

static void note(char kind, uint64_t file, uint64_t number, const void *data, size_t length)
{
	unsigned char head[25];
	uint64_t numbers[3] = {file, number, length};
	head[0] = (unsigned char)kind;
	memcpy(head + 1, numbers, sizeof numbers);
	all(head, sizeof head);
	all(data, length);
}

static void strange(const char *what)
{
	pthread_mutex_lock(&lock);
	note('?', 0, 0, what, strlen(what));
	pthread_mutex_unlock(&lock);
}

static int below(const char *path)
{
	size_t length = watched ? strlen(watched) : 0, whole = strlen(path);
	if (output < 0 || strncmp(path, watched, length) != 0 || (path[length] != '/' && path[length] != '\0'))
		return 0;
	return whole < 4 || strcmp(path + whole - 4, "-shm") != 0;
}

static enum role role(int file)
{
	return file >= 0 && file < FILES ? files[file].role : NOBODY;
}

static int open_noted(const char *path, int flags, mode_t mode)
{
	int is_acks = output >= 0 && strcmp(path, acks) == 0;
	if (!is_acks && !below(path))
		return real_open(path, flags, mode);
	pthread_mutex_lock(&lock);
	struct stat found;
	int existed = stat(path, &found) == 0;
	int file = real_open(path, flags, mode);
	int error = errno;
	if (file >= FILES)
		die("too many open files\n");
	if (file >= 0 && fstat(file, &found) == 0) {
		files[file].inode = found.st_ino;
		files[file].flags = flags;
		files[file].role = is_acks ? ACKS : S_ISDIR(found.st_mode) ? DIRECTORY : DATA;
		if (files[file].role == DIRECTORY)
			note('d', found.st_ino, 0, path, strlen(path));
		if (files[file].role == DATA) {
			if (!existed)
				note('c', found.st_ino, 0, path, strlen(path));
			if (existed && (flags & O_TRUNC))
				note('t', found.st_ino, 0, "", 0);
			if (flags & (O_SYNC | O_DSYNC | O_DIRECT))
				strange("a file that syncs by itself");
		}
	}
	pthread_mutex_unlock(&lock);
	errno = error;
	return file;
}

static mode_t mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(rest, int) : 0;
}

#define OPEN(name)                                   \
	int name(const char *path, int flags, ...)   \
	{                                            \
		va_list rest;                        \
		va_start(rest, flags);               \
		mode_t mode = mode_of(flags, rest);  \
		va_end(rest);                        \
		return open_noted(path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

int close(int file)
{
	if (role(file) == NOBODY)
		return real_close(file);
	pthread_mutex_lock(&lock);
	files[file].role = NOBODY;
	int result = real_close(file);
	pthread_mutex_unlock(&lock);
	return result;
}

ssize_t write(int file, const void *data, size_t length)
{
	if (role(file) == NOBODY)
		return real_write(file, data, length);
	pthread_mutex_lock(&lock);
	off_t offset = 0;
	if (files[file].role == DATA)
		offset = lseek(file, 0, files[file].flags & O_APPEND ? SEEK_END : SEEK_CUR);
	ssize_t written = real_write(file, data, length);
	if (written > 0)
		note(files[file].role == ACKS ? 'a' : 'w', files[file].inode, (uint64_t)offset, data, (size_t)written);
	pthread_mutex_unlock(&lock);
	return written;
}

static ssize_t pwrite_noted(int file, const void *data, size_t length, off_t offset)
{
	if (role(file) == NOBODY)
		return real_pwrite(file, data, length, offset);
	pthread_mutex_lock(&lock);
	ssize_t written = real_pwrite(file, data, length, offset);
	if (written > 0)
		note('w', files[file].inode, (uint64_t)offset, data, (size_t)written);
	pthread_mutex_unlock(&lock);
	return written;
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset)
{
	return pwrite_noted(file, data, length, offset);
}

ssize_t pwrite64(int file, const void *data, size_t length, off_t offset)
{
	return pwrite_noted(file, data, length, offset);
}

static int ftruncate_noted(int file, off_t length)
{
	if (role(file) == NOBODY)
		return real_ftruncate(file, length);
	pthread_mutex_lock(&lock);
	int result = real_ftruncate(file, length);
	if (result == 0)
		note('t', files[file].inode, (uint64_t)length, "", 0);
	pthread_mutex_unlock(&lock);
	return result;
}

int ftruncate(int file, off_t length)
{
	return ftruncate_noted(file, length);
}

int ftruncate64(int file, off_t length)
{
	return ftruncate_noted(file, length);
}

static int sync_noted(int file)
{
	static int (*real_fsync)(int);
	enum role as = role(file);
	if (haste)
		return 0;
	if (as == NOBODY || as == ACKS) {
		if (!real_fsync)
			real_fsync = dlsym(RTLD_NEXT, "fsync");
		return real_fsync(file);
	}
	pthread_mutex_lock(&lock);
	uint64_t inode = files[file].inode, number = syncs++;
	note('s', inode, number, "", 0);
	pthread_mutex_unlock(&lock);
	usleep(SYNC_MICROSECONDS);
	pthread_mutex_lock(&lock);
	note('S', inode, number, "", 0);
	pthread_mutex_unlock(&lock);
	return 0;
}

int fsync(int file)
{
	return sync_noted(file);
}

/* It keeps the data and the length that is needed to read it, which is all that the log speaks of. */
int fdatasync(int file)
{
	return sync_noted(file);
}

int unlink(const char *path)
{
	if (!below(path))
		return real_unlink(path);
	pthread_mutex_lock(&lock);
	int result = real_unlink(path);
	if (result == 0)
		note('u', 0, 0, path, strlen(path));
	pthread_mutex_unlock(&lock);
	return result;
}

int mkdir(const char *path, mode_t mode)
{
	if (!below(path))
		return real_mkdir(path, mode);
	pthread_mutex_lock(&lock);
	int result = real_mkdir(path, mode);
	if (result == 0)
		note('m', 0, 0, path, strlen(path));
	pthread_mutex_unlock(&lock);
	return result;
}

/* What nobody does today. Whoever begins to is told by the test. */

int rename(const char *from, const char *to)
{
	if (below(from) || below(to))
		strange("rename");
	return real_rename(from, to);
}

int rmdir(const char *path)
{
	if (below(path))
		strange("rmdir");
	return real_rmdir(path);
}

#define STRANGE(name, parameters, arguments)                        \
	int name parameters                                         \
	{                                                           \
		static int (*real) parameters;                      \
		if (!real)                                          \
			real = dlsym(RTLD_NEXT, #name);             \
		if (role(file) != NOBODY)                           \
			strange(#name);                             \
		return real arguments;                              \
	}
STRANGE(fallocate, (int file, int mode, off_t offset, off_t length), (file, mode, offset, length))
STRANGE(posix_fallocate, (int file, off_t offset, off_t length), (file, offset, length))
STRANGE(sync_file_range, (int file, off_t offset, off_t length, unsigned int flags), (file, offset, length, flags))

STRANGE(dup, (int file), (file))
STRANGE(dup2, (int file, int other), (file, other))
STRANGE(dup3, (int file, int other, int flags), (file, other, flags))

/* What follows the command is a number, a pointer or nothing: passed on as it came. */
#define FCNTL(name)                                                          \
	int name(int file, int command, ...)                                 \
	{                                                                    \
		static int (*real)(int, int, ...);                           \
		if (!real)                                                   \
			real = dlsym(RTLD_NEXT, #name);                      \
		if (role(file) != NOBODY && (command == F_DUPFD || command == F_DUPFD_CLOEXEC)) \
			strange("a second descriptor");                      \
		va_list rest;                                                \
		va_start(rest, command);                                     \
		void *argument = va_arg(rest, void *);                       \
		va_end(rest);                                                \
		return real(file, command, argument);                        \
	}
FCNTL(fcntl)
FCNTL(fcntl64)

ssize_t writev(int file, const struct iovec *parts, int count)
{
	static ssize_t (*real)(int, const struct iovec *, int);
	if (!real)
		real = dlsym(RTLD_NEXT, "writev");
	if (role(file) != NOBODY)
		strange("writev");
	return real(file, parts, count);
}
