/* SPDX-License-Identifier: MIT */
#include "mapping/linkfault.h"

#include "base/utf8.h"
#include "mapping/text.h"

enum { DETAIL_BYTES = 300 };

/* operator: the detail is for the log alone. */
static const struct row {
	enum err err;
	enum stanza_error error;
	const char *text;
	bool operator;
} rows[] = {
	{ERR_DNS, E_REMOTE_SERVER_NOT_FOUND,
		"The IRC server's name is not known. Look at its spelling, or "
		"try again later.", false},
	{ERR_TIMEOUT, E_REMOTE_SERVER_TIMEOUT,
		"The IRC server does not answer. Try again later.", false},
	{ERR_FORBIDDEN, E_FORBIDDEN,
		"The gateway may not connect to that address. Name another "
		"server, or ask the operator of this gateway.", false},
	{ERR_PROXY, E_LINK_FAILED,
		"The gateway reaches this network by a proxy, which does not "
		"let it through now. Try again later.", true},
	{ERR_CLOSED, E_LINK_FAILED, "The IRC server closed the connection. Try "
				    "again later.",
		false},
	{ERR_TLS, E_LINK_FAILED, "The IRC server does not speak TLS. Ask the "
				 "operator of this gateway.", false},
	{ERR_TLS_OLD, E_LINK_FAILED,
		"The IRC server offers only old encryption, which protects "
		"nobody any more. Tell the people who run it.", true},
	{ERR_TLS_ALERT, E_LINK_FAILED,
		"The IRC server refused the encrypted connection. Ask the "
		"operator of this gateway.", false},
	{ERR_STS, E_LINK_FAILED,
		"This IRC server has promised encrypted connections, and now "
		"none can be made. Perhaps somebody is in the way, so the "
		"gateway does not connect without. Try again later.", true},
	{ERR_CERTIFICATE, E_LINK_FAILED,
		"The IRC server's certificate is not accepted. Ask the "
		"operator of this gateway.", false},
	{ERR_CERT_NAME, E_LINK_FAILED,
		"The IRC server's certificate is for another name, and perhaps "
		"it is another server. Ask the operator of this "
		"gateway.", true},
	{ERR_CERT_ISSUER, E_LINK_FAILED,
		"The IRC server's certificate is signed by somebody whom the "
		"gateway does not know. Ask the operator of this gateway.",
		true},
	{ERR_CERT_SELF, E_LINK_FAILED,
		"The IRC server has signed its certificate itself, so nobody "
		"can tell whose it is. Ask the operator of this gateway.",
		true},
	{ERR_CERT_EXPIRED, E_LINK_FAILED,
		"The IRC server's certificate has expired. Tell the people who "
		"run it, and try again later.", true},
	{ERR_CERT_EARLY, E_LINK_FAILED,
		"The IRC server's certificate is not valid yet. Try again "
		"later.", true},
	{ERR_CERT_PIN, E_LINK_FAILED,
		"The IRC server's certificate is not the one it had before, "
		"and nothing was sent to it. Ask the operator of this gateway, "
		"who can find out whether the change is right.", true},
};

static const struct row other = {ERR_IO, E_LINK_FAILED,
	"The connection to the IRC server failed. Try again later.", false};

static const struct row *find(enum err why)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].err == why) {
			return &rows[i];
		}
	}
	return &other;
}

void link_fault(const struct session *s, enum err why, const char *detail,
	struct fault *fault)
{
	struct mapping *m = s->user->mapping;
	bool stripped = s->net == NULL && s->sts.forced;
	const struct row *row = find(stripped ? ERR_STS : why);

	fault->error = row->error;
	fault->text = row->text;
	if (row->operator) {
		log_warn(&s->log, "link refused host=%s port=%u reason=\"%s%s"
				  "%s\" %s",
			s->sts.host->p, s->sts.port,
			stripped ? "downgrade by STS stripping: " : "",
			stripped ? err_text(why) : "",
			stripped ? "" : err_text(why), detail ? detail : "");
	} else if (detail != NULL && detail[0] != '\0') {
		struct slice words = slice_str(detail);

		words.len = utf8_cut(words, DETAIL_BYTES);
		fault->text = text_why(m, row->text, words);
	}
}
