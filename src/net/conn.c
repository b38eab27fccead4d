/* Connections by what they wait for, so that a slow one is known by its start and not by its last byte. */
#include "net/net_priv.h"

void net_conns_open(net_conns *all, arena *mem, const net_config *c, int spare)
{
	static const int64_t second = 1000000;
	all->most = c->connections_max;
	all->micros[PHASE_IDLE] = c->idle_seconds * second;
	all->micros[PHASE_HEAD] = c->header_seconds * second;
	all->micros[PHASE_BODY] = c->body_seconds * second;
	all->micros[PHASE_SEND] = c->send_seconds * second;
	all->records = c->connections_max + spare;
	all->record = NEW_ARRAY(mem, net_conn, (size_t)all->records);
	for (int i = all->records; i-- > 0;) {
		all->record[i].after = all->unused;
		all->unused = &all->record[i];
	}
}

net_conn *net_conn_take(net_conns *all)
{
	net_conn *k = all->unused;
	if (k) {
		all->unused = k->after;
		k->after = NULL;
		all->open++;
	}
	return k;
}

static void leave(net_conns *all, net_conn *k)
{
	if (k->phase == PHASE_BUSY)
		return;
	*(k->before ? &k->before->after : &all->first[k->phase]) = k->after;
	*(k->after ? &k->after->before : &all->last[k->phase]) = k->before;
	k->phase = PHASE_BUSY;
}

void net_conn_give_back(net_conns *all, net_conn *k)
{
	leave(all, k);
	*k = (net_conn){0};
	k->after = all->unused;
	all->unused = k;
	all->open--;
}

void net_conn_enter(net_conns *all, net_conn *k, net_phase phase, int64_t now)
{
	leave(all, k);
	if (phase == PHASE_BUSY)
		return;
	k->phase = phase;
	k->deadline = now + all->micros[phase];
	k->before = all->last[phase];
	k->after = NULL;
	*(k->before ? &k->before->after : &all->first[phase]) = k;
	all->last[phase] = k;
}

net_conn *net_conn_late(const net_conns *all, int64_t now)
{
	for (int p = PHASE_IDLE; p < PHASES; p++)
		if (all->first[p] && all->first[p]->deadline <= now)
			return all->first[p];
	return NULL;
}

int64_t net_conn_next(const net_conns *all)
{
	int64_t next = INT64_MAX;
	for (int p = PHASE_IDLE; p < PHASES; p++)
		if (all->first[p] && all->first[p]->deadline < next)
			next = all->first[p]->deadline;
	return next;
}

net_conn *net_conn_slowest(const net_conns *all)
{
	for (int p = PHASE_IDLE; p <= PHASE_BODY; p++)
		if (all->first[p])
			return all->first[p];
	return NULL;
}
