/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_COMMAND_H
#define MAPPING_COMMAND_COMMAND_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/iq.h"

/*
 * Commands (PROTOCOL C.1, C.23): each is one row, whether it is asked for by a
 * message ("connect") or by an iq (XEP-0050). The rows are in command_gw.c,
 * command_srv.c, command_room.c and command_admin.c; command.c finds them and
 * reads messages,
 * adhoc.c speaks XEP-0050, run.h is one command being run.
 */
enum {
	COMMAND_AT_GW = 1 << ADDR_GW,
	COMMAND_AT_SRV = 1 << ADDR_SRV,
	COMMAND_AT_CHAN = 1 << ADDR_CHAN,
	COMMAND_AT_OCC = 1 << ADDR_OCC,
	COMMAND_AT_NICK = 1 << ADDR_NICK,
	COMMAND_FIELDS = 6,
};

/* FOR_ALL: whoever may use the gateway; FOR_STRANGERS: who must register, too. */
enum command_who {
	COMMAND_FOR_ALL,
	COMMAND_FOR_STRANGERS,
	COMMAND_FOR_REGISTERED,
	COMMAND_FOR_ADMINS,
};

/*
 * By text the words of the message are the fields in their order; the last one
 * has all that is left.
 */
struct command_field {
	const char *var;   /* NULL ends */
	const char *type;  /* of XEP-0004 */
	const char *label; /* N_() */
	bool required;
};

struct run;

struct command {
	const char *name;  /* the node, and the word */
	const char *title; /* N_(): what it does */
	const char *words; /* N_(): what follows the name; NULL: nothing */
	const char *more;  /* N_(): what `help NAME` says besides; may be NULL */
	const char *typed; /* only_form: the row that is meant by the word */
	const char *unregistered; /* N_(): why not, of who is not; NULL: usual */
	unsigned where;    /* COMMAND_AT_... */
	enum command_who who;
	bool only_text;    /* no node of this name */
	bool only_form;    /* no word of this name */
	unsigned stages;   /* forms, one after another; 0: none is shown */
	struct command_field fields[COMMAND_FIELDS + 1]; /* of the first form */
	/*
	 * Writes the fields of a form; NULL: those above, empty. What it shows
	 * otherwise (title, instructions) comes from the row.
	 */
	void (*write)(struct run *r, struct xw *w);
	/* Writes the whole last form, NULL: it is made as the others are. */
	void (*form)(struct run *r, struct xw *w);
	/* Said instead of a form when there is nothing to choose; NULL: there is. */
	const char *(*nothing)(struct run *r);
	void (*run)(struct run *r);
};

/* Ended by a row without a name. */
extern const struct command gw_commands[];
extern const struct command srv_commands[];
extern const struct command room_commands[];
extern const struct command admin_commands[];

/*
 * The commands at this kind of address that this user may run, one a call;
 * *pos = 0 starts, NULL ends.
 */
const struct command *command_next(const struct mapping *m,
	const struct jid *from, enum addr_kind kind, size_t *pos);
/* In any case of letters; whoever may run it. NULL: there is none. */
const struct command *command_find(enum addr_kind kind, struct slice name);
/* May this user? false: *fault. */
bool command_allowed(const struct mapping *m, const struct jid *from,
	const struct command *c, struct fault *fault);

/* A message to GW or SRV. */
void command_message(struct request *q, const struct addr *a);
/* The row "help". */
void command_help(struct run *r);
/* command_srv.c: the run's connection, up; NULL: the run failed. */
struct session *command_connected(struct run *r);
/* A line was sent, and its answer is read; or it could not be. */
void command_sent(struct run *r, struct session *s, enum err err);
/* command_settings.c: the form of C.16, for all networks or the run's. */
void command_settings_form(struct run *r, struct xw *w);
void command_settings(struct run *r);
/* command_srv.c: the client enters, with the key of the run's form. */
void command_join(struct run *r, struct slice channel);
void command_register(struct run *r);     /* by text: nick and name */
void command_unregister(struct run *r);
void command_edit_network(struct run *r);
void command_forget_network(struct run *r);
/* command_channel.c: the user's own settings of one channel. */
const char *command_channel_nothing(struct run *r);
void command_channel_which(struct run *r, struct xw *w);
void command_channel_form(struct run *r, struct xw *w);
void command_channel(struct run *r);
/*
 * command_person.c: somebody on IRC. Whom it is about; absent: nobody is named, or
 * the run has failed. Lent for the call.
 */
struct slice command_whom(struct run *r, struct session *s);
void command_whois(struct run *r);
void command_ctcp_fields(struct run *r, struct xw *w);
void command_ctcp(struct run *r);
/* command_profile.c */
void command_profile_fields(struct run *r, struct xw *w);
void command_profile(struct run *r);
void command_describe(struct run *r);
/* command_certificate.c */
void command_certificate_fields(struct run *r, struct xw *w);
void command_certificate(struct run *r);

/* adhoc.c: iq of http://jabber.org/protocol/commands, and its discovery. */
void iq_command(struct request *q, const struct addr *a);
/* disco#info of a node that is a command, or the list of them; false: neither. */
bool command_disco_info(struct request *q, const struct addr *a,
	const char *node);
/* disco#items of the node that is the list; false: another node. */
bool command_disco_items(struct request *q, const struct addr *a,
	const char *node);
/* The client's move: the form of the run's stage, with a note. */
void adhoc_ask(struct run *r, const char *note);
/* The error of a command names its node and session (XEP-0050 3.4). */
void adhoc_fail(struct run *r, enum stanza_error e, const char *english);
/* The end of a run: a note, and lines under a title (absent: none). */
void adhoc_done(struct run *r, const char *note, const char *title,
	struct slice lines);

/* Does somebody wait for this session (D.0)? */
bool commands_hold(const struct session *s);
/* Those who do: it is up, or not to be had. */
void commands_up(struct session *s);
void commands_ended(struct session *s, const struct fault *fault);
/* It goes without a word. */
void commands_forget(struct session *s);

#endif
