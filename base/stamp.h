/* SPDX-License-Identifier: MIT */
#ifndef BASE_STAMP_H
#define BASE_STAMP_H

#include <stdint.h>

#include "base/slice.h"

/*
 * Points in time as both protocols write them: XEP-0082 and IRCv3 server-time
 * ("2011-10-19T16:40:51.620Z", also with "+02:00"), and the old form of
 * XEP-0091 ("20020910T23:08:25", UTC). Wall clock milliseconds since 1970; 0
 * when the text is nothing like that.
 */
int64_t stamp_read(struct slice text);

#endif
