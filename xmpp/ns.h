/* SPDX-License-Identifier: MIT */
#ifndef XMPP_NS_H
#define XMPP_NS_H

/*
 * Every XML namespace the gateway knows, in one table. A parsed element carries
 * the enum, so dispatch and tests compare numbers; NS_OTHER is a namespace that
 * is not in the table (its text is kept), NS_NONE is none at all.
 * NS_STANZA stands for the three namespaces in which stanzas arrive
 * (jabber:component:accept, jabber:client, jabber:server; PROTOCOL A.1): in a
 * parsed tree they are one.
 */
#define NS_LIST(X)                                                        \
	X(STANZA, "jabber:component:accept")                              \
	X(STREAM, "http://etherx.jabber.org/streams")                     \
	X(STREAM_ERRORS, "urn:ietf:params:xml:ns:xmpp-streams")           \
	X(STANZA_ERRORS, "urn:ietf:params:xml:ns:xmpp-stanzas")           \
	X(XML, "http://www.w3.org/XML/1998/namespace")                    \
	X(CHATSTATES, "http://jabber.org/protocol/chatstates")            \
	X(ADDRESS, "http://jabber.org/protocol/address")                  \
	X(ATTENTION, "urn:xmpp:attention:0")                              \
	X(CAPS, "http://jabber.org/protocol/caps")                        \
	X(COMMANDS, "http://jabber.org/protocol/commands")                \
	X(CONFERENCE_DIRECT, "jabber:x:conference")                       \
	X(CORRECT, "urn:xmpp:message-correct:0")                          \
	X(DELAY, "urn:xmpp:delay")                                        \
	X(DISCO_INFO, "http://jabber.org/protocol/disco#info")            \
	X(DISCO_ITEMS, "http://jabber.org/protocol/disco#items")          \
	X(EME, "urn:xmpp:eme:0")                                          \
	X(FALLBACK, "urn:xmpp:fallback:0")                                \
	X(FORWARD, "urn:xmpp:forward:0")                                  \
	X(HATS, "urn:xmpp:hats:0")                                        \
	X(HINTS, "urn:xmpp:hints")                                        \
	X(IQ_AGENT, "jabber:iq:agent")                                    \
	X(IQ_AGENTS, "jabber:iq:agents")                                  \
	X(IQ_AUTH, "jabber:iq:auth")                                      \
	X(IQ_AUTOUPDATE, "jabber:iq:autoupdate")                          \
	X(IQ_BROWSE, "jabber:iq:browse")                                  \
	X(IQ_CONFERENCE, "jabber:iq:conference")                          \
	X(IQ_GATEWAY, "jabber:iq:gateway")                                \
	X(IQ_LAST, "jabber:iq:last")                                      \
	X(IQ_OOB, "jabber:iq:oob")                                        \
	X(IQ_PRIVATE, "jabber:iq:private")                                \
	X(IQ_REGISTER, "jabber:iq:register")                              \
	X(IQ_ROSTER, "jabber:iq:roster")                                  \
	X(IQ_SEARCH, "jabber:iq:search")                                  \
	X(IQ_TIME, "jabber:iq:time")                                      \
	X(IQ_VERSION, "jabber:iq:version")                                \
	X(JID_ESCAPING, "jid\\20escaping")                                \
	X(MAM, "urn:xmpp:mam:2")                                          \
	X(MARKUP, "urn:xmpp:markup:0")                                    \
	X(MARKERS, "urn:xmpp:chat-markers:0")                             \
	X(MDS, "urn:xmpp:mds:displayed:0")                                \
	X(MODERATE, "urn:xmpp:message-moderate:1")                        \
	X(MUC, "http://jabber.org/protocol/muc")                          \
	X(MUC_ADMIN, "http://jabber.org/protocol/muc#admin")              \
	X(MUC_OWNER, "http://jabber.org/protocol/muc#owner")              \
	X(MUC_SELF_PING, "http://jabber.org/protocol/muc#self-ping-optimization") \
	X(MUC_STABLE_ID, "http://jabber.org/protocol/muc#stable_id")      \
	X(MUC_TRAFFIC, "http://jabber.org/protocol/muc#traffic")          \
	X(MUC_USER, "http://jabber.org/protocol/muc#user")                \
	X(NICK, "http://jabber.org/protocol/nick")                        \
	X(OCCUPANT_ID, "urn:xmpp:occupant-id:0")                          \
	X(OMEMO, "eu.siacs.conversations.axolotl")                        \
	X(OMEMO2, "urn:xmpp:omemo:2")                                     \
	X(OPENPGP, "urn:xmpp:openpgp:0")                                  \
	X(PING, "urn:xmpp:ping")                                          \
	X(PRIVILEGE1, "urn:xmpp:privilege:1")                             \
	X(PRIVILEGE2, "urn:xmpp:privilege:2")                             \
	X(PUBSUB, "http://jabber.org/protocol/pubsub")                    \
	X(REACTIONS, "urn:xmpp:reactions:0")                              \
	X(RECEIPTS, "urn:xmpp:receipts")                                  \
	X(REPLY, "urn:xmpp:reply:0")                                      \
	X(RETRACT, "urn:xmpp:message-retract:1")                          \
	X(ROSTERX, "http://jabber.org/protocol/rosterx")                  \
	X(RSM, "http://jabber.org/protocol/rsm")                          \
	X(SID, "urn:xmpp:sid:0")                                          \
	X(STYLING, "urn:xmpp:styling:0")                                  \
	X(TIME, "urn:xmpp:time")                                          \
	X(VCARD, "vcard-temp")                                            \
	X(X_AUTOUPDATE, "jabber:x:autoupdate")                            \
	X(X_DATA, "jabber:x:data")                                        \
	X(X_DELAY, "jabber:x:delay")                                      \
	X(X_ENCRYPTED, "jabber:x:encrypted")                              \
	X(X_ENVELOPE, "jabber:x:envelope")                                \
	X(X_EVENT, "jabber:x:event")                                      \
	X(X_EXPIRE, "jabber:x:expire")                                    \
	X(X_OOB, "jabber:x:oob")                                          \
	X(X_ROSTER, "jabber:x:roster")                                    \
	X(X_SIGNED, "jabber:x:signed")                                    \
	X(XHTML, "http://www.w3.org/1999/xhtml")                          \
	X(XHTML_IM, "http://jabber.org/protocol/xhtml-im")

enum ns {
	NS_NONE,
	NS_OTHER,
#define NS_ENUM(name, uri) NS_##name,
	NS_LIST(NS_ENUM)
#undef NS_ENUM
	NS_COUNT
};

/* The enum of a URI: NS_NONE for NULL or "", NS_OTHER when unknown. */
enum ns ns_find(const char *uri);
/* The URI, static; "" for NS_NONE and NS_OTHER. */
const char *ns_uri(enum ns ns);

#endif
