/* SPDX-License-Identifier: MIT */
#include "xmpp/mask.h"

static const char *const secrets[] = {"password", "handshake", "secret", "key"};

static bool is_secret(struct slice name)
{
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		if (slice_is(name, secrets[i])) {
			return true;
		}
	}
	return false;
}

static bool ends_name(char c)
{
	return c == '>' || c == '/' || c == ' ';
}

/* The name of the tag at xml.p, which begins with <; empty for an end tag. */
static struct slice tag_name(struct slice xml)
{
	size_t n = 1;

	while (n < xml.len && !ends_name(xml.p[n])) {
		n++;
	}
	return slice(xml.p + 1, n - 1);
}

/* Bytes of the tag at xml.p with its >, which values never hold plainly. */
static size_t tag_size(struct slice xml)
{
	const char *gt = memchr(xml.p, '>', xml.len);

	return gt != NULL ? (size_t)(gt - xml.p) + 1 : xml.len;
}

/* <field ... var='password' ...>: its <value/> is the secret. */
static bool is_secret_field(struct slice tag)
{
	static const char var[] = " var='";
	const char *at = memmem(tag.p, tag.len, var, sizeof var - 1);
	struct slice value;

	if (at == NULL) {
		return false;
	}
	value.p = at + sizeof var - 1;
	value.len = tag.len - (size_t)(value.p - tag.p);
	return is_secret(slice_cut(&value, '\''));
}

/* Bytes from xml.p up to the end tag of that name, or all. */
static size_t content_size(struct slice xml, struct slice name)
{
	for (size_t i = 0; i + name.len + 2 <= xml.len; i++) {
		if (xml.p[i] == '<' && xml.p[i + 1] == '/' &&
			slice_eq(slice(xml.p + i + 2, name.len), name)) {
			return i;
		}
	}
	return xml.len;
}

void mask_secrets(struct buf *out, struct slice xml)
{
	bool field = false; /* inside the form field of a secret */

	while (xml.len > 0) {
		const char *lt = memchr(xml.p, '<', xml.len);
		size_t n = lt != NULL ? (size_t)(lt - xml.p) : xml.len;
		struct slice name;

		buf_add(out, xml.p, n);
		xml = slice(xml.p + n, xml.len - n);
		if (xml.len == 0) {
			break;
		}
		name = tag_name(xml);
		n = tag_size(xml);
		if (slice_is(name, "field")) {
			field = is_secret_field(slice(xml.p, n));
		}
		buf_add(out, xml.p, n);
		if ((is_secret(name) || (field && slice_is(name, "value"))) &&
			xml.p[n - 1] == '>' && xml.p[n - 2] != '/') {
			size_t content = content_size(
				slice(xml.p + n, xml.len - n), name);

			buf_add_str(out, content > 0 ? "***" : "");
			n += content;
		}
		xml = slice(xml.p + n, xml.len - n);
	}
}
