/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircout.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * A submitted form against what the room is (PROTOCOL D.13). Every field says
 * which letters it wants changed; a letter that two fields want differently is
 * refused. A field that says what is the case already wants nothing, so a
 * client may send the whole form back with one value changed.
 */
enum { LETTERS = 64, MASKS_MAX = 200, STEPS_MAX = 2 * LETTERS + 2 * MASKS_MAX };

struct wanted {
	char letter;
	char sign; /* 0: nothing */
	struct slice arg;
};

struct compare {
	struct mapping *m;
	struct room *r;
	const struct roomconfig *c;
	struct roomconfig_plan *p;
	const struct roomconfig_field *f; /* the one that is looked at */
	struct wanted wanted[LETTERS];
	struct mode_step *masks;
	size_t nmasks;
};

/* ---- refusals: what is wrong, and the field's name (C.9) ---- */

static const char *with_name(
	struct mapping *m, const char *why, const char *var)
{
	const char *text;
	struct buf b;

	buf_init(&b, 1024);
	buf_addf(&b, "%s: %.100s.", why, var);
	text = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return text ? text : why;
}

static bool refuse_as(struct compare *k, enum stanza_error e, const char *why)
{
	k->p->fault = (struct fault){e, with_name(k->m, why, k->f->var)};
	return false;
}

static bool refuse(struct compare *k, const char *why)
{
	return refuse_as(k, E_NOT_ACCEPTABLE, why);
}

/* ---- reading ---- */

static size_t place_of(const char *var)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(f[i].var, var) == 0) {
			return i;
		}
	}
	return CONFIG_FIELDS_MAX;
}

static size_t count_lines(struct slice text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++) {
		n += text.p[i] == '\n';
	}
	return n;
}

static bool keep_value(
	struct roomconfig *c, struct roomconfig_wish *wish, struct slice text)
{
	char *copy = arena_strndup(&c->arena, text.p ? text.p : "", text.len);

	if (copy != NULL) {
		wish->values[wish->nvalues++] = slice(copy, text.len);
	}
	return copy != NULL;
}

/* Each line of a list is a value; some clients send all lines in one. */
static bool keep_lines(
	struct roomconfig *c, struct roomconfig_wish *wish, struct slice text)
{
	while (text.len > 0) {
		if (!keep_value(c, wish, slice_cut(&text, '\n'))) {
			return false;
		}
	}
	return true;
}

static bool keep_wish(
	struct roomconfig *c, size_t place, const struct elem *field)
{
	const struct elem *first = elem_child(field, "value", NS_X_DATA);
	struct roomconfig_wish *wish = &c->wishes[place];
	size_t all;
	bool lines = roomconfig_fields(&all)[place].kind == CONFIG_LIST;
	bool kept = true;
	size_t n = 0;

	for (const struct elem *v = first; v != NULL;
		v = elem_next(v, "value", NS_X_DATA)) {
		n += count_lines(elem_text(v));
	}
	wish->values = arena_alloc(&c->arena, (n + 1) * sizeof *wish->values);
	wish->given = true;
	c->nwishes++;
	for (const struct elem *v = first; wish->values != NULL && kept && v;
		v = elem_next(v, "value", NS_X_DATA)) {
		kept = lines ? keep_lines(c, wish, elem_text(v))
			     : keep_value(c, wish, elem_text(v));
	}
	return wish->values != NULL && kept;
}

bool roomconfig_read(struct roomconfig *c, struct mapping *m,
	const struct elem *x, struct fault *fault)
{
	const struct elem *f = elem_child(x, "field", NS_X_DATA);

	for (; f != NULL; f = elem_next(f, "field", NS_X_DATA)) {
		const char *var = elem_attr(f, "var");
		size_t i = var ? place_of(var) : 0;

		if (var == NULL || strcmp(var, "FORM_TYPE") == 0) {
			continue;
		}
		if (i == CONFIG_FIELDS_MAX || c->wishes[i].given) {
			*fault = (struct fault){E_NOT_ACCEPTABLE,
				with_name(m,
					i == CONFIG_FIELDS_MAX
						? N_("Channels have no such "
						     "setting here")
						: N_("This setting is there "
						     "twice"),
					var)};
			return false;
		}
		if (!keep_wish(c, i, f)) {
			*fault = (struct fault){E_NOT_ACCEPTABLE,
				with_name(m, N_("The text is too long"), var)};
			return false;
		}
	}
	return true;
}

