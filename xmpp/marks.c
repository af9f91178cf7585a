/* SPDX-License-Identifier: MIT */
#include "xmpp/marks.h"

void marks_init(struct marks *m)
{
	*m = (struct marks){0};
}

static bool is_due(const struct marks *m)
{
	return !m->deaf && !m->out && m->sent - m->read >= MARKS_EACH;
}

bool marks_sent(struct marks *m, size_t len)
{
	m->sent += len;
	return is_due(m);
}

void marks_out(struct marks *m)
{
	m->out = true;
	m->asked = m->sent;
}

bool marks_answered(struct marks *m)
{
	if (m->out) {
		m->out = false;
		m->heard = true;
		m->read = m->asked;
	}
	return is_due(m);
}

void marks_given_up(struct marks *m)
{
	m->out = false;
	m->deaf = !m->heard;
	m->read = m->sent;
}

size_t marks_unread(const struct marks *m)
{
	return m->deaf ? 0 : (size_t)(m->sent - m->read);
}
