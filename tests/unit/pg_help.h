/*
 * The store tests on PostgreSQL: with KOMPIS_TEST_DATABASE (tests/pg/with), a connection string
 * that may be followed by &options=…, a test has two schemas there in place of two files.
 */
#ifndef PG_HELP_H
#define PG_HELP_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PG_URL = 512 };

static inline bool on_pg(void)
{
	return getenv("KOMPIS_TEST_DATABASE") != NULL;
}

/* As the owner of it all, past the store; the first value of the answer. */
static inline long pg_do(const char *text)
{
	PGconn *conn = PQconnectdb(getenv("KOMPIS_TEST_DATABASE"));
	PGresult *r = PQexec(conn, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(conn));
	long value = PQntuples(r) > 0 ? strtol(PQgetvalue(r, 0, 0), NULL, 10) : 0;
	PQclear(r);
	PQfinish(conn);
	return value;
}

/* Two schemas under names of this process: one for people, one for keys. */
static inline void pg_urls(const char *letter, char database[PG_URL], char keys[PG_URL])
{
	for (int i = 0; i < 2; i++)
		snprintf(i ? keys : database, PG_URL,
			 "%s&options=-csearch_path%%3D%s%d_%ld",
			 getenv("KOMPIS_TEST_DATABASE"), letter, i, (long)getpid());
}

/* They are new; what they were before is gone. */
static inline void pg_schemas(const char *letter, char database[PG_URL],
			      char keys[PG_URL])
{
	for (int i = 0; i < 2; i++) {
		char text[256];
		snprintf(text, sizeof text,
			 "SET client_min_messages = warning; DROP SCHEMA IF EXISTS "
			 "%s%d_%ld CASCADE; CREATE SCHEMA %s%d_%ld",
			 letter, i, (long)getpid(), letter, i, (long)getpid());
		pg_do(text);
	}
	pg_urls(letter, database, keys);
}

#endif
