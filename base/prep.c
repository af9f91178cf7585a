/* SPDX-License-Identifier: MIT */
#include "base/prep.h"

#include <stringprep.h>
#include <string.h>

#include "base/utf8.h"

bool prep_is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

static const struct {
	const Stringprep_profile *table;
	Stringprep_profile_flags flags;
} profiles[] = {
	[PREP_NODE] = {stringprep_xmpp_nodeprep, 0},
	[PREP_HOST] = {stringprep_nameprep, 0},
	[PREP_RESOURCE] = {stringprep_xmpp_resourceprep, 0},
	[PREP_SASL] = {stringprep_saslprep, STRINGPREP_NO_UNASSIGNED},
	[PREP_SASL_ASK] = {stringprep_saslprep, 0},
};

/*
 * In code points: libidn's UTF-8 functions grow their buffer in small steps and
 * start over each time, which a text full of ligatures makes slow.
 */
static enum err prepare(enum prep profile, struct slice in,
	uint32_t cps[PREP_MAX + 2], struct buf *out)
{
	size_t n = 0;
	size_t size;

	for (size_t i = 0; i < in.len; i += size) {
		cps[n] = utf8_decode(in.p + i, in.len - i, &size);
		if (cps[n] == UTF8_BAD || cps[n] == 0) {
			return ERR_BAD_INPUT;
		}
		n++;
	}
	cps[n] = 0;
	switch (stringprep_4i(cps, &n, PREP_MAX + 2, profiles[profile].flags,
		profiles[profile].table)) {
	case STRINGPREP_OK:
		break;
	case STRINGPREP_TOO_SMALL_BUFFER:
		return ERR_TOO_BIG;
	default:
		return ERR_BAD_INPUT;
	}
	for (size_t i = 0; i < n; i++) {
		char bytes[4];

		if (cps[i] == 0) {
			return ERR_BAD_INPUT;
		}
		buf_add(out, bytes, utf8_encode(cps[i], bytes));
	}
	return ERR_OK;
}

enum err prep_add(enum prep profile, struct slice in, struct buf *out)
{
	uint32_t cps[PREP_MAX + 2];
	enum err err;

	if (in.len > PREP_MAX) {
		return ERR_TOO_BIG;
	}
	err = prepare(profile, in, cps, out);
	if (profile == PREP_SASL) {
		explicit_bzero(cps, sizeof cps); /* it was a password */
	}
	return err;
}
