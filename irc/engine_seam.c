/* SPDX-License-Identifier: MIT */
#include "irc/engine_seam.h"

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

#include "base/err.h"

static struct seam_link *current;
static int reserved = -1;
static unsigned long traps;

struct seam_link *seam_enter(struct seam_link *link)
{
	struct seam_link *former = current;

	current = link;
	return former;
}

void seam_setup(int descriptor)
{
	must(descriptor >= 0 && descriptor < FD_SETSIZE);
	reserved = descriptor;
}

int seam_descriptor(void)
{
	return reserved;
}

unsigned long seam_traps(void)
{
	return traps;
}

/* A call that must never happen. */
static int trap(void)
{
	traps++;
	errno = EACCES;
	return -1;
}

/* ---- the library's names for them; no header of ours lists these ---- */

int gw_lic_socket(int domain, int type, int protocol);
int gw_lic_fcntl(int fd, int op, ...);
int gw_lic_connect(int fd, const struct sockaddr *addr, socklen_t len);
int gw_lic_close(int fd);
int gw_lic_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int gw_lic_getpeername(int fd, struct sockaddr *addr, socklen_t *len);
ssize_t gw_lic_recv(int fd, void *p, size_t len, int flags);
ssize_t gw_lic_send(int fd, const void *p, size_t len, int flags);
int gw_lic_accept(int fd, struct sockaddr *addr, socklen_t *len);
int gw_lic_bind(int fd, const struct sockaddr *addr, socklen_t len);
int gw_lic_listen(int fd, int backlog);
int gw_lic_setsockopt(int fd, int level, int name, const void *p,
	socklen_t len);
int gw_lic_select(int n, fd_set *in, fd_set *out, fd_set *err,
	struct timeval *wait);
int gw_lic_getaddrinfo(const char *node, const char *service,
	const struct addrinfo *hints, struct addrinfo **out);
void gw_lic_freeaddrinfo(struct addrinfo *list);
struct hostent *gw_lic_gethostbyname(const char *name);
FILE *gw_lic_fopen(const char *path, const char *mode);
int gw_lic_gethostname(char *out, size_t cap);
time_t gw_lic_time(time_t *out);
struct tm *gw_lic_localtime(const time_t *t);
void gw_lic_free(void *p);

int gw_lic_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return current != NULL && reserved >= 0 ? reserved : trap();
}

int gw_lic_fcntl(int fd, int op, ...)
{
	(void)fd;
	(void)op;
	return 0;
}

int gw_lic_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	(void)addr;
	(void)len;
	return 0;
}

int gw_lic_close(int fd)
{
	(void)fd;
	return 0;
}

static int some_address(struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_in in = {.sin_family = AF_INET};

	memcpy(addr, &in, *len < sizeof in ? *len : sizeof in);
	*len = sizeof in;
	return 0;
}

int gw_lic_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	return some_address(addr, len);
}

int gw_lic_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	return some_address(addr, len);
}

/*
 * Never 0 ("closed") and never EAGAIN (the library would ask for ever): when
 * there is nothing it gets a blank line, which it skips, and that is counted.
 */
ssize_t gw_lic_recv(int fd, void *p, size_t len, int flags)
{
	size_t n;

	(void)fd;
	(void)flags;
	if (len == 0 || current == NULL || current->in_len == 0) {
		trap();
		if (len > 0) {
			*(char *)p = '\n';
		}
		return 1;
	}
	n = current->in_len < len ? current->in_len : len;
	memcpy(p, current->in, n);
	current->in += n;
	current->in_len -= n;
	return (ssize_t)n;
}

ssize_t gw_lic_send(int fd, const void *p, size_t len, int flags)
{
	(void)fd;
	(void)flags;
	if (current == NULL) {
		trap();
	} else if (len > SEAM_OUT - current->out_len) {
		current->out_lost = true;
	} else {
		memcpy(current->out + current->out_len, p, len);
		current->out_len += len;
	}
	return (ssize_t)len;
}

int gw_lic_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	(void)addr;
	(void)len;
	return trap();
}

int gw_lic_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	(void)addr;
	(void)len;
	return trap();
}

int gw_lic_listen(int fd, int backlog)
{
	(void)fd;
	(void)backlog;
	return trap();
}

int gw_lic_setsockopt(int fd, int level, int name, const void *p, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)p;
	(void)len;
	return trap();
}

int gw_lic_select(int n, fd_set *in, fd_set *out, fd_set *err,
	struct timeval *wait)
{
	(void)n;
	(void)in;
	(void)out;
	(void)err;
	(void)wait;
	return trap();
}

int gw_lic_getaddrinfo(const char *node, const char *service,
	const struct addrinfo *hints, struct addrinfo **out)
{
	(void)node;
	(void)service;
	(void)hints;
	(void)out;
	trap();
	return EAI_FAIL;
}

void gw_lic_freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

struct hostent *gw_lic_gethostbyname(const char *name)
{
	(void)name;
	trap();
	return NULL;
}

FILE *gw_lic_fopen(const char *path, const char *mode)
{
	(void)path;
	(void)mode;
	trap();
	return NULL;
}

int gw_lic_gethostname(char *out, size_t cap)
{
	if (cap > 0) {
		*out = '\0';
		strncat(out, "localhost", cap - 1);
	}
	return 0;
}

/* Only DCC timeouts and CTCP TIME ask, and neither is ever used. */
time_t gw_lic_time(time_t *out)
{
	if (out != NULL) {
		*out = 0;
	}
	return 0;
}

struct tm *gw_lic_localtime(const time_t *t)
{
	static struct tm zero;

	(void)t;
	return &zero;
}

/* The buffers of a session hold the last lines: keys, what services were told. */
void gw_lic_free(void *p)
{
	if (p != NULL) {
		explicit_bzero(p, malloc_usable_size(p));
		free(p);
	}
}
