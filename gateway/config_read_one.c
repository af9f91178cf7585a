/* SPDX-License-Identifier: MIT */
#include "gateway/config_read_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/utf8.h"
#include "gateway/config_value.h"

/* Values that are one text, number or word. */

void config_take_text(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	size_t len = text ? strlen(text) : 0;

	if (text == NULL) {
		return;
	}
	if (len < (size_t)key->min || len > (size_t)key->max) {
		config_fault(r, s, "`%s` must have %ld to %ld bytes", key->name,
			key->min, key->max);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
			config_fault(r, s, "`%s` has a control character",
				key->name);
			return;
		}
	}
	if (!utf8_valid(slice(text, len))) {
		config_fault(r, s, "`%s` is not UTF-8", key->name);
		return;
	}
	*FIELD(const char *, base, key->field) =
		memcpy(config_keep(r, len + 1), text, len + 1);
}

void config_take_domain(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	const char *domain;

	if (text == NULL) {
		return;
	}
	domain = config_domain(text, &r->config->memory);
	if (domain == NULL) {
		config_fault_value(r, s, key, "a domain");
		return;
	}
	*FIELD(const char *, base, key->field) = domain;
}

void config_take_name(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	const char *name;

	if (text == NULL) {
		return;
	}
	name = config_name(text, &r->config->memory);
	if (name == NULL) {
		config_fault_value(r, s, key, "a host name");
		return;
	}
	*FIELD(const char *, base, key->field) = name;
}

void config_take_file(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const struct config_key path = {
		.name = "path", .min = 1, .max = 4000};
	struct config_key as = path;
	const char *text = config_text_of(r, s, key);
	size_t faults = r->faults;

	if (text == NULL) {
		return;
	}
	as.name = key->name;
	as.field = key->field;
	config_take_text(r, s, &as, base);
	if (r->faults == faults && access(text, R_OK) != 0) {
		config_fault(r, s, "`%s`: %s cannot be read: %s", key->name,
			text, strerror(errno));
		*FIELD(const char *, base, key->field) = NULL;
	}
}

void config_take_pin(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	const char *pin;

	if (text == NULL) {
		return;
	}
	pin = config_pin(text, &r->config->memory);
	if (pin == NULL) {
		config_fault_value(r, s, key,
			"the SHA-256 of a certificate, 64 hex digits");
		return;
	}
	*FIELD(const char *, base, key->field) = pin;
}

void config_take_number(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	int n = config_setting_get_int(s);

	if (config_setting_type(s) != CONFIG_TYPE_INT) {
		config_fault_value(r, s, key, "a whole number");
		return;
	}
	if (n < key->min || n > key->max) {
		config_fault(r, s, "`%s` must be from %ld to %ld", key->name,
			key->min, key->max);
		return;
	}
	*FIELD(unsigned, base, key->field) = (unsigned)n;
}

void config_take_time(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	long ms = 0;

	if (text == NULL || config_time(text, &ms) != ERR_OK) {
		config_fault_value(r, s, key,
			"a time with its unit: \"500ms\" \"30s\" \"10min\" "
			"\"1h\"");
		return;
	}
	if (ms < key->min || ms > key->max) {
		config_fault(r, s, "`%s` must be from %ld ms to %ld ms",
			key->name, key->min, key->max);
		return;
	}
	*FIELD(unsigned, base, key->field) = (unsigned)ms;
}

void config_take_size(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	long bytes = 0;

	if (text == NULL || config_size(text, &bytes) != ERR_OK) {
		config_fault_value(r, s, key,
			"a size with its unit: \"256KiB\" \"1MiB\"");
		return;
	}
	if (bytes < key->min || bytes > key->max) {
		config_fault(r, s, "`%s` must be from %ld KiB to %ld KiB",
			key->name, key->min / 1024, key->max / 1024);
		return;
	}
	*FIELD(size_t, base, key->field) = (size_t)bytes;
}

void config_take_bool(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL) {
		config_fault_value(r, s, key, "true or false");
		return;
	}
	*FIELD(bool, base, key->field) = config_setting_get_bool(s) != 0;
}

void config_take_tls(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[LINK_TLS_VERIFY] = "verify",
		[LINK_TLS_INSECURE] = "insecure",
		[LINK_TLS_OFF] = "off",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum link_tls, base, key->field) =
				(enum link_tls)i;
			return;
		}
	}
	config_fault_value(r, s, key, "\"verify\", \"insecure\" or \"off\"");
}

void config_take_browse(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[BROWSE_CATEGORY] = "category",
		[BROWSE_QUERY] = "query",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum browse_style, base, key->field) =
				(enum browse_style)i;
			return;
		}
	}
	config_fault_value(r, s, key, "\"category\" or \"query\"");
}

void config_take_lazy(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);

	if (text == NULL ||
		(strcmp(text, "lazy") != 0 && strcmp(text, "full") != 0)) {
		config_fault_value(r, s, key, "\"full\" or \"lazy\"");
		return;
	}
	*FIELD(bool, base, key->field) = strcmp(text, "lazy") == 0;
}

void config_take_url(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);

	if (text == NULL) {
		return;
	}
	if (strncmp(text, "http://", 7) != 0 &&
		strncmp(text, "https://", 8) != 0) {
		config_fault_value(
			r, s, key, "an address that begins with https://");
		return;
	}
	config_take_text(r, s, key, base);
}

void config_take_jid(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_text_of(r, s, key);
	const char *jid;

	if (text == NULL) {
		return;
	}
	jid = config_jid(text, &r->config->memory);
	if (jid == NULL) {
		config_fault_value(
			r, s, key, "addresses of users, like user@domain");
		return;
	}
	*FIELD(const char *, base, key->field) = jid;
}

void config_take_level(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);

	for (int i = 0; text != NULL && i < LOG_LEVELS; i++) {
		if (strcmp(text, log_level_name((enum log_level)i)) == 0) {
			*FIELD(enum log_level, base, key->field) =
				(enum log_level)i;
			return;
		}
	}
	config_fault_value(
		r, s, key, "\"error\", \"warn\", \"info\" or \"debug\"");
}

void config_take_registration(struct config_reader *r,
	const config_setting_t *s, const struct config_key *key, void *base)
{
	static const char *const words[] = {
		[REGISTRATION_OPTIONAL] = "optional",
		[REGISTRATION_REQUIRED] = "required",
		[REGISTRATION_CLOSED] = "closed",
	};
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*FIELD(enum registration, base, key->field) =
				(enum registration)i;
			return;
		}
	}
	config_fault_value(
		r, s, key, "\"optional\", \"required\" or \"closed\"");
}

/* Any that the system knows and IRC can be written in (PROTOCOL G.3). */
void config_take_charset(struct config_reader *r, const config_setting_t *s,
	const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(s);
	struct charset *charset;

	if (text == NULL ||
		charset_open(slice_str(text), &charset) != ERR_OK) {
		config_fault_value(r, s, key,
			"a character set that this system knows, \"KOI8-R\"");
		return;
	}
	charset_unref(charset);
	config_take_text(r, s, key, base);
}