bool roomconfig_must_ask(const struct roomconfig *c, const struct room *r)
{
	size_t n;
	const struct roomconfig_field *f = roomconfig_fields(&n);

	for (size_t i = 0; i < n; i++) {
		if (c->wishes[i].given && f[i].kind == CONFIG_LIST &&
			roomconfig_offered(r, &f[i])) {
			return true;
		}
	}
	return !r->chan->modes_known;
}

/* ---- wanting ---- */

static const struct isupport *isupport(const struct compare *k)
{
	return ircnet_isupport(k->r->net);
}

static bool want(struct compare *k, char letter, char sign, struct slice arg)
{
	struct wanted *w = &k->wanted[__builtin_ctzll(chan_mode_bit(letter))];

	if (w->sign != 0 && (w->sign != sign || !slice_eq(w->arg, arg))) {
		return refuse(
			k, N_("This contradicts another setting of the form"));
	}
	*w = (struct wanted){letter, sign, arg};
	return true;
}

static bool want_off(struct compare *k, char letter)
{
	return !chan_has_mode(k->r->chan, letter) ||
	       want(k, letter, '-', slice(NULL, 0));
}

static struct slice only_value(const struct roomconfig_wish *wish)
{
	return wish->nvalues > 0 ? wish->values[0] : slice("", 0);
}

/* ---- one field each ---- */

static bool read_flag(
	struct compare *k, const struct roomconfig_wish *wish, bool *flag)
{
	struct slice value = slice_trim(only_value(wish));

	*flag = form_flag(value, false);
	return *flag || !form_flag(value, true) ||
	       refuse(k, N_("Only 1 and 0 are possible here"));
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
		return refuse(
			k, N_("This setting cannot be changed from here"));
	}
	if (k->f->kind == CONFIG_PUBLIC && on) {
		return want_off(k, 's') && want_off(k, 'p');
	}
	if (k->f->kind == CONFIG_OFF || k->f->kind == CONFIG_PUBLIC) {
		on = !on;
	}
	return want(k, letter, on ? '+' : '-', slice(NULL, 0));
}

static bool set_topic(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice value = slice_trim(only_value(wish));

	if (!slice_eq(value, slice_trim(roomconfig_value(k->r, k->f)))) {
		k->p->topic_set = true;
		k->p->topic = value;
	}
	return true;
}

