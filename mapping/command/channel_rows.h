/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_CHANNEL_ROWS_H
#define MAPPING_COMMAND_CHANNEL_ROWS_H

#include "base/buf.h"
#include "mapping/register/channel.h"
#include "xmpp/form.h"

/*
 * What people see of the settings of one channel, and what each may be (PROTOCOL
 * C.23): one row a setting, for the form, the list and the check alike.
 */
enum { CHANNEL_OPTIONS_MAX = 4 };

struct channel_row {
	const char *label; /* N_() */
	/* Ended by one without a value; none: `check` decides. */
	struct form_option options[CHANNEL_OPTIONS_MAX];
	/* Appends the value as it is kept; false: it may not be. */
	bool (*check)(struct slice value, struct buf *out);
	const char *refusal; /* N_() */
};

extern const struct channel_row channel_rows[CHANNEL_SETTINGS];

/* What stands for "as usual", in forms and texts: "auto". */
extern const char channel_automatic[];

size_t channel_row_options(const struct channel_row *row);
/*
 * Appends the value as it is kept, at most CHANNEL_VALUE_MAX bytes, nothing for
 * "as usual" or an empty one. false: it may not be; `out` is of no use then.
 */
bool channel_row_check(const struct channel_row *row, struct slice value,
	struct buf *out);

#endif
