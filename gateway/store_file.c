/* SPDX-License-Identifier: MIT */
#include "gateway/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"

static enum err fault(struct buf *why, const char *path, const char *doing)
{
	buf_addf(why, "%s: %s: %s\n", path, doing, strerror(errno));
	return ERR_IO;
}

/* The folder that a path lies in. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		return must_strndup(".", 1);
	}
	return must_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* --- the lock ------------------------------------------------------------- */

static int open_or_create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char *folder;

	if (fd >= 0 || errno != ENOENT) {
		return fd;
	}
	folder = folder_of(path);
	if (mkdir(folder, 0700) == 0) {
		log_info(NULL, "storage created folder=%s", folder);
	}
	free(folder);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

enum err store_file_lock(const char *path, int *out, struct buf *why)
{
	int fd = open_or_create(path);
	struct stat st;

	if (fd < 0) {
		return fault(why, path, "cannot be opened");
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK) {
			buf_addf(why, "%s: is in use by another isthmus\n",
				path);
			close(fd);
			return ERR_WRONG_STATE;
		}
		(void)fault(why, path, "cannot be locked");
		close(fd);
		return ERR_IO;
	}
	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0) {
		log_warn(NULL,
			"storage file=%s may be read by others, chmod 600",
			path);
	}
	*out = fd;
	return ERR_OK;
}

/* --- the key -------------------------------------------------------------- */

struct store_key {
	unsigned char bytes[SEAL_KEY];
};

/* A page, for mlock() and madvise() are about pages. */
static struct store_key *key_alloc(void)
{
	struct store_key *key = mmap(NULL, sizeof *key, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(key != MAP_FAILED);
	if (mlock(key, sizeof *key) != 0) {
		log_debug(NULL, "storage key may be swapped reason=%s",
			strerror(errno));
	}
	(void)madvise(key, sizeof *key, MADV_DONTDUMP);
	return key;
}

void store_key_destroy(struct store_key *key)
{
	if (key != NULL) {
		explicit_bzero(key, sizeof *key);
		munmap(key, sizeof *key);
	}
}

const unsigned char *store_key_bytes(const struct store_key *key)
{
	return key->bytes;
}

/*
 * Group root may read it: so look the files that systemd's LoadCredential=
 * makes, and root needs no permission.
 */
static enum err check_key(
	const char *path, const struct stat *st, struct buf *why)
{
	unsigned others = st->st_gid == 0 ? 0037 : 0077;

	if (!S_ISREG(st->st_mode) || st->st_size != SEAL_KEY) {
		buf_addf(why,
			"%s: is no key of %d bytes; put back the right one "
			"from a backup\n",
			path, SEAL_KEY);
		return ERR_BAD_INPUT;
	}
	if ((st->st_mode & others) != 0) {
		buf_addf(why,
			"%s: others may read the key that passwords are sealed "
			"with: chmod 600\n",
			path);
		return ERR_FORBIDDEN;
	}
	return ERR_OK;
}

static enum err read_key(
	int fd, const char *path, struct store_key *key, struct buf *why)
{
	size_t got = 0;

	while (got < SEAL_KEY) {
		ssize_t n = read(fd, key->bytes + got, SEAL_KEY - got);

		if (n <= 0) {
			return fault(why, path, "cannot be read");
		}
		got += (size_t)n;
	}
	return ERR_OK;
}

enum err store_key_read(
	const char *path, struct store_key **out, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct store_key *key;
	struct stat st;
	enum err err;

	if (fd < 0) {
		return errno == ENOENT ? ERR_NOT_FOUND
				       : fault(why, path, "cannot be opened");
	}
	err = fstat(fd, &st) == 0 ? check_key(path, &st, why)
				  : fault(why, path, "cannot be read");
	if (err == ERR_OK) {
		key = key_alloc();
		err = read_key(fd, path, key, why);
		if (err == ERR_OK) {
			*out = key;
		} else {
			store_key_destroy(key);
		}
	}
	close(fd);
	return err;
}

static bool write_key(const char *path, const struct store_key *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 &&
		  write(fd, key->bytes, SEAL_KEY) == (ssize_t)SEAL_KEY &&
		  fsync(fd) == 0;
	int error = errno;

	if (fd >= 0) {
		close(fd);
	}
	errno = error;
	return ok;
}

/* A name in a folder is durable when the folder is. */
static bool sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0) {
		close(fd);
	}
	free(folder);
	return ok;
}

/*
 * Whole or not at all: written beside, then given its name, which fails when
 * there is one by now. A rest of an earlier try is of no use to anybody.
 */
enum err store_key_create(
	const char *path, struct store_key **out, struct buf *why)
{
	struct store_key *key = key_alloc();
	size_t len = strlen(path);
	char *beside = must_alloc(len + sizeof ".new");
	enum err err = ERR_OK;

	snprintf(beside, len + sizeof ".new", "%s.new", path);
	crypto_random(key->bytes, SEAL_KEY);
	(void)unlink(beside);
	if (!write_key(beside, key) || link(beside, path) != 0 ||
		!sync_folder(path)) {
		err = fault(why, path, "the new key cannot be written");
	}
	(void)unlink(beside);
	free(beside);
	if (err == ERR_OK) {
		*out = key;
	} else {
		store_key_destroy(key);
	}
	return err;
}
