/* SPDX-License-Identifier: MIT */
#include "mapping/advice.h"

#include "mapping/out.h"
#include "mapping/text.h"

enum {
	ANY = ADVICE_JOIN | ADVICE_NICK | ADVICE_ROOM | ADVICE_PERSON |
		ADVICE_INVITE | ADVICE_CHANNEL | ADVICE_KNOCK,
	TALK = ADVICE_ROOM | ADVICE_PERSON,
};

/* What several of them say. */
static const char busy[] =
	N_("The IRC server is too busy for this. Try again in a minute.");
static const char too_fast[] =
	N_("That was too fast for the network. Wait a little, then try again.");
static const char misread[] =
	N_("The IRC server did not understand this. Please tell the operator "
	   "of the gateway.");
static const char bad_name[] =
	N_("The network has no channel of this name and allows none. Look at "
	   "its spelling, or choose another one.");
static const char tls_only[] =
	N_("The channel takes only people whose connection is encrypted. Ask "
	   "the operator of the gateway to encrypt this one.");
static const char account_only[] =
	N_("The channel takes only people who are logged in to the network. "
	   "Write \"identify PASSWORD\" to the address of the network to log "
	   "in, or \"create-account PASSWORD\" if you have no account, then "
	   "enter again.");
static const char opers_only[] =
	N_("The channel is only for the operators of the network. Ask one of "
	   "them to let you in.");
static const char no_person[] =
	N_("Nobody on the network has this nick now. Look at its spelling, or "
	   "try again when they are back.");
static const char not_inside[] =
	N_("You are not in this channel on IRC. Enter it, then try again.");
static const char bad_nick[] =
	N_("IRC does not allow this nick. Use letters, digits and "
	   "-_[]{}\\|^` without spaces.");
static const char nick_in_use[] =
	N_("Somebody else has this nick. Choose another one.");
static const char no_nick_left[] =
	N_("Somebody else has this nick on the network. Enter with another "
	   "one, or name others that you take instead by this form: %s - then "
	   "connect again.");
static const char not_voiced[] =
	N_("The channel does not let you write now. Ask one of its operators "
	   "for voice.");
static const char log_in_to_write[] =
	N_("Only people who are logged in to the network may write there. "
	   "Write \"identify PASSWORD\" to the address of the network to log "
	   "in, or \"create-account PASSWORD\" if you have no account, then "
	   "send this again.");
static const char filtered[] =
	N_("A filter of the network does not let these words through. Say it "
	   "in others.");
static const char ops_only[] =
	N_("Only the operators of the channel may do this. Ask one of them to "
	   "do it, or to make you one.");
static const char net_opers[] =
	N_("Only the operators of the network may do this. Ask one of them.");
static const char protected[] =
	N_("This person is protected here. Ask the founder of the channel or "
	   "an operator of the network.");
static const char higher_rank[] =
	N_("Your rank in the channel is too low for this. Ask somebody of a "
	   "higher one.");
static const char no_setting[] =
	N_("This network has no such setting. Leave it as it is.");
static const char bad_value[] =
	N_("The network does not take this value. Correct it, then try again.");
static const char locked[] =
	N_("This is locked by the services of the network. Its founder can "
	   "unlock it there.");
static const char network_only[] =
	N_("The network does not let people change this. Leave it as it is, "
	   "or ask its operators.");
static const char restricted[] =
	N_("Your connection is restricted on this network. Ask its operators "
	   "why.");
static const char screened[] =
	N_("This person screens messages, and may let yours through later. "
	   "Wait until they write to you, or meet them in a channel.");
static const char no_channel_yet[] =
	N_("There is no such channel now. Simply enter it: that opens it.");

