/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "irc/ircout.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig_compare.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * A submitted form against what the room is (PROTOCOL D.13). Every field says
 * which letters it wants changed; a letter that two fields want differently is
 * refused. A field that says what is the case already wants nothing, so a
 * client may send the whole form back with one value changed.
 */

enum { NAME_BYTES = 100 }; /* of a field that a client invented */

/* ---- refusals: what is wrong, and the field's name (C.9) ---- */

const char *compare_with_name(
	struct mapping *m, const char *why, const char *var)
{
	struct slice name = slice_str(var);
	char known[NAME_BYTES + 1];

	name.len = utf8_cut(name, NAME_BYTES);
	snprintf(known, sizeof known, "%.*s", SLICE_ARG(name));
	return text_with(m, why, known);
}

bool compare_refuse_as(struct compare *k, enum stanza_error e, const char *why)
{
	k->p->fault = (struct fault){e, compare_with_name(k->m, why, k->f->var)};
	return false;
}

bool compare_refuse(struct compare *k, const char *why)
{
	return compare_refuse_as(k, E_NOT_ACCEPTABLE, why);
}

/* ---- wanting ---- */

bool compare_want(struct compare *k, char letter, char sign, struct slice arg)
{
	struct wanted *w = &k->wanted[__builtin_ctzll(chan_mode_bit(letter))];

	if (w->sign != 0 && (w->sign != sign || !slice_eq(arg, w->arg))) {
		return compare_refuse(
			k, N_("This contradicts another setting of the form. Change "
			      "one of the two: %s."));
	}
	*w = (struct wanted){letter, sign, arg};
	return true;
}

bool compare_want_off(struct compare *k, char letter)
{
	return !chan_has_mode(k->r->chan, letter) ||
	       compare_want(k, letter, '-', slice(NULL, 0));
}

struct slice compare_value_of(const struct roomconfig_wish *wish)
{
	return wish->nvalues > 0 ? wish->values[0] : slice("", 0);
}

/* ---- one field each ---- */

static bool read_flag(
	struct compare *k, const struct roomconfig_wish *wish, bool *flag)
{
	struct slice value = slice_trim(compare_value_of(wish));

	*flag = form_flag(value, false);
	return *flag || !form_flag(value, true) ||
	       compare_refuse(k, N_("Only 1 and 0 are possible here. Choose "
				       "one of them: %s."));
}

static bool set_flag(struct compare *k, const struct roomconfig_wish *wish)
{
	char letter = chanmode_letter(k->r->net, k->f->mode);
	bool on;

	if (!read_flag(k, wish, &on)) {
		return false;
	}
	if (on == roomconfig_flag(k->r, k->f)) {
		return true;
	}
	if (!roomconfig_settable(k->r, k->f)) {
		return compare_refuse(
			k, N_("This setting cannot be changed from here. Leave it "
			      "as it is: %s."));
	}
	if (k->f->kind == CONFIG_PUBLIC && on) {
		return compare_want_off(k, 's') && compare_want_off(k, 'p');
	}
	if (k->f->kind == CONFIG_OFF || k->f->kind == CONFIG_PUBLIC) {
		on = !on;
	}
	return compare_want(k, letter, on ? '+' : '-', slice(NULL, 0));
}

static bool set_topic(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice value = slice_trim(compare_value_of(wish));

	if (!slice_eq(value, slice_trim(roomconfig_value(k->r, k->f)))) {
		k->p->topic_set = true;
		k->p->topic = value;
	}
	return true;
}

static bool set_fixed(struct compare *k, const struct roomconfig_wish *wish)
{
	return slice_eq(slice_trim(compare_value_of(wish)),
		       roomconfig_value(k->r, k->f)) ||
	       compare_refuse(k, N_("This setting cannot be changed from here. Leave it "
			      "as it is: %s."));
}

/* ---- the key ---- */

static const struct roomconfig_wish *wish_of(
	const struct compare *k, enum roomconfig_kind kind)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);
	size_t i = 0;

	while (f[i].kind != kind) {
		i++;
	}
	return &k->c->wishes[i];
}

bool compare_want_key(struct compare *k, struct slice key)
{
	bool has = chan_has_mode(k->r->chan, 'k');

	if (has && slice_eq(key, roomconfig_key(k->r))) {
		return true;
	}
	if (irc_field_check(compare_isupport(k), FIELD_KEY, key, NULL) != ERR_OK) {
		return compare_refuse(
			k, N_("A channel key is short and holds neither spaces "
			      "nor commas. Choose another one: %s."));
	}
	return compare_want(k, 'k', '+', key);
}

/* Both fields in one: what they say together. */
static bool set_protected(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_wish *secret = wish_of(k, CONFIG_SECRET);
	bool has = chan_has_mode(k->r->chan, 'k');
	bool new_key = secret->given && compare_value_of(secret).len > 0;
	bool on;

	if (!read_flag(k, wish, &on)) {
		return false;
	}
	if (!on && has) {
		return compare_want_off(k, 'k');
	}
	if (!on && new_key) {
		return compare_refuse(
			k, N_("A password is given for a room that is to have "
			      "none. Leave it out, or say that there is to be "
			      "one: %s."));
	}
	if (on && !has && !new_key) {
		return compare_refuse(k, N_("The password is missing. Give one, or say "
				       "that there is to be none: %s."));
	}
	return true; /* the rest is the other field's */
}