static bool set_fixed(struct compare *k, const struct roomconfig_wish *wish)
{
	return slice_eq(slice_trim(only_value(wish)),
		       roomconfig_value(k->r, k->f)) ||
	       refuse(k, N_("This setting cannot be changed from here"));
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

static bool want_key(struct compare *k, struct slice key)
{
	bool has = chan_has_mode(k->r->chan, 'k');

	if (has && slice_eq(key, roomconfig_key(k->r))) {
		return true;
	}
	if (irc_field_check(isupport(k), FIELD_KEY, key, NULL) != ERR_OK) {
		return refuse(
			k, N_("A channel key is short and holds neither spaces "
			      "nor commas"));
	}
	return want(k, 'k', '+', key);
}

/* Both fields in one: what they say together. */
static bool set_protected(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_wish *secret = wish_of(k, CONFIG_SECRET);
	bool has = chan_has_mode(k->r->chan, 'k');
	bool new_key = secret->given && only_value(secret).len > 0;
	bool on;

	if (!read_flag(k, wish, &on)) {
		return false;
	}
	if (!on && has) {
		return want_off(k, 'k');
	}
	if (!on && new_key) {
		return refuse(
			k, N_("A password is given for a room that is to have "
			      "none"));
	}
	if (on && !has && !new_key) {
		return refuse(k, N_("The password is missing"));
	}
	return true; /* the rest is the other field's */
}

static bool set_secret(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_wish *on = wish_of(k, CONFIG_PROTECTED);
	struct slice key = only_value(wish);

	if (key.len == 0 ||
		(on->given && !form_flag(slice_trim(only_value(on)), false))) {
		return true; /* it stays, or goes */
	}
	return slice_eq(key, roomconfig_value(k->r, k->f)) || want_key(k, key);
}

/* ---- the limit ---- */

static bool want_limit(struct compare *k, struct slice value)
{
	long n = slice_number(value, CONFIG_LIMIT_MAX);

	if (chan_has_mode(k->r->chan, 'l') &&
		slice_eq(value, roomconfig_param(k->r, 'l'))) {
		return true;
	}
	if (n <= 0 || value.p[0] == '0') {
		return refuse(k, N_("This is no number of people that IRC "
				    "can limit a channel to"));
	}
	return want(k, 'l', '+', value);
}

static bool set_limit(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice value = slice_trim(only_value(wish));

	if (value.len == 0 || slice_is(value, "none")) {
		return want_off(k, 'l');
	}
	return want_limit(k, value);
}

/* ---- people: only as they are ---- */

struct people {
	const struct roomconfig_wish *wish;
	size_t found;
	size_t n;
};

static void count_person(void *ctx, struct slice jid)
{
	struct people *p = ctx;

	p->n++;
	for (size_t i = 0; i < p->wish->nvalues; i++) {
		if (slice_eq(slice_trim(p->wish->values[i]), jid)) {
			p->found++;
			return;
		}
	}
}

static bool set_people(struct compare *k, const struct roomconfig_wish *wish)
{
	struct people p = {.wish = wish};

	roomconfig_people(k->r, k->f->kind == CONFIG_ADMINS ? "admin" : "owner",
		count_person, &p);
	if (p.found == p.n && wish->nvalues == p.n) {
		return true;
	}
	return refuse(k, N_("Ranks are given by the list of affiliations, not "
			    "by this form"));
}

/* ---- lists of masks ---- */

static bool add_mask(struct compare *k, char sign, struct slice mask)
{
	if (k->nmasks == 2 * MASKS_MAX) {
		return refuse_as(k, E_RESOURCE_CONSTRAINT,
			N_("That is too much at once, do it in smaller steps"));
	}
	k->masks[k->nmasks++] =
		(struct mode_step){sign, k->f->list, mask, slice(NULL, 0)};
	return true;
}

static bool same_mask(const struct compare *k, struct slice a, struct slice b)
{
	return casemap_equal(k->r->session->casemap, a, b);
}

/* As the form showed it, or as it is on IRC. */
static bool list_has(struct compare *k, const struct roomconfig_list *list,
	struct slice mask)
{
	struct slice rest = buf_slice(&list->raw);

	while (rest.len > 0) {
		struct slice raw = slice_cut(&rest, '\n');

		if (same_mask(k, raw, mask)) {
			return true;
		}
	}
	return false;
}

static bool wish_has(const struct compare *k,
	const struct roomconfig_wish *wish, size_t n, struct slice mask)
{
	for (size_t i = 0; i < n; i++) {
		if (same_mask(k, slice_trim(wish->values[i]), mask)) {
			return true;
		}
	}
	return false;
}

static bool add_new(struct compare *k, const struct roomconfig_list *list,
	const struct roomconfig_wish *wish)
{
	for (size_t i = 0; i < wish->nvalues; i++) {
		struct slice mask = slice_trim(wish->values[i]);

		if (mask.len == 0 || list_has(k, list, mask) ||
			wish_has(k, wish, i, mask)) {
			continue;
		}
		if (irc_field_check(isupport(k), FIELD_WORD, mask, NULL) !=
				ERR_OK ||
			memchr(mask.p, ',', mask.len) != NULL ||
			mask.len > CONFIG_MASK_MAX) {
			return refuse(k, N_("This is no mask that IRC takes"));
		}
		if (!add_mask(k, '+', mask)) {
			return false;
		}
	}
	return true;
}

static bool remove_old(struct compare *k, const struct roomconfig_list *list,
	const struct roomconfig_wish *wish)
{
	struct slice rest = buf_slice(&list->raw);

	while (rest.len > 0) {
		struct slice raw = slice_cut(&rest, '\n');

		if (!wish_has(k, wish, wish->nvalues, raw) &&
			!add_mask(k, '-', raw)) {
			return false;
		}
	}
	return true;
}

static bool set_list(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_list *list =
		&k->c->lists[roomconfig_list_place(k->f->list)];

	if (list->cut) {
		return refuse_as(k, E_RESOURCE_CONSTRAINT,
			N_("The list is too long to be changed from here"));
	}
	if (!list->whole) {
		return refuse_as(k, E_FORBIDDEN,
			N_("The IRC server does not show you this list"));
	}
	return remove_old(k, list, wish) && add_new(k, list, wish);
}

/* ---- modes as IRC writes them ---- */

static bool next_param(struct slice *rest, struct slice *arg)
{
	*rest = slice_trim(*rest);
	*arg = slice_cut(rest, ' ');
	return arg->len > 0;
}

static bool takes_param(enum mode_kind kind, bool on)
{
	return kind == MODE_ALWAYS || (kind == MODE_ON_SET && on);
}

/* A letter that is to be set: it may be so already. */
static bool raw_on(struct compare *k, char letter, struct slice arg)
{
	bool has = chan_has_mode(k->r->chan, letter);

	if (has && (arg.p == NULL || slice_is(arg, "*") ||
			   slice_eq(arg, roomconfig_param(k->r, letter)))) {
		return true;
	}
	if (letter == 'k') {
		return want_key(k, arg);
	}
	if (letter == 'l') {
		return want_limit(k, arg);
	}
	if (arg.p != NULL && (irc_field_check(isupport(k), FIELD_WORD, arg,
				      NULL) != ERR_OK ||
				     memchr(arg.p, ',', arg.len) != NULL)) {
		return refuse(k, N_("IRC does not take this parameter"));
	}
	return want(k, letter, '+', arg);
}

static bool raw_letter(struct compare *k, char letter, bool on,
	struct slice *params, uint64_t *seen)
{
	enum mode_kind kind = isupport_mode_kind(isupport(k), letter);
	struct slice arg = slice(NULL, 0);

	if (!isupport_has_mode(isupport(k), letter) ||
		!roomconfig_is_raw(isupport(k), letter)) {
		/* A letter that is set is the server's own, if not offered. */
		if (kind != MODE_NEVER || !on ||
			!chan_has_mode(k->r->chan, letter)) {
			return refuse(k,
				N_("The IRC server has no such mode to set"));
		}
	}
	if ((*seen & chan_mode_bit(letter)) != 0) {
		return refuse(k, N_("A mode is there twice"));
	}
	*seen |= chan_mode_bit(letter);
	if (takes_param(kind, on) && !next_param(params, &arg)) {
		return refuse(k, N_("A mode lacks its parameter"));
	}
	return on ? raw_on(k, letter, arg) : want_off(k, letter);
}

/* What is set and not named any more is to go. */
static bool raw_rest(struct compare *k, uint64_t seen)
{
	for (char c = 'A'; c <= 'z'; c++) {
		uint64_t bit = chan_mode_bit(c);

		if (bit != 0 && (seen & bit) == 0 &&
			roomconfig_is_raw(isupport(k), c) && !want_off(k, c)) {
			return false;
		}
	}
	return true;
}

static bool set_raw(struct compare *k, const struct roomconfig_wish *wish)
{
	struct slice params = slice_trim(only_value(wish));
	struct slice letters;
	uint64_t seen = 0;
	bool on = true;

	if (params.len == 0 || slice_eq(params, roomconfig_value(k->r, k->f))) {
		return true;
	}
	letters = slice_cut(&params, ' ');
	for (size_t i = 0; i < letters.len; i++) {
		char c = letters.p[i];

		if (c == '+' || c == '-') {
			on = c == '+';
		} else if (chan_mode_bit(c) == 0) {
			return refuse(k, N_("Modes are letters"));
		} else if (!raw_letter(k, c, on, &params, &seen)) {
			return false;
		}
	}
	if (slice_trim(params).len > 0) {
		return refuse(
			k, N_("There are more parameters than modes take"));
	}
	return raw_rest(k, seen);
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
		[CONFIG_ADMINS] = set_people,
		[CONFIG_OWNERS] = set_people,
		[CONFIG_LIST] = set_list,
		[CONFIG_RAW] = set_raw,
	};

	if (!roomconfig_offered(k->r, k->f)) {
		return refuse(k, N_("The IRC server has no such setting"));
	}
	if (wish->nvalues > 1 && k->f->kind != CONFIG_LIST &&
		k->f->kind != CONFIG_ADMINS && k->f->kind != CONFIG_OWNERS) {
		return refuse(k, N_("Only one value is possible here"));
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
		bool always = w.sign != 0 && isupport_mode_kind(isupport(k),
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
