/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_BASE_DIES_H
#define TESTS_UNIT_BASE_DIES_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* Does fn end the process by abort()? Run in a child that says nothing. */
static inline bool dies(void (*fn)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY);

		signal(SIGABRT, SIG_DFL);
		dup2(nowhere, STDERR_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		fn();
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child &&
		WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