static bool set_secret(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_wish *on = wish_of(k, CONFIG_PROTECTED);
	struct slice key = compare_value_of(wish);

	if (key.len == 0 ||
		(on->given && !form_flag(slice_trim(compare_value_of(on)), false))) {
		return true; /* it stays, or goes */
	}
	return slice_eq(key, roomconfig_value(k->r, k->f)) || compare_want_key(k, key);
}

/* ---- the limit ---- */

bool compare_want_limit(struct compare *k, struct slice value)
{
	long n = slice_number(value, CONFIG_LIMIT_MAX);

	if (chan_has_mode(k->r->chan, 'l') &&
		slice_eq(value, roomconfig_param(k->r, 'l'))) {
		return true;
	}
	if (n <= 0 || value.p[0] == '0') {
		return compare_refuse(k, N_("IRC cannot limit a channel to so many "
				       "people. Give another number, or none: "
				       "%s."));
	}
	return compare_want(k, 'l', '+', value);
}

static bool set_limit(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice value = slice_trim(compare_value_of(wish));

	if (value.len == 0 || slice_is(value, "none")) {
		return compare_want_off(k, 'l');
	}
	return compare_want_limit(k, value);
}

/* ---- all fields, and what follows from them ---- */

static bool set_field(struct compare *k, const struct roomconfig_wish *wish)
{
	static bool (*const set[])(
		struct compare * k, const struct roomconfig_wish *wish) = {
		[CONFIG_NAME] = set_fixed,
		[CONFIG_TOPIC] = set_topic,
		[CONFIG_ON] = set_flag,
		[CONFIG_OFF] = set_flag,
		[CONFIG_PUBLIC] = set_flag,
		[CONFIG_PERSISTENT] = set_flag,
		[CONFIG_PROTECTED] = set_protected,
		[CONFIG_SECRET] = set_secret,
		[CONFIG_LIMIT] = set_limit,
		[CONFIG_WHOIS] = set_fixed,
		[CONFIG_ADMINS] = compare_set_people,
		[CONFIG_OWNERS] = compare_set_people,
		[CONFIG_LIST] = compare_set_list,
		[CONFIG_RAW] = compare_set_raw,
	};

	if (!roomconfig_offered(k->r, k->f)) {
		return compare_refuse(k, N_("The IRC server has no such setting. Leave "
				       "it out: %s."));
	}
	if (wish->nvalues > 1 && k->f->kind != CONFIG_LIST &&
		k->f->kind != CONFIG_ADMINS && k->f->kind != CONFIG_OWNERS) {
		return compare_refuse(k, N_("Only one value is possible here. Leave out "
				       "the others: %s."));
	}
	return set[k->f->kind](k, wish);
}

/* Removed first: a key is changed by taking the old one away. */
static void add_letters(struct compare *k, char sign)
{
	struct roomconfig_plan *p = k->p;

	for (size_t i = 0; i < LETTERS; i++) {
		struct wanted w = k->wanted[i];
		bool has = w.sign != 0 && chan_has_mode(k->r->chan, w.letter);
		bool always = w.sign != 0 && isupport_mode_kind(compare_isupport(k),
						     w.letter) == MODE_ALWAYS;

		if (sign == '-' && always && has) {
			p->steps[p->nsteps++] = (struct mode_step){'-',
				w.letter, roomconfig_param(k->r, w.letter),
				slice(NULL, 0)};
		} else if (sign == w.sign) {
			p->steps[p->nsteps++] = (struct mode_step){
				sign, w.letter, w.arg, slice(NULL, 0)};
		}
	}
}

static void add_masks(struct compare *k, char sign)
{
	for (size_t i = 0; i < k->nmasks; i++) {
		if (k->masks[i].sign == sign) {
			k->p->steps[k->p->nsteps++] = k->masks[i];
		}
	}
}

bool roomconfig_compare(
	const struct roomconfig *c, struct room *r, struct roomconfig_plan *p)
{
	struct mapping *m = r->session->user->mapping;
	struct compare k = {.m = m, .r = r, .c = c, .p = p};
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	p->steps = arena_alloc(&m->arena, STEPS_MAX * sizeof *p->steps);
	k.masks = arena_alloc(&m->arena, 2 * MASKS_MAX * sizeof *k.masks);
	if (p->steps == NULL || k.masks == NULL) {
		p->fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"That is too much at once. Do it in smaller steps."};
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		k.f = &f[i];
		if (c->wishes[i].given && !set_field(&k, &c->wishes[i])) {
			return false;
		}
	}
	for (const char *sign = "-+"; *sign != '\0'; sign++) {
		add_letters(&k, *sign);
		add_masks(&k, *sign);
	}
	return true;
}
