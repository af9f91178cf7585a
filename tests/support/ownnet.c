/* SPDX-License-Identifier: MIT */
#include "tests/support/ownnet.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	bool done = f != NULL && fputs(text, f) >= 0;

	return f != NULL && fclose(f) == 0 && done;
}

/* We stay who we are: one user, one group. */
static bool map_ourselves(unsigned uid, unsigned gid)
{
	char users[64];
	char groups[64];

	snprintf(users, sizeof(users), "%u %u 1", uid, uid);
	snprintf(groups, sizeof(groups), "%u %u 1", gid, gid);
	return put("/proc/self/uid_map", users) &&
	       put("/proc/self/setgroups", "deny") &&
	       put("/proc/self/gid_map", groups);
}

static bool loopback_up(void)
{
	struct ifreq lo = {.ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool done;

	strcpy(lo.ifr_name, "lo");
	done = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	if (fd >= 0) {
		close(fd);
	}
	return done;
}

/* Somebody listens and somebody else gets through. */
static bool works(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool done = listener >= 0 && caller >= 0 && listen(listener, 1) == 0 &&
		    getsockname(listener, (struct sockaddr *)&at, &len) == 0;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	done = done && connect(caller, (struct sockaddr *)&at, len) == 0;
	close(listener);
	close(caller);
	return done;
}

static bool enter(void)
{
	unsigned uid = getuid();
	unsigned gid = getgid();
	bool shared = unshare(CLONE_NEWNET) != 0;

	/* The servers change to other users: root has no namespace of users. */
	if (shared && uid != 0) {
		shared = unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 ||
			 !map_ourselves(uid, gid);
	}
	return !shared && loopback_up() &&
	       (put("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0") ||
		       uid == 0) &&
	       works();
}

/* Another process tries it first: there is no way back. */
bool ownnet_enter(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(enter() ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
	       enter();
}
