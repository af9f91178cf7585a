/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_AUTOUPDATE_H
#define MAPPING_OLD_AUTOUPDATE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * jabber:iq:autoupdate and jabber:x:autoupdate (PROTOCOL C.8): which version
 * runs, and the operator's notice of a new one.
 */
void iq_autoupdate(struct request *q, const struct addr *a);

/*
 * The admins are told the notice when it is not the one they were told: at the
 * start, after a reload; when the component is away, once it is back.
 */
void autoupdate_tell(struct mapping *m);

#endif