/* Sorted by numeric; the first row of a kind counts. */
static const struct row {
	int numeric;
	unsigned kinds; /* ADVICE_... */
	const char *text;
} rows[] = {
	{263, ANY, busy},
	{401, ADVICE_ROOM, not_inside},
	{401, ADVICE_KNOCK, no_channel_yet},
	{401, ADVICE_CHANNEL,
		N_("This person is not there any more. Look at who is in the "
		   "channel.")},
	{401, ADVICE_PERSON | ADVICE_INVITE, no_person},
	{402, ADVICE_PERSON | ADVICE_ROOM,
		N_("The network has no such server or service. Look at the "
		   "spelling of the address.")},
	{403, ADVICE_JOIN, bad_name},
	{403, ADVICE_KNOCK, no_channel_yet},
	{403, ADVICE_PERSON, no_person},
	{403, ADVICE_ROOM | ADVICE_INVITE | ADVICE_CHANNEL, not_inside},
	{404, ADVICE_ROOM, not_voiced},
	{404, ADVICE_PERSON,
		N_("This person does not get your message. Meet them in a "
		   "channel.")},
	{405, ADVICE_JOIN,
		N_("You are in as many channels as the network allows. Leave "
		   "one, then enter again.")},
	{407, TALK | ADVICE_INVITE,
		N_("That was for too many at once. Write to one after the "
		   "other.")},
	{408, TALK,
		N_("The network has no such service, or takes no colours "
		   "there. Look at the address, and write it plainly.")},
	{411, TALK, misread},
	{412, TALK, N_("There was nothing to send. Write some text.")},
	{413, TALK,
		N_("Nobody is allowed to write to so many at once. Write to "
		   "one person or channel.")},
	{414, TALK,
		N_("Nobody is allowed to write to so many at once. Write to "
		   "one person or channel.")},
	{415, TALK, log_in_to_write},
	{415, ADVICE_CHANNEL,
		N_("That is no mask for this network. Write it like "
		   "nick!user@host, with * for what may be anything.")},
	{416, TALK,
		N_("Nobody is allowed to write to so many at once. Write to "
		   "one person or channel.")},
	{417, TALK,
		N_("The message is too long for the network. Send it in "
		   "shorter pieces.")},
	{421, ADVICE_KNOCK,
		N_("People cannot knock on this network. Ask somebody in the "
		   "channel to invite you.")},
	{431, ADVICE_NICK, bad_nick},
	{432, ADVICE_NICK, bad_nick},
	{432, ADVICE_CONNECT,
		N_("The network does not allow this nick. Enter with another "
		   "one of letters, digits and -_[]{}\\|^`, or change yours by "
		   "this form: %s - then connect again.")},
	{433, ADVICE_NICK, nick_in_use},
	{433, ADVICE_CONNECT, no_nick_left},
	{435, ADVICE_NICK,
		N_("You are banned from a channel that you are in, and keep "
		   "your nick there. Leave it, then change your nick.")},
	{436, ADVICE_NICK, nick_in_use},
	{436, ADVICE_CONNECT, no_nick_left},
	{437, ADVICE_JOIN,
		N_("The network keeps this channel closed for a while. Try "
		   "again in some minutes.")},
	{437, ADVICE_NICK,
		N_("The network keeps this nick for somebody for a while, or "
		   "you are banned in a channel. Choose another one, or try "
		   "again in some minutes.")},
	{437, ADVICE_CONNECT,
		N_("The network keeps this nick for somebody for a while. "
		   "Enter with another one, or try again in some minutes.")},
	{438, ADVICE_NICK,
		N_("You have changed your nick too often. Wait a little, then "
		   "try again.")},
	{439, ANY, too_fast},
	{440, TALK,
		N_("The services of the network are away. Try again in some "
		   "minutes.")},
	{441, ADVICE_CHANNEL,
		N_("This person is not there any more. Look at who is in the "
		   "channel.")},
	{442, ADVICE_ROOM | ADVICE_INVITE | ADVICE_CHANNEL, not_inside},
	{442, ADVICE_PERSON, not_inside},
	{443, ADVICE_KNOCK,
		N_("You are in this channel already. There is nothing left to "
		   "do.")},
	{443, ADVICE_INVITE,
		N_("This person is in the channel already. There is nothing "
		   "left to do.")},
	{447, ADVICE_NICK,
		N_("A channel that you are in does not let nicks change. "
		   "Leave it, then change your nick.")},
	{448, ADVICE_JOIN, bad_name},
	{461, ANY, misread},
	{463, ADVICE_CONNECT,
		N_("The network takes no connections from this gateway. Tell "
		   "the operator of the gateway, who can ask the network.")},
	{464, ADVICE_CONNECT,
		N_("The IRC server wants a password, and was not given the "
		   "right one. Write it as the password of the server into "
		   "this form: %s - then connect again.")},
	{465, ADVICE_JOIN | ADVICE_CONNECT,
		N_("You are banned from this network. Ask its operators to "
		   "lift the ban.")},
	{466, ADVICE_CONNECT,
		N_("The network is about to ban you. Stay away from it for a "
		   "while, and ask its operators why.")},
	{467, ADVICE_CHANNEL,
		N_("The channel has a key already. Take that one away first, "
		   "then set yours.")},
	{468, ADVICE_CHANNEL, network_only},
	{470, ADVICE_JOIN,
		N_("The channel sends its visitors to another one. Enter that "
		   "one.")},
	{471, ADVICE_JOIN,
		N_("The channel is full. Try again when somebody has left.")},
	{472, ADVICE_CHANNEL, no_setting},
	{473, ADVICE_JOIN,
		N_("The channel takes only people who are invited. Ask "
		   "somebody in it for an invitation, or write \"knock\" and "
		   "the channel to the address of the network.")},
	{473, ADVICE_INVITE, ops_only},
	{474, ADVICE_JOIN | ADVICE_KNOCK,
		N_("You are banned from this channel. Ask one of its "
		   "operators to lift the ban.")},
	{475, ADVICE_JOIN,
		N_("The channel has a key. Enter again with the right key as "
		   "the password of the room.")},
	{476, ADVICE_JOIN, bad_name},
	{477, ADVICE_JOIN, account_only},
	{477, TALK, log_in_to_write},
	{477, ADVICE_CHANNEL,
		N_("This channel has no settings that could be changed. Use "
		   "another channel for that.")},
	{478, ADVICE_CHANNEL,
		N_("The list is full. Take something out of it, then try "
		   "again.")},
	{479, ADVICE_JOIN, bad_name},
	{480, ADVICE_JOIN,
		N_("Too many people have entered the channel at once. Try "
		   "again in a minute.")},
	{480, ADVICE_KNOCK,
		N_("Nobody can knock at this channel now. Ask somebody in it "
		   "to invite you.")},
	{480, TALK, not_voiced},
	{481, ADVICE_CHANNEL, net_opers},
	{482, ADVICE_INVITE | ADVICE_CHANNEL, ops_only},
	{483, ADVICE_CHANNEL, network_only},
	{484, ADVICE_JOIN | ADVICE_NICK, restricted},
	{484, ADVICE_CHANNEL, protected},
	{485, ADVICE_CHANNEL, protected},
	{486, TALK, log_in_to_write},
	{487, TALK,
		N_("This person does not get your message. Meet them in a "
		   "channel.")},
	{488, ADVICE_CHANNEL, network_only},
	{489, ADVICE_JOIN, tls_only},
	{489, TALK,
		N_("Only people whose connection is encrypted may write "
		   "there. Ask the operator of the gateway to encrypt this "
		   "one.")},
	{489, ADVICE_CHANNEL, network_only},
	{490, ADVICE_JOIN, tls_only},
	{490, ADVICE_CHANNEL,
		N_("Not everybody in the channel has an encrypted connection. "
		   "Try again when they have left.")},
	{491, ADVICE_CHANNEL, net_opers},
	{492, TALK,
		N_("Such requests are not taken there. Write it as an "
		   "ordinary message.")},
	{492, ADVICE_CHANNEL, protected},
	{493, TALK,
		N_("This person takes messages only from people in one of "
		   "their channels. Enter one that they are in, then send this "
		   "again.")},
	{494, TALK,
		N_("You screen messages yourself, so this person could not "
		   "answer. Write \"ACCEPT\" and their nick to the address of "
		   "the network, then send this again.")},
	{495, ADVICE_JOIN,
		N_("You were removed from the channel only just now. Wait a "
		   "little, then enter again.")},
	{499, ADVICE_CHANNEL,
		N_("Only the owners of the channel may do this. Ask one of "
		   "them: who they are the room's list of people shows.")},
	{501, ADVICE_CHANNEL, no_setting},
	{518, ADVICE_INVITE,
		N_("Nobody is invited to this channel. Tell them its name, "
		   "and they can enter it.")},
	{520, ADVICE_JOIN, opers_only},
	{525, ADVICE_CHANNEL, bad_value},
	{531, TALK,
		N_("This person does not get your message. Meet them in a "
		   "channel.")},
	{696, ADVICE_CHANNEL, bad_value},
	{712, ADVICE_KNOCK,
		N_("Somebody has knocked there only just now. Wait some "
		   "minutes, then knock again.")},
	{713, ADVICE_KNOCK,
		N_("The channel is open to all. Simply enter it.")},
	{714, ADVICE_KNOCK,
		N_("You are in this channel already. There is nothing left to "
		   "do.")},
	{715, ADVICE_KNOCK,
		N_("Nobody can knock at this channel now. Ask somebody in it "
		   "to invite you.")},
	{716, TALK | ADVICE_INVITE, screened},
	{742, ADVICE_CHANNEL, locked},
	{743, ADVICE_CHANNEL, bad_value},
	{744, ADVICE_CHANNEL, locked},
	{748, ADVICE_CHANNEL, network_only},
	{926, ADVICE_JOIN,
		N_("The network forbids this channel. Choose another one, or "
		   "ask its operators.")},
	{936, TALK, filtered},
	{937, TALK, filtered},
	{972, ADVICE_CHANNEL, higher_rank},
	{974, ADVICE_CHANNEL, higher_rank},
};

