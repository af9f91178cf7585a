/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FUZZ_CORE_GRAMMAR_H
#define TESTS_FUZZ_FUZZ_CORE_GRAMMAR_H

/*
 * What fuzz_core says on either side. In lines from IRC: % a name, $ raw text of
 * the input, ~ our nick, # the channel of our last JOIN (but not in "#&", "##").
 * In stanzas, right after a quotation mark: F a sender, R a room or another
 * address of ours, N /nick after R, I an id; $ text.
 * New rows go to the end of a table: saved inputs are choices by number.
 */

#define A_HUNDRED \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const names[] = {
	"bob", "juliet", "romeo", "alice", "#c", "#d", "#C", "&local", "@#c",
	"irc.test.net", "Bob|away", "x[y]", "x{y}", "\xc3\xa9t\xc3\xa9",
	"\xff\xfe", "a\xc2\xa0z", "+v", "*", "0", "",
	/* longer than any name may be */
	A_HUNDRED A_HUNDRED A_HUNDRED A_HUNDRED A_HUNDRED A_HUNDRED,
};

static const char *const lines[] = {
	":irc.test.net 001 ~ :Welcome ~!u@host.example",
	":irc.test.net 005 ~ CASEMAPPING=ascii CHANTYPES=#& "
		"PREFIX=(ov)@+ NICKLEN=30 :are supported",
	":irc.test.net 005 ~ CASEMAPPING=rfc1459 STATUSMSG=@+ NAMESX :are "
		"supported",
	":irc.test.net 376 ~ :End",
	":irc.test.net CAP * LS :multi-prefix away-notify extended-join "
		"chghost server-time batch message-tags",
	":irc.test.net CAP * ACK :multi-prefix away-notify extended-join "
		"chghost server-time batch message-tags",
	":irc.test.net CAP * NAK :batch",
	":irc.test.net 375 ~ :- motd", ":irc.test.net 372 ~ :- $",
	":~!u@host JOIN #",
	":irc.test.net 353 ~ = # :~ @bob +alice romeo!r@h %",
	":irc.test.net 366 ~ # :End",
	":irc.test.net 332 ~ # :$", ":irc.test.net 333 ~ # bob!b@h 1700000000",
	":~!u@host JOIN %", ":%!b@h JOIN #", ":%!b@h JOIN # account :real",
	":%!b@h PART # :$", ":~!u@host PART #", ":~!u@host PART % :$",
	":%!b@h QUIT :$", ":%!b@h QUIT :a.example b.example",
	":%!b@h KICK # % :$", ":bob!b@h KICK # ~ :$",
	":%!b@h NICK %", ":~!u@h NICK %", ":~!u@h NICK :$",
	":%!b@h PRIVMSG # :$", ":%!b@h PRIVMSG ~ :$", ":%!b@h NOTICE ~ :$",
	":%!b@h NOTICE # :$", ":%!b@h PRIVMSG @# :$",
	":$!b@h PRIVMSG ~ :hello", ":$ NOTICE % :$",
	":%!b@h PRIVMSG ~ :\001ACTION $\001",
	":%!b@h PRIVMSG ~ :\001PING $\001", ":%!b@h PRIVMSG ~ :\001VERSION\001",
	":%!b@h NOTICE ~ :\001VERSION $\001", ":%!b@h NOTICE ~ :\001PING 1\001",
	":%!b@h MODE # +o %", ":bob!b@h MODE # -v+o alice romeo",
	":%!b@h MODE # +m", ":bob!b@h MODE # -m", ":bob MODE # +k $",
	":irc.test.net 324 ~ # +ntk $", ":%!b@h TOPIC # :$",
	":%!b@h AWAY :$", ":%!b@h AWAY", ":%!b@h CHGHOST u $",
	":%!b@h INVITE ~ %", ":%!b@h INVITE ~ :#$",
	"@time=2020-01-01T00:00:00.000Z;msgid=$ :bob!b@h PRIVMSG # :old",
	":irc.test.net BATCH +1 chathistory #",
	"@batch=1 :bob!b@h PRIVMSG # :$",
	":irc.test.net BATCH +2 netsplit a.b c.d",
	"@batch=2 :%!b@h QUIT :a.b c.d",
	":irc.test.net BATCH -1", "PING :$", "ERROR :$",
	":irc.test.net 401 ~ % :No such nick", ":irc.test.net 403 ~ % :$",
	":irc.test.net 404 ~ # :$", ":irc.test.net 432 ~ ~ :$",
	":irc.test.net 433 ~ ~ :in use", ":irc.test.net 433 * % :in use",
	":irc.test.net 437 ~ # :$", ":irc.test.net 442 ~ # :$",
	":irc.test.net 464 * :$", ":irc.test.net 465 * :$",
	":irc.test.net 470 ~ # ##f :forwarded", ":irc.test.net 471 ~ # :$",
	":irc.test.net 473 ~ # :$", ":irc.test.net 475 ~ # :$",
	":irc.test.net 474 ~ % :$", ":irc.test.net 482 ~ # :$",
	":irc.test.net FAIL JOIN CODE # :$", ":irc.test.net WALLOPS :$",
	":irc.test.net 306 ~ :away", ":irc.test.net 305 ~ :back",
	":irc.test.net 005 ~ MONITOR=2 WATCH=2 WATCHOPTS=A :are",
	":irc.test.net 005 ~ -MONITOR WATCH=1 :are",
	":irc.test.net 730 ~ :bob!b@h,%,alice", ":irc.test.net 731 ~ :%,bob",
	":irc.test.net 734 ~ 1 bob,% :full", ":irc.test.net 512 ~ % :full",
	":irc.test.net 303 ~ :~ % bob", ":irc.test.net 303 ~ :~",
	":irc.test.net 302 ~ :~=+u@h bob=-u@h %=+$@h",
	":irc.test.net 600 ~ % u h 1 :$", ":irc.test.net 601 ~ % u h 1 :$",
	":irc.test.net 604 ~ bob u h 1 :$", ":irc.test.net 605 ~ bob * * 0 :$",
	":irc.test.net 598 ~ % u h 1 :$", ":irc.test.net 599 ~ % u h 1 :$",
	":irc.test.net 609 ~ bob u h 1 :is away", ":irc.test.net 401 ~ % :$",
	":irc.test.net 421 ~ MONITOR :$", ":irc.test.net 421 ~ WATCH :$",
	":irc.test.net 301 ~ % :$", ":irc.test.net 352 ~ # u h s % G :0 $",
	"$", ":$ % # $",
	/* several in one piece */
	":~!u@h JOIN #\r\n:irc.test.net 353 ~ = # :~ bob @alice "
		"%\r\n:irc.test.net 366 ~ # :End",
	":irc.test.net 001 ~ :Welcome ~!u@h\r\n:irc.test.net 376 ~ :End",
	/* logging in */
	":irc.test.net CAP * LS :sasl=PLAIN,EXTERNAL", ":irc.test.net CAP * LS :sasl",
	":irc.test.net CAP * ACK :sasl", ":irc.test.net CAP * NAK :sasl",
	":irc.test.net CAP ~ NEW :sasl=$", ":irc.test.net CAP ~ DEL :sasl",
	"AUTHENTICATE +", "AUTHENTICATE :+", "AUTHENTICATE $",
	"AUTHENTICATE *",
	":irc.test.net 900 ~ ~!u@h $ :You are now logged in",
	":irc.test.net 901 ~ ~!u@h :You are now logged out",
	":irc.test.net 902 ~ :$", ":irc.test.net 903 ~ :$",
	":irc.test.net 904 ~ :$", ":irc.test.net 905 ~ :$",
	":irc.test.net 906 ~ :$", ":irc.test.net 907 ~ :$",
	":irc.test.net 908 ~ $ :are available",
	":~!u@h ACCOUNT :$", ":~!u@h ACCOUNT *", ":%!u@h MODE ~ :+ir-$",
	":irc.test.net 311 ~ NickServ s services.test * :$",
	":irc.test.net 312 ~ NickServ services.test :$",
	":irc.test.net 312 ~ NickServ $ :$",
	":irc.test.net 313 ~ NickServ :is a Network Service",
	":irc.test.net 318 ~ NickServ :End",
	":irc.test.net 401 ~ NickServ :No such nick",
	":irc.test.net 401 ~ NickServ@services.test :No such nick",
	":NickServ!s@services.test NOTICE ~ :You are now identified for ~",
	":NickServ!s@services.test NOTICE ~ :Invalid password for ~",
	":NickServ!s@services.test NOTICE ~ :$",
	":~!u@h PRIVMSG NickServ :IDENTIFY $",
	":irc.test.net 311 ~ NickServ s services.test * :x\r\n:irc.test.net "
		"312 ~ NickServ services.test :x\r\n:irc.test.net 318 ~ "
		"NickServ :End",
	/* answers to WHOIS, WHOWAS, WHO, LIST, VERSION, TIME */
	":irc.test.net 311 ~ % u h * :$\r\n:irc.test.net 301 ~ % :$\r\n"
		":irc.test.net 317 ~ % 12 1767225000 :idle\r\n"
		":irc.test.net 318 ~ % :End",
	":irc.test.net 311 ~ bob u h * :$\r\n:irc.test.net 318 ~ bob :End",
	":irc.test.net 311 ~ % $", ":irc.test.net 312 ~ % s :$",
	":irc.test.net 312 ~ bob s :Wed Dec 31 23:59:30 2025",
	":irc.test.net 317 ~ bob $ :idle", ":irc.test.net 318 ~ % :End",
	":irc.test.net 319 ~ bob :@#c +#d $", ":irc.test.net 330 ~ bob $ :as",
	":irc.test.net 671 ~ bob :$", ":irc.test.net 276 ~ bob $ :$",
	":irc.test.net 314 ~ bob u h * :$", ":irc.test.net 369 ~ % :End",
	":irc.test.net 401 ~ bob :No\r\n:irc.test.net 314 ~ bob u h * :$\r\n"
		":irc.test.net 312 ~ bob s :$\r\n:irc.test.net 369 ~ bob :End",
	":irc.test.net 402 ~ bob :$", ":irc.test.net 406 ~ % :$",
	":irc.test.net 263 ~ WHOIS :$", ":irc.test.net 263 ~ WHO :$",
	":irc.test.net 263 ~ LIST :$", ":irc.test.net 416 ~ WHO :$",
	":irc.test.net 421 ~ VERSION :$", ":irc.test.net 421 ~ LIST :$",
	":irc.test.net 352 ~ # u h s % H@ :0 $\r\n"
		":irc.test.net 315 ~ *b* :End",
	":irc.test.net 354 ~ 101 u h s % H acc :$\r\n"
		":irc.test.net 315 ~ *b* :End",
	":irc.test.net 354 ~ 101 $", ":irc.test.net 315 ~ # :End",
	":irc.test.net 315 ~ *$* :End",
	":irc.test.net 322 ~ # 3 :[+nt] $\r\n:irc.test.net 322 ~ % $ :$\r\n"
		":irc.test.net 323 ~ :End",
	":irc.test.net 322 ~ % 5 :$", ":irc.test.net 323 ~ :End",
	":irc.test.net 351 ~ $ s :$", ":irc.test.net 391 ~ s :$",
	":irc.test.net 391 ~ s :Thursday January 1 2026 -- 02:00:05 +02:00",
	":irc.test.net 005 ~ WHOX ELIST=CMNTU draft/ICON=$ :are supported",
	":irc.test.net 004 ~ s v", ":irc.test.net 328 ~ # :$",
	":%!b@h PRIVMSG ~ :\001TIME\001", ":bob!b@h PRIVMSG ~ :\001VERSION\001",
	":%!b@h PRIVMSG ~ :\001$\001", ":bob!b@h NOTICE ~ :\001TIME $\001",
	":%!b@h NOTICE ~ :\001TIME Thu Jan  1 01:00:02 2026\001",
	":bob!b@h NOTICE ~ :\001VERSION $\001",
	"@+typing=active :% TAGMSG ~",
	"@+typing=done :%!u@h TAGMSG ~",
	":irc.test.net FAIL PRIVMSG RATE_LIMITED % :$",
	":irc.test.net FAIL PRIVMSG TEXT_TOO_LONG :$",
	":irc.test.net 443 ~ % # :is already on channel",
	":irc.test.net 341 ~ % #",
	":irc.test.net 417 ~ :Input line was too long",
	":%!u@h NOTICE ~ :$",
	":%!u@h PRIVMSG # :http://example.net/$.png",
	":%!u@h PRIVMSG # :http://example.net/a.png",
	/* marks, metadata, labels, standard replies, accounts before 001 */
	":irc.test.net CAP * LS :message-tags server-time batch echo-message "
		"labeled-response draft/read-marker draft/metadata-2=before-"
		"connect,max-subs=7 draft/account-registration=before-connect "
		"draft/multiline=max-bytes=4096 draft/message-redaction",
	":irc.test.net CAP * ACK :message-tags server-time batch echo-message "
		"labeled-response draft/read-marker draft/metadata-2 "
		"draft/account-registration draft/multiline "
		"draft/message-redaction",
	":irc.test.net MARKREAD # timestamp=2030-01-01T00:00:00.000Z",
	":irc.test.net MARKREAD # timestamp=2020-01-01T00:00:00.000Z",
	":irc.test.net MARKREAD % timestamp=$", ":irc.test.net MARKREAD # *",
	"@msgid=$;time=2026-01-01T00:00:01.000Z :%!b@h PRIVMSG # :$",
	"@msgid=m1;time=2026-01-01T00:00:01.000Z :bob!b@h PRIVMSG # :one",
	":irc.test.net METADATA % status * :$",
	":irc.test.net METADATA # display-name * :$",
	":irc.test.net METADATA % avatar * :https://x.example/{size}$",
	":irc.test.net METADATA % % % :$", ":irc.test.net METADATA # bot *",
	":irc.test.net 761 ~ % status * :$", ":irc.test.net 766 ~ % status :no",
	":irc.test.net 761 ~ ~ status * :$", ":irc.test.net 774 ~ # 1",
	":irc.test.net 774 ~ ~ $", ":irc.test.net 770 ~ avatar display-name "
		"homepage status pronouns bot color",
	":irc.test.net BATCH +m metadata #", ":irc.test.net BATCH -m",
	":irc.test.net FAIL METADATA RATE_LIMITED # * 1 :slow",
	":irc.test.net FAIL METADATA RATE_LIMITED * status 1 :$",
	":irc.test.net FAIL METADATA TOO_MANY_SUBS status :$",
	":irc.test.net FAIL METADATA $ % status :$",
	":irc.test.net FAIL METADATA KEY_INVALID $ :$",
	":irc.test.net FAIL MARKREAD $ # :$",
	"@label=1 :irc.test.net ACK", "@label=2 :irc.test.net 401 ~ % :$",
	"@label=1 :irc.test.net 301 ~ % :$", "@label=$ :irc.test.net 301 ~ % :$",
	"@label=3 :irc.test.net FAIL % $ % :$",
	"@label=0-1 :irc.test.net 471 ~ # :$", "@label=0-$ :irc.test.net 403 ~ # :$",
	"@label=1 :irc.test.net BATCH +l labeled-response",
	"@label=2 :irc.test.net BATCH +l labeled-response",
	"@batch=l :irc.test.net 311 ~ % u h * :$",
	"@batch=l :irc.test.net 318 ~ % :End", ":irc.test.net BATCH -l",
	"@label=1;msgid=e1;time=2026-01-01T00:00:02.000Z :~!u@h PRIVMSG # :$",
	"@label=1-1;msgid=e2 :~!u@h PRIVMSG % :$",
	":%!b@h REDACT # m1 :$", ":~!u@h REDACT # e1 :$", ":%!b@h REDACT # $",
	":irc.test.net REGISTER SUCCESS $ :$",
	":irc.test.net REGISTER VERIFICATION_REQUIRED ~ :$",
	":irc.test.net VERIFY SUCCESS ~ :$",
	":irc.test.net FAIL REGISTER $ ~ :$",
	":irc.test.net FAIL REGISTER ACCOUNT_EXISTS ~ :$",
	":irc.test.net FAIL * ACCOUNT_REQUIRED_TO_CONNECT :$",
	"ERROR :you must be logged in $", ":irc.test.net 465 ~ :SASL $",
	":irc.test.net 301 ~ bob :$", ":irc.test.net 301 ~ bob *",
};

