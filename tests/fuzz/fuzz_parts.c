/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/cert.h"
#include "base/charset.h"
#include "base/crypto.h"
#include "base/date.h"
#include "base/stamp.h"
#include "base/utf8.h"
#include "gateway/address.h"
#include "gateway/catalog.h"
#include "gateway/config.h"
#include "gateway/identd.h"
#include "irc/ircformat.h"
#include "irc/ircmsg.h"
#include "irc/isupport.h"
#include "irc/sasl.h"
#include "irc/scram.h"
#include "irc/sts.h"
#include "mapping/talk/styling.h"
#include "tests/fuzz/fuzz.h"
#include "tests/scenarios/certificate.h"
#include "xmpp/mask.h"

/*
 * The small readers of what strangers send and files hold: the first byte of
 * the input names one of them (parts[] below), the rest is what it reads. Each
 * has a promise of its own.
 */
#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define PASSWORD "Wherefore-Art-Thou"

/* ---- RFC 1413: what is read is two ports ---- */

static void read_ident(struct slice text)
{
	uint16_t ours = 0;
	uint16_t theirs = 0;

	if (identd_parse(text, &ours, &theirs) == ERR_OK) {
		must(ours > 0 && theirs > 0);
	} else {
		must(ours == 0 && theirs == 0);
	}
}

/* ---- sts: a policy comes back from storage as it was kept ---- */

static void read_sts(struct slice text)
{
	struct sts_policy policy;
	struct sts_policy again;
	struct sts said = sts_parse(text);
	struct buf kept;

	must(said.duration_s <= STS_DURATION_MAX);
	must(said.has_duration || said.duration_s == 0);
	if (sts_read(text, &policy) != ERR_OK) {
		return;
	}
	must(policy.port > 0 && policy.duration_s > 0);
	buf_init(&kept, 100);
	sts_write(&policy, &kept);
	must(!kept.overflow);
	must(sts_read(buf_slice(&kept), &again) == ERR_OK);
	must(again.port == policy.port && again.until_ms == policy.until_ms);
	sts_renew(&policy, policy.until_ms);
	must(sts_in_force(&policy, again.until_ms));
	buf_finish(&kept);
}

/*
 * ---- SASL: the first line is the list of mechanisms, then a line is a chunk or
 * a numeric. What is said fits a line and is no password in clear; after the end
 * nothing is under way ----
 */

static void on_said(void *ctx, struct slice line)
{
	must(line.len <= sizeof "AUTHENTICATE " - 1 + SASL_CHUNK);
	must(memcmp(line.p, "AUTHENTICATE ", 13) == 0);
	must(memchr(line.p, '\r', line.len) == NULL);
	must(memchr(line.p, '\n', line.len) == NULL);
	must(memmem(line.p, line.len, PASSWORD, sizeof PASSWORD - 1) == NULL);
	++*(unsigned *)ctx;
}

static enum sasl_end sasl_line(struct sasl *s, struct slice line,
	unsigned *said)
{
	const struct sasl_login login = {
		.account = slice_str("juliet"),
		.password = slice_str(PASSWORD),
		.nonce = slice_str(NONCE),
		.key = slice_str(SCENARIO_CERTIFICATE),
	};
	int64_t numeric = line.len >= 3 ?
		slice_number(slice(line.p, 3), 999) : -1;
	enum sasl_end end;

	if (numeric >= 902 && numeric <= 908) {
		return sasl_numeric(s, (int)numeric,
			slice(line.p + 3, line.len - 3), on_said, said);
	}
	end = sasl_input(s, &login, line, on_said, said);
	while (end == SASL_GOES_ON && sasl_busy(s)) {
		end = sasl_work(s, on_said, said);
	}
	return end;
}

static void read_sasl(struct slice text)
{
	unsigned said = 0;
	unsigned lines = 0;
	enum sasl_end end = SASL_GOES_ON;
	struct sasl s;

	sasl_init(&s, SASL_PASSWORD | SASL_CERTIFICATE | SASL_KEY);
	sasl_offer(&s, slice_cut(&text, '\n'));
	if (sasl_usable(&s)) {
		sasl_start(&s, on_said, &said);
		must(said == 1 && sasl_name(&s)[0] != '\0');
	}
	while (text.len > 0 && end == SASL_GOES_ON && lines++ < 50) {
		end = sasl_line(&s, slice_cut(&text, '\n'), &said);
	}
	must(end == SASL_GOES_ON || sasl_name(&s)[0] == '\0');
	said = 0;
	sasl_abort(&s, on_said, &said);
	must(end == SASL_GOES_ON || said == 0);
	sasl_finish(&s);
}

/*
 * ---- SCRAM: each line is a message of the server. Proven is only the one
 * signature that the password gives, which no other input can hold ----
 */