const char *advice(enum advice_for what, int numeric)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].numeric == numeric && (rows[i].kinds & what) != 0) {
			return rows[i].text;
		}
	}
	return NULL;
}

static const char log_in[] =
	N_("This is only for people who are logged in to the network. "
	   "Write \"identify PASSWORD\" to the address of the network "
	   "to log in, or \"create-account PASSWORD\" if you have no "
	   "account, then try again.");

static const char not_allowed[] =
	N_("You may not do this there. Ask an operator of the channel "
	   "or of the network.");

static const char too_many[] =
	N_("That is more than the network allows. Take something "
	   "away, then try again.");

static const char again[] =
	N_("The network cannot do this now. Try again in some "
	   "minutes.");

/* A pattern may begin or end with `*`, as in errmap.c; the first that fits. */
static const struct {
	const char *code;
	const char *text;
} codes[] = {
	{"ACCOUNT_REQUIRED*", log_in},
	{"INVALID_TARGET",
		N_("The network knows nobody, and no channel, of this "
		   "name. Look at its spelling.")},
	{"UNKNOWN_MSGID",
		N_("The network does not know this message any more. "
		   "Say what you want changed in a new one.")},
	{"*_WINDOW_EXPIRED",
		N_("The message is too old for this. Ask an operator "
		   "of the channel.")},
	{"INVALID_REALNAME",
		N_("The network does not take this real name. Choose "
		   "a shorter or plainer one in your registration.")},
	{"CANNOT_CHANGE_REALNAME",
		N_("The network does not let you change your real name "
		   "now. The one of your registration counts from your "
		   "next connection.")},
	{"*_FORBIDDEN", not_allowed},
	{"CANNOT_*", not_allowed},
	{"KEY_NO_PERMISSION", not_allowed},
	{"RATE_LIMITED", too_fast},
	{"LIMIT_REACHED", too_many},
	{"TOO_MANY*", too_many},
	{"NEED_MORE_PARAMS", misread},
	{"INVALID_PARAMS", misread},
	{"INVALID_UTF8",
		N_("The network takes only UTF-8. Choose it as the "
		   "character set in your registration.")},
	{"*_TOO_LONG",
		N_("This is too long for the network. Send it in "
		   "shorter pieces.")},
	{"MULTILINE_*",
		N_("The message has too many lines for the network. "
		   "Send it in shorter pieces.")},
	{"VALUE_INVALID", bad_value},
	{"KEY_INVALID",
		N_("The network keeps nothing of this kind. Leave it "
		   "out.")},
	{"KEY_NOT_SET",
		N_("It is not set there. There is nothing left to "
		   "do.")},
	{"SUBCOMMAND_INVALID", misread},
	{"CHANNEL_NAME_IN_USE",
		N_("There is a channel of this name already. Choose "
		   "another one.")},
	{"CHANNEL_RENAMED",
		N_("The channel has another name now. Enter that "
		   "one.")},
	{"INTERNAL_ERROR", again},
	{"TEMPORARILY_UNAVAILABLE", again},
};

