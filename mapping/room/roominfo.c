/* SPDX-License-Identifier: MIT */
#include "mapping/room/roominfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/meta.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/chanmode.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "xmpp/form.h"

/* ---- what is known ---- */

void roominfo_of(const struct room *r, struct roominfo *info)
{
	struct mapping *m = r->session->user->mapping;
	const struct ircchan *c = r->chan;
	struct slice topic = out_clean(m, slice_str(c->topic));

	*info = (struct roominfo){
		.net = r->net,
		.modes = c->modes,
		.counted = true,
		.occupants = (unsigned)c->members.used,
		.topic = topic.p ? topic : slice("", 0),
		.url = out_clean(m, istr_slice(c->url)),
		.title = meta_text(m, ircnet_meta(r->net, c->entry.key,
			META_DISPLAY_NAME)),
		.subject_known = true,
		.hides_hosts = room_is_semianonymous(r),
		.open_subject = !chan_has_mode(c, 't'),
	};
	info->may_subject = info->open_subject || room_is_moderator(r);
	if (info->url.len == 0) {
		info->url = meta_homepage(m,
			ircnet_meta(r->net, c->entry.key, META_HOMEPAGE));
	}
}

void roominfo_features(const struct roominfo *info, struct disco_info *d)
{
	static const struct {
		enum chanmode any[2];
		const char *set;
		const char *unset;
	} rows[] = {
		{{CHANMODE_INVITE_ONLY, CHANMODE_INVITE_ONLY},
			"muc_membersonly", "muc_open"},
		{{CHANMODE_MODERATED, CHANMODE_MODERATED}, "muc_moderated",
			"muc_unmoderated"},
		{{CHANMODE_SECRET, CHANMODE_PRIVATE}, "muc_hidden",
			"muc_public"},
		{{CHANMODE_PERMANENT, CHANMODE_REGISTERED}, "muc_persistent",
			"muc_temporary"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool set =
			chanmode_among(
				info->net, rows[i].any[0], info->modes) ||
			chanmode_among(info->net, rows[i].any[1], info->modes);

		d->features[d->nfeatures++] = set ? rows[i].set : rows[i].unset;
	}
	d->features[d->nfeatures++] = info->modes & chan_mode_bit('k')
					      ? "muc_passwordprotected"
					      : "muc_unsecured";
	d->features[d->nfeatures++] =
		info->hides_hosts ? "muc_semianonymous" : "muc_nonanonymous";
}

static void write_flag(struct xw *w, const char *var, bool on)
{
	form_value(w, var, "boolean", NULL, slice_str(on ? "1" : "0"));
}

void roominfo_write(struct xw *w, const struct roominfo *info)
{
	char count[24];

	if (!info->counted) {
		return;
	}
	form_start(w, "result", NULL, NULL,
		"http://jabber.org/protocol/muc#roominfo");
	if (info->title.len > 0) {
		form_value(w, "muc#roomconfig_roomname", "text-single", NULL,
			info->title);
	}
	if (info->url.len > 0) {
		form_value(w, "muc#roominfo_description", "text-single", NULL,
			info->url);
	}
	form_value(w, "muc#roominfo_subject", "text-single", NULL, info->topic);
	snprintf(count, sizeof count, "%u", info->occupants);
	form_value(w, "muc#roominfo_occupants", "text-single", NULL,
		slice_str(count));
	if (info->subject_known) {
		write_flag(w, "muc#roominfo_changesubject", info->may_subject);
		write_flag(w, "muc#roominfo_subjectmod", info->open_subject);
	}
	form_end(w);
}

/* ---- asking IRC: the modes, then the list of channels ---- */

struct asked {
	struct asker asker;
	const struct istr *channel; /* as it was typed */
	uint64_t modes;
	bool known;
};

static void asked_free(struct asked *a)
{
	asker_finish(&a->asker);
	istr_unref(a->channel);
	free(a);
}

static void answer(
	struct session *s, struct asked *a, const struct roominfo *info)
{
	struct mapping *m = s->user->mapping;

	disco_answer_room(
		s, &a->asker, out_clean(m, istr_slice(a->channel)), info);
	asked_free(a);
}

static void find_channel(struct session *s, const struct asked *a,
	const struct chanstore *list, struct roominfo *info)
{
	struct slice name = istr_slice(a->channel);
	size_t i = chanstore_before(list, name, false);
	struct chanstore_channel found;

	if (i >= list->n) {
		return;
	}
	found = chanstore_at(list, i);
	if (casemap_equal(s->casemap, found.name, name)) {
		info->counted = true;
		info->occupants = found.users;
		info->topic = found.topic.p ? found.topic : slice("", 0);
	}
}

static void on_list(struct session *s, void *ctx,
	const struct chanlist_answer *list, const struct fault *fault)
{
	struct asked *a = ctx;
	struct roominfo info = {
		.modes = a->modes,
		.hides_hosts = s->network->config->semianonymous,
	};

	if (list == NULL && fault == NULL) {
		asked_free(a);
		return;
	}
	if (!session_is_up(s)) {
		answer(s, a, NULL);
		return;
	}
	info.net = s->net;
	if (list != NULL) {
		find_channel(s, a, list->channels, &info);
	}
	answer(s, a, &info);
}

/* LIST for one name, where the server does not send the whole of it then. */
static bool can_list(const struct session *s)
{
	return chanlist_is_fresh(s) ||
	       strchr(ircnet_isupport(s->net)->elist, 'M') != NULL;
}

static bool on_answer(struct moderation *p)
{
	struct session *s = p->session;
	struct asked *a = p->more;
	struct roominfo info = {
		.net = s->net,
		.modes = a->modes,
		.hides_hosts = s->network->config->semianonymous,
	};

	p->more = NULL;
	a->asker = p->asker;
	p->asker = (struct asker){0};
	if (!a->known || p->answered ||
		chanmode_among(s->net, CHANMODE_SECRET, a->modes) ||
		chanmode_among(s->net, CHANMODE_PRIVATE, a->modes)) {
		answer(s, a, NULL);
	} else if (can_list(s)) {
		chanlist_ask(s, istr_slice(a->channel), on_list, a);
	} else {
		answer(s, a, &info);
	}
	return true;
}

/* 324 me #c +nt; whatever else is said of the channel is no answer of ours. */
static bool on_numeric(
	struct moderation *p, int numeric, const struct ircmsg *m)
{
	struct asked *a = p->more;
	struct slice letters = ircmsg_param(m, 2);

	if (casemap_lookup(p->session->casemap, ircmsg_param(m, 1)) !=
		p->channel) {
		return false;
	}
	if (numeric == 324 && a != NULL) {
		a->known = true;
		for (size_t i = 0; i < letters.len; i++) {
			a->modes |= chan_mode_bit(letters.p[i]);
		}
	}
	return numeric == 324 || numeric == 329 ||
	       (numeric >= 400 && numeric < 600);
}

static void on_finish(struct moderation *p)
{
	if (p->more != NULL) {
		asked_free(p->more);
		p->more = NULL;
	}
}

static const struct moderation_way ask_modes = {
	.numeric = on_numeric,
	.answer = on_answer,
	.finish = on_finish,
	.deaf = true,
};

bool roominfo_ask(struct request *q, const struct addr *a, struct session *s)
{
	const struct istr *folded = casemap_intern(s->casemap, a->name);
	struct moderation *p = NULL;
	uint64_t label = answer_label(s);
	struct fault fault;
	struct asked *asked;

	if (folded != NULL && moderation_possible(s, &fault) &&
		moderation_room_for(s) > 0 &&
		ircnet_mode(s->net, a->name, slice_str("")) == ERR_OK) {
		p = moderation_start(q, s, folded, &ask_modes, label, &fault);
	}
	answer_labelled(s);
	istr_unref(folded);
	if (p == NULL) {
		return false;
	}
	asked = must_calloc(1, sizeof *asked);
	asked->channel = intern(a->name.p, a->name.len);
	p->more = asked;
	return true;
}