static enum scram_step scram_line(struct scram *s, struct slice in,
	struct buf *out)
{
	enum scram_step step;

	buf_reset(out, SIZE_MAX);
	step = scram_answer(s, slice_str("user"), slice_str("pencil"), in, out);
	if (step == SCRAM_COMPUTE) {
		must(scram_rounds(s) > 0 && scram_rounds(s) <= SCRAM_ROUNDS_MAX);
		while (!scram_work(s, out)) {
			must(out->len == 0);
		}
	}
	must(memchr(buf_slice(out).p, '\0', out->len) == NULL);
	return step;
}

static void read_scram(struct slice text)
{
	struct scram *s = scram_create(DIGEST_SHA256, slice_str(NONCE));
	enum scram_step step = SCRAM_SAY;
	struct buf out;

	buf_init(&out, 4 * SCRAM_TEXT_MAX);
	must(scram_line(s, slice("", 0), &out) == SCRAM_SAY);
	for (int i = 0; i < 8 && text.len > 0 && step < SCRAM_SENSELESS; i++) {
		struct slice line = slice_cut(&text, '\n');

		step = scram_line(s, line, &out);
		must(step != SCRAM_COMPUTE || out.len > 0);
		must(step != SCRAM_PROVEN ||
			(line.len > 2 && memcmp(line.p, "v=", 2) == 0));
	}
	scram_destroy(s);
	buf_finish(&out);
}

/* ---- addresses: what is one comes back from its text ---- */

static void read_address(struct slice text)
{
	char host[ADDRESS_TEXT];
	char shown[ADDRESS_TEXT];
	union address a;

	if (text.len >= sizeof host) {
		return;
	}
	memcpy(host, text.p, text.len);
	host[text.len] = '\0';
	if (!address_literal(host, 6697, &a)) {
		return;
	}
	(void)address_private(&a);
	address_text(&a, shown);
	must(strlen(shown) > 5 && strcmp(strrchr(shown, ':'), ":6697") == 0);
}

/* ---- dates: nothing that a clock could not show ---- */

static void read_date(struct slice text)
{
	const int64_t year_10000 = INT64_C(253402300800);
	struct date d;

	if (date_read(text, &d)) {
		must(d.local_s > -year_10000 && d.local_s < year_10000);
		must(d.offset_min > -24 * 60 && d.offset_min < 24 * 60);
		must(d.has_zone || d.offset_min == 0);
	}
	must(stamp_read(text) < 1000 * year_10000 + 86400000);
	must(stamp_read(text) > -1000 * year_10000);
}

/*
 * ---- charsets: the first line is the name. What is decoded is UTF-8, and
 * neither way makes a control character of what was none ----
 */

static size_t controls(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n += s.p[i] == '\0' || s.p[i] == '\r' || s.p[i] == '\n';
	}
	return n;
}

static void read_charset(struct slice text)
{
	struct slice name = slice_cut(&text, '\n');
	struct charset *c = NULL;
	struct buf out;

	buf_init(&out, 1 << 20);
	if (charset_open(name, &c) == ERR_OK) {
		charset_decode(c, &out, text);
		must(utf8_valid(buf_slice(&out)) && !out.overflow);
		must(controls(buf_slice(&out)) <= controls(text));
		charset_unref(c);
	}
	buf_reset(&out, SIZE_MAX);
	if (utf8_valid(text) && charset_open_out(name, &c) == ERR_OK) {
		charset_encode(c, &out, text);
		must(controls(buf_slice(&out)) <= controls(text));
		charset_unref(c);
	}
	buf_finish(&out);
}

/* ---- mIRC codes as marks of message styling: text without codes ---- */

static void read_formats(struct slice text)
{
	struct buf styled;
	struct buf bare;

	if (!utf8_valid(text)) {
		return;
	}
	buf_init(&styled, 8 * text.len + 100);
	buf_init(&bare, text.len + 1);
	styling_add(&styled, text);
	irc_strip_formats(&bare, text);
	must(!styled.overflow && utf8_valid(buf_slice(&styled)));
	must(styled.len >= bare.len);
	must(!irc_has_formats(buf_slice(&styled)));
	buf_finish(&styled);
	buf_finish(&bare);
}

/* ---- masks end, and one that is the text itself fits ---- */

static void read_mask(struct slice text)
{
	struct slice mask = slice_cut(&text, '\n');

	(void)irc_mask_match(mask, text);
	must(irc_mask_match(slice_str("*"), text));
}

/* ---- secrets of a log: nothing longer than what was there, but for marks ---- */

static void read_secrets(struct slice text)
{
	struct buf out;

	buf_init(&out, 16 * text.len + 1000);
	mask_secrets(&out, text);
	must(!out.overflow);
	buf_finish(&out);
}