const char *advice_fail(struct slice code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if (irc_mask_match(slice_str(codes[i].code), code)) {
			return codes[i].text;
		}
	}
	return NULL;
}

static void combine(struct mapping *m, struct fault *fault, const char *what,
	struct slice words)
{
	static const char unknown[] =
		N_("The network does not do this. Ask its operators if its "
		   "words do not tell why.");
	const char *said = out_clean(m, words).p;

	if (what == NULL && fault->error == E_UNDEFINED_CONDITION) {
		what = unknown;
	}
	fault->text = what != NULL && said != NULL ?
		text_said(m, what, said) :
		what != NULL ? what : said;
}

/*
 * What the error says it was: ngIRCd has 471 for several modes (D.2), and 404
 * is also for who is not in the channel (C.1).
 */
static int meant(const struct fault *fault, int numeric)
{
	if (numeric == 471 && fault->error == E_REGISTRATION_REQUIRED) {
		return 477;
	}
	if (numeric == 404 && fault->error == E_NOT_ACCEPTABLE) {
		return 442;
	}
	return numeric;
}

void advise(struct mapping *m, struct fault *fault, enum advice_for what,
	int numeric, struct slice words)
{
	static const char not_for_you[] =
		N_("The channel is only for encrypted connections or for "
		   "operators of the network. Ask an operator of the gateway "
		   "or of the network.");
	const char *text = advice(what, meant(fault, numeric));

	if (numeric == 471 && fault->error == E_NOT_ALLOWED) {
		text = not_for_you; /* ngIRCd: +z, +O */
	}
	combine(m, fault, text, words);
}

void advise_fail(struct mapping *m, struct fault *fault, struct slice code,
	struct slice words)
{
	combine(m, fault, advice_fail(code), words);
}
