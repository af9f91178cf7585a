/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_STYLING_H
#define MAPPING_TALK_STYLING_H

#include "mapping/core.h"

/*
 * Formatting of plain bodies, for those who switch it on (setting `styling`,
 * PROTOCOL G.1): message styling (XEP-0393) and message markup (XEP-0394) to
 * mIRC codes, and mIRC codes to message styling. Results are in the arena;
 * absent: there was nothing to do.
 */

/* *strong* _emphasis_ ~strike~ `code`, blocks in ``` without their fences. */
struct slice styling_codes(struct mapping *m, struct slice body);
/* markup: the element of XEP-0394; places in it count code points. */
struct slice markup_codes(struct mapping *m, const struct elem *markup,
	struct slice body);

/*
 * Appends a text of IRC with marks of message styling where they would be read
 * as such, else without its codes.
 */
void styling_add(struct buf *out, struct slice text);

#endif