static const char *const fulls[] = {
	"juliet@home/balcony", "juliet@home/phone", "juliet@home",
	"romeo@home/garden", "nurse@home/x", "evil@away/x",
};

static const char *const rooms[] = {
	"#c%net@gw", "#d%net@gw", "#c%other@gw", "&amp;local%net@gw",
	"#C%net@gw", "#x[y]%net@gw", "#x{y}%net@gw", "bob%net@gw",
	"alice%other@gw", "%net@gw", "net@gw", "gw", "#c%nowhere@gw",
	"#c%free.example@gw", "#%net@gw", "juliet%net@gw", "romeo%net@gw",
	"\xc3\xa9t\xc3\xa9%net@gw", "x\\20y%net@gw", "#c%",
};

static const char *const occupants[] = {
	"/juliet", "/juliet_", "/romeo", "/bob", "/alice", "/a b", "",
	"/\xc3\xa9t\xc3\xa9", "/x[y]", "/0",
};

/* In these: F a sender, R a room, N /nick, $ text, I an id. */
static const char *const stanzas[] = {
	"<presence from='F' to='RN' id='I'><x "
		"xmlns='http://jabber.org/protocol/muc'/></presence>",
	"<presence from='F' to='RN'><x xmlns='http://jabber.org/protocol/mu"
		"c'><password>$</password></x></presence>",
	"<presence from='F' to='RN'/>",
	"<presence from='F' to='RN'><show>away</show><status>$</status><pri"
		"ority>$</priority></presence>",
	"<presence from='F' to='RN'><show>dnd</show></presence>",
	"<presence from='F' to='RN' type='unavailable'><status>$</status></"
		"presence>",
	"<presence from='F' to='R' type='subscribe' id='I'/>",
	"<presence from='F' to='RN' type='subscribe'/>",
	"<presence from='F' to='R' type='subscribed'/>",
	"<presence from='F' to='R' type='unsubscribe' id='I'/>",
	"<presence from='F' to='R' type='unsubscribed'/>",
	"<presence from='F' to='R' type='probe'/>",
	"<presence from='F' to='gw'/>", "<presence from='F' to='net@gw'/>",
	"<presence from='F' to='gw' type='unavailable'/>",
	"<presence from='F' to='bob%net@gw' type='subscribe'/>",
	"<presence from='F' to='gw' type='subscribe'/>",
	"<iq from='F' to='gw' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'><field var='nick'><value>juliet</value></field>"
		"<field var='network'><value>net</value></field><field "
		"var='autoconnect'><value>1</value></field><field "
		"var='when_offline'><value>stay</value></field></x></query>"
		"</iq>",
	"<iq from='F' to='gw' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><remove/></query></iq>",
	"<message from='F' to='gw'><x xmlns='jabber:x:roster'><item jid='R'/>"
		"<item jid='$'/></x></message>",
	"<message from='home' to='gw'><privilege "
		"xmlns='urn:xmpp:privilege:2'><perm access='presence' "
		"type='managed_entity'/></privilege></message>",
	"<presence from='F' to='RN' type='error'/>",
	"<message from='F' to='R' type='groupchat' "
		"id='I'><body>$</body></message>",
	"<message from='F' to='R' type='groupchat' id='I'><body>/me "
		"$</body><x xmlns='urn:$'/></message>",
	"<message from='F' to='R' type='groupchat'><subject>$</subject></me"
		"ssage>",
	"<message from='F' to='RN' type='chat' id='I'><body>$</body></message>",
	"<message from='F' to='RN'><body>a\nb\n$</body></message>",
	"<message from='F' to='RN' type='headline'><body>$</body></message>",
	"<message from='F' to='RN' type='error'><error "
		"type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-s"
		"tanzas'/></error></message>",
	"<iq from='F' to='RN' type='get' id='I'><ping "
		"xmlns='urn:xmpp:ping'/></iq>",
	"<iq from='F' to='RN' type='get' id='I'><query "
		"xmlns='jabber:iq:version'/></iq>",
	"<iq from='F' to='RN' type='get' id='I'><query "
		"xmlns='http://jabber.org/protocol/disco#info'/></iq>",
	"<iq from='F' to='R' type='get' id='I'><query "
		"xmlns='http://jabber.org/protocol/disco#items'/></iq>",
	"<iq from='F' to='R' type='get' id='I'><query "
		"xmlns='http://jabber.org/protocol/disco#info' "
		"node='x-roomuser-item'/></iq>",
	"<iq from='F' to='RN' type='set' id='I'><query "
		"xmlns='$'><password>$</password></query></iq>",
	"<iq from='F' to='RN' type='result' id='I'/>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:conference'><nick>romeo</nick><nick>$</nick>"
		"<secret>$</secret></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:conference'/></iq>",
	"<iq from='F' to='gw' type='set' id='I'><query "
		"xmlns='jabber:iq:gateway'><prompt>$</prompt></query></iq>",
	"<iq from='F' to='gw' type='set' id='I'><query "
		"xmlns='jabber:iq:gateway'><prompt>irc://net/$</prompt></query>"
		"</iq>",
	"<iq from='F' to='R' type='get' id='I'><query "
		"xmlns='jabber:iq:browse'/></iq>",
	"<iq from='F' to='gw' type='get' id='I'><query "
		"xmlns='jabber:iq:agents'/></iq>",
	"<message from='F' to='R' type='groupchat'><body>very long $ very "
		"long very long very long very long very long very long very long "
		"very long very long very long very long very long very long very "
		"long very long very long very long very long very long very long "
		"very long very long very long very long very long very long very "
		"long very long very long very long very long very long very long "
		"very long very long very long very long very long very long very "
		"long very long very long very long very long very long very long "
		"very long</body></message>",
	"<iq from='F' to='R' type='get' id='I'><query "
		"xmlns='jabber:iq:register'/></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><nick>romeo</nick></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><username>$</username><name>$</name>"
		"<password>$</password><key>$</key></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'><field var='nick'><value>$</value></field><field "
		"var='network'><value>other</value></field><field "
		"var='autojoin'><value>#c</value><value>$</value></field><field "
		"var='commands'><value>$</value><value>WHO #c</value></field>"
		"<field var='server_password'><value>$</value></field></x>"
		"</query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data'><field "
		"var='nick'><value>juliet</value></field><field "
		"var='altnicks'><value>juliet_ $</value></field><field "
		"var='autojoin'><value>#c #d &amp;local</value></field><field "
		"var='address'><value>$</value></field><field "
		"var='port'><value>7000</value></field></x></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query "
		"xmlns='jabber:iq:register'><remove/></query></iq>",
	"<iq from='F' to='RN' type='get' id='I'><query "
		"xmlns='jabber:iq:last'/></iq>",
	"<iq from='F' to='RN' type='get' id='I'><query "
		"xmlns='jabber:iq:time'/></iq>",
	"<iq from='F' to='RN' type='get' id='I'><time "
		"xmlns='urn:xmpp:time'/></iq>",
	"<iq from='F' to='RN' type='get' id='I'><vCard "
		"xmlns='vcard-temp'/></iq>",
	"<iq from='F' to='R' type='set' id='I'><vCard "
		"xmlns='vcard-temp'><FN>$</FN></vCard></iq>",
	"<iq from='F' to='bob%net@gw' type='get' id='I'><query "
		"xmlns='jabber:iq:last'/></iq>",
	"<iq from='F' to='bob%net@gw' type='get' id='I'><vCard "
		"xmlns='vcard-temp'/></iq>",
	"<iq from='F' to='R' type='get' id='I'><query "
		"xmlns='jabber:iq:search'/></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><query "
		"xmlns='jabber:iq:search'><nick>b</nick></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query xmlns='jabber:iq:search'>"
		"<nick>$</nick><first>$</first><last>$</last><email>$</email>"
		"<key>$</key></query></iq>",
	"<iq from='F' to='R' type='set' id='I'><query xmlns='jabber:iq:search'>"
		"<x xmlns='jabber:x:data' type='submit'><field var='kind'>"
		"<value>channels</value></field><field var='channel'><value>$"
		"</value></field><field var='min_users'><value>1</value></field>"
		"</x></query></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><query "
		"xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type="
		"'submit'><field var='realname'><value>$</value></field><field "
		"var='account'><value>$</value></field><field var='channel'>"
		"<value>#c</value></field></x></query></iq>",
	"<iq from='F' to='R' type='result' id='ask-1'><query "
		"xmlns='jabber:iq:version'><name>$</name><os>$</os></query></iq>",
	"<iq from='F' to='R' type='result' id='ask-1'><time "
		"xmlns='urn:xmpp:time'><tzo>$</tzo><utc>2026-01-01T00:00:00Z</utc>"
		"</time></iq>",
	"<iq from='F' to='R' type='error' id='ask-1'/>",
	"<iq from='F' to='R' type='result' id='ask-2'><query "
		"xmlns='jabber:iq:time'><display>$</display></query></iq>",
	"<message from='F' to='RN' type='chat' id='I'><x xmlns='jabber:x:oob'>"
		"<url>http://$</url><desc>$</desc></x><thread>$</thread></message>",
	"<message from='F' to='RN' id='I'><body>$</body><x "
		"xmlns='jabber:x:conference' jid='#c%net@gw'/></message>",
	"<message from='F' to='RN' id='I'><x xmlns='jabber:x:conference' "
		"jid='$' reason='$'/></message>",
	"<message from='F' to='RN' type='chat' id='I'><body>$</body><x "
		"xmlns='jabber:x:event'><composing/><delivered/></x></message>",
	"<message from='F' to='RN' type='chat'><composing "
		"xmlns='http://jabber.org/protocol/chatstates'/></message>",
	"<message from='F' to='RN' type='chat'><x xmlns='jabber:x:event'>"
		"<id>$</id></x></message>",
	"<message from='F' to='RN' type='chat' id='I'><body>a\nb\nc\nd</body>"
		"<x xmlns='jabber:x:expire' seconds='1'/></message>",
	"<message from='F' to='RN' id='I'><body>$</body><x "
		"xmlns='jabber:x:envelope'><forwardedby jid='$'/><to "
		"jid='bob%net@gw'/><cc jid='$%net@gw'/></x></message>",
	"<message from='F' to='RN' id='I'><x xmlns='jabber:x:roster'><item "
		"jid='$' name='$'/></x></message>",
	"<message from='F' to='RN' id='I'><html "
		"xmlns='http://www.w3.org/1999/xhtml'><body><p>$<br/><a href='$'>$"
		"</a></p></body></html></message>",
	"<message from='F' to='RN' type='groupchat' id='I'><encrypted "
		"xmlns='urn:xmpp:omemo:2'><payload>$</payload></encrypted></message>",
	"<iq from='F' to='RN' type='set' id='I'><query xmlns='jabber:iq:oob'>"
		"<url>http://$</url></query></iq>",
	/* what our server grants, and what it answers to what we ask of accounts */
	"<message from='home' to='gw'><privilege xmlns='urn:xmpp:privilege:2'>"
		"<perm access='iq'><namespace ns='http://jabber.org/protocol/"
		"pubsub' type='both'/><namespace ns='http://jabber.org/protocol/"
		"disco#info' type='get'/></perm><perm access='roster' "
		"type='both'/></privilege></message>",
	"<message from='home' to='gw'><privilege xmlns='urn:xmpp:privilege:2'>"
		"<perm access='iq'><namespace ns='http://jabber.org/protocol/"
		"pubsub' type='set'><namespace ns='$' type='get'/></namespace>"
		"</perm></privilege></message>",
	"<message from='F' to='gw'><privilege xmlns='urn:xmpp:privilege:2'>"
		"<perm access='$' type='both'/></privilege></message>",
	"<iq from='juliet@home' to='gw' type='result' id='ask-1'><privilege "
		"xmlns='urn:xmpp:privilege:2'><forwarded "
		"xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' "
		"type='result'><query xmlns='http://jabber.org/protocol/disco#"
		"info'><feature var='http://jabber.org/protocol/pubsub#publish-"
		"options'/></query></iq></forwarded></privilege></iq>",
	"<iq from='juliet@home' to='gw' type='result' id='ask-2'><privilege "
		"xmlns='urn:xmpp:privilege:2'><forwarded "
		"xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' "
		"type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
		"<items node='urn:xmpp:mds:displayed:0'><item id='#c%net@gw'>"
		"<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id "
		"xmlns='urn:xmpp:sid:0' by='#c%net@gw' id='m1'/></displayed>"
		"</item></items></pubsub></iq></forwarded></privilege></iq>",
	"<iq from='juliet@home' to='gw' type='result' id='ask-2'><privilege "
		"xmlns='urn:xmpp:privilege:2'><forwarded "
		"xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' "
		"type='error'><error type='cancel'><item-not-found "
		"xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
		"</forwarded></privilege></iq>",
	"<iq from='juliet@home' to='gw' type='result' id='ask-3'/>",
	"<iq from='juliet@home' to='gw' type='error' id='ask-3'><error "
		"type='auth'><$ xmlns='urn:x'/></error></iq>",
	"<iq from='F' to='gw' type='result' id='ask-2'><privilege "
		"xmlns='urn:xmpp:privilege:2'/></iq>",
	"<message from='F' to='R' type='groupchat' id='I'><displayed "
		"xmlns='urn:xmpp:chat-markers:0' id='m1'/></message>",
	"<message from='F' to='R' type='groupchat' id='I'><body>one\ntwo\n$"
		"</body></message>",
	"<message from='F' to='R' type='groupchat' id='I'><retract id='$' "
		"xmlns='urn:xmpp:message-retract:1'/></message>",
	"<iq from='F' to='R' type='set' id='I'><moderate "
		"xmlns='urn:xmpp:message-moderate:1' id='m1'><retract "
		"xmlns='urn:xmpp:message-retract:1'/></moderate></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' "
		"node='create-account' action='execute'/></iq>",
	"<iq from='F' to='R' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='$'/></iq>",
	"<message from='F' to='net@gw' id='I'><body>create-account "
		"secret9 $</body></message>",
	"<message from='F' to='net@gw' id='I'><body>profile status $</body>"
		"</message>",
	"<message from='F' to='net@gw' id='I'><body>$</body></message>",
	"<message from='F' to='#c%net@gw' id='I'><body>channel history "
		"$</body></message>",
	"<message from='F' to='gw' id='I'><body>configure net $</body>"
		"</message>",
	/* forms of commands: the first step, then what is filled in */
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='profile'/></iq>",
	"<iq from='F' to='#c%net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='channel'/></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='raw'/></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='certificate'/></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='profile' "
		"sessionid='01808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='status'>"
		"<value>$</value></field></x></command></iq>",
	"<iq from='F' to='#c%net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='channel' "
		"sessionid='02808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='history'>"
		"<value>2</value></field></x></command></iq>",
	"<iq from='F' to='#c%net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='channel' "
		"sessionid='01808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='encoding'>"
		"<value>KOI8-R</value></field></x></command></iq>",
	"<iq from='F' to='#c%net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='channel' "
		"sessionid='02808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='notices'>"
		"<value>$</value></field></x></command></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='raw' "
		"sessionid='01808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='line'>"
		"<value>$</value></field></x></command></iq>",
	"<iq from='F' to='net@gw' type='set' id='I'><command "
		"xmlns='http://jabber.org/protocol/commands' node='create-account' "
		"sessionid='02808080808080808080808080808080'><x "
		"xmlns='jabber:x:data' type='submit'><field var='password'>"
		"<value>$</value></field></x></command></iq>",
};

#endif
