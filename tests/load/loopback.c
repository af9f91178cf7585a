/* SPDX-License-Identifier: MIT */
#include "tests/load/loopback.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/load/mem.h"

#define PORT_FIRST 20000
#define PORT_COUNT 12768
#define BACKLOG	   1024

static int listen_on(int port, int recv_buffer)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_in addr = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((unsigned short)port)};
	int on = 1;

	if (fd < 0) {
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (recv_buffer > 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &recv_buffer,
			sizeof(recv_buffer));
	}
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
		listen(fd, BACKLOG) != 0) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

int loopback_listen(int *port, int recv_buffer)
{
	unsigned start = 0;

	if (*port != 0) {
		return listen_on(*port, recv_buffer);
	}
	if (getrandom(&start, sizeof(start), 0) != sizeof(start)) {
		start = (unsigned)getpid();
	}
	for (unsigned i = 0; i < PORT_COUNT; i++) {
		int candidate = PORT_FIRST + (int)((start + i) % PORT_COUNT);
		int fd = listen_on(candidate, recv_buffer);

		if (fd >= 0) {
			*port = candidate;
			return fd;
		}
		if (errno != EADDRINUSE) {
			return -1;
		}
	}
	return -1;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

void loopback_close(uv_tcp_t *listener)
{
	uv_close((uv_handle_t *)listener, on_closed);
}

uv_tcp_t *loopback_open(uv_loop_t *loop, int *port, int recv_buffer,
	uv_connection_cb on_connection, void *ctx)
{
	int fd = loopback_listen(port, recv_buffer);
	uv_tcp_t *listener;

	if (fd < 0) {
		return NULL;
	}
	listener = mem_zero(sizeof(*listener));
	uv_tcp_init(loop, listener);
	listener->data = ctx;
	if (uv_tcp_open(listener, fd) != 0) {
		close(fd);
		loopback_close(listener);
		return NULL;
	}
	if (uv_listen((uv_stream_t *)listener, BACKLOG, on_connection) != 0) {
		loopback_close(listener);
		return NULL;
	}
	return listener;
}