/* ---- 005, token by token: what others rely on stays in its bounds ---- */

static void read_isupport(struct slice text)
{
	struct isupport is;

	if (memchr(text.p, '\0', text.len) != NULL) {
		return; /* irc/ircframe.c lets none through */
	}
	isupport_init(&is);
	while (text.len > 0) {
		isupport_token(&is, slice_cut(&text, ' '));
	}
	must(is.nicklen > 0 && is.channellen > 1 && is.topiclen > 0);
	must(is.kicklen > 0 && is.awaylen > 0 && is.keylen > 0);
	must(is.linelen >= 512 && is.modes > 0 && is.maxtargets > 0);
	must(is.maxjoins > 0 && is.userlen > 0 && is.hostlen > 0);
	must(strlen(is.prefix_modes) == strlen(is.prefix_symbols));
	must(strlen(is.prefix_modes) <= ISUPPORT_PREFIXES);
}

/* ---- Base64: only what comes back the same ---- */

static void read_base64(struct slice text)
{
	struct buf bytes;
	struct buf again;

	buf_init(&bytes, text.len + 1);
	buf_init(&again, text.len + 1);
	if (base64_decode(text, &bytes) == ERR_OK) {
		base64_encode(buf_slice(&bytes), &again);
		must(again.len == text.len);
	} else {
		must(bytes.len == 0);
	}
	buf_finish(&bytes);
	buf_finish(&again);
}

/* ---- a certificate as it is kept, and what was sealed: whole or refused ---- */

static void read_cert(struct slice text)
{
	static const unsigned char key[SEAL_KEY] = "a key";
	unsigned char digest[CERT_SIGNED] = {0};
	char hex[CERT_HEX];
	struct buf out;
	bool whole;

	buf_init_secret(&out, 8 * CERT_TEXT_MAX);
	whole = cert_parts(text, NULL, &out) == ERR_OK;
	must(!whole || out.len <= CERT_DER_MAX);
	must(whole || cert_fingerprint(text, DIGEST_SHA512, hex) != ERR_OK);
	(void)!cert_public(text, &out);
	(void)!cert_sign(text, slice((char *)digest, sizeof digest), &out);
	buf_reset(&out, 0);
	if (text.len > SEAL_EXTRA) {
		char *open = buf_reserve(&out, text.len);

		must(open != NULL);
		must(crypto_unseal(key, slice_str("n"), text,
			(unsigned char *)open) != ERR_OK);
	}
	buf_finish(&out);
}

/* ---- catalogs of translations: words that are UTF-8 ---- */

static void read_catalog(struct slice text)
{
	static const char *const english[] = {"", "Yes", "%u of %s", "%s", "a"};
	struct catalog *c;

	if (catalog_parse(text, &c) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < sizeof english / sizeof *english; i++) {
		const char *found = catalog_find(c, english[i]);

		must(found == NULL || (found[0] != '\0' &&
			utf8_valid(slice_str(found))));
	}
	catalog_free(c);
}

/*
 * ---- the configuration: it is whole, or each fault is a line that begins with
 * the file. Files that it names are the operator's: those are not opened ----
 */

static void read_config(struct slice text)
{
	char path[40];
	int fd = memfd_create("config", MFD_CLOEXEC);
	struct config *c = NULL;
	struct buf errors;

	if (memmem(text.p, text.len, "@include", 8) != NULL ||
		memmem(text.p, text.len, "_file", 5) != NULL) {
		close(fd);
		return;
	}
	must(fd >= 0 && write(fd, text.p, text.len) == (ssize_t)text.len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	buf_init(&errors, 1 << 20);
	if (config_load(path, &c, &errors) == ERR_OK) {
		must(errors.len == 0 && c->map.component != NULL);
		config_free(c);
	} else {
		must(c == NULL && errors.len > strlen(path));
		must(memcmp(errors.p, path, strlen(path)) == 0);
		must(errors.p[errors.len - 1] == '\n');
	}
	buf_finish(&errors);
	close(fd);
}

static const struct {
	char name;
	void (*read)(struct slice text);
} parts[] = {
	{'a', read_address},
	{'b', read_base64},
	{'c', read_catalog},
	{'d', read_date},
	{'f', read_formats},
	{'g', read_config},
	{'i', read_ident},
	{'k', read_charset},
	{'l', read_sasl},
	{'m', read_mask},
	{'p', read_isupport},
	{'r', read_cert},
	{'s', read_sts},
	{'v', read_scram},
	{'x', read_secrets},
};

/* libconfig keeps a text that is not closed: its 64 bytes, at a reload at most. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (size > 0 && size < 65536 && (char)data[0] == parts[i].name) {
			parts[i].read(slice((const char *)data + 1, size - 1));
		}
	}
	return 0;
}
