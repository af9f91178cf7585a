/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_OWNNET_H
#define TESTS_SUPPORT_OWNNET_H

#include <stdbool.h>

/*
 * A network of the program's own, and of all that it starts from then on: a
 * loopback interface on which every port is free, and free for anybody. A
 * namespace of Linux (namespaces(7)); root needs CAP_SYS_ADMIN, others a kernel
 * that lets them have one of users. To be called before anything else.
 * False: there is none to be had, and nothing has changed.
 */
bool ownnet_enter(void);

#endif
