/*
 * Forms: urlencoded (URL standard §5.1) and multipart (RFC 7578).
 *
 * They are read when the body is complete, so that a file is a slice of it and not a copy,
 * and by a worker, so that the loop goes on meanwhile.
 */
#include <string.h>

#include "net/net_priv.h"

net_form_kind net_form_kind_of(str type)
{
	str rest = type, media;
	if (!str_cut(&rest, ';', &media))
		return NET_FORM_OTHER;
	media = str_trim(media);
	if (net_str_equal_caseless(media, S("application/x-www-form-urlencoded")))
		return NET_FORM_PLAIN;
	if (net_str_equal_caseless(media, S("multipart/form-data")))
		return NET_FORM_PARTS;
	return NET_FORM_OTHER;
}

bool net_pairs_read(arena *mem, str text, const net_pair **out, size_t *n)
{
	size_t most = text.n > 0;
	for (size_t i = 0; i < text.n; i++)
		most += text.s[i] == '&';
	*n = 0;
	*out = NULL;
	if (most > NET_FIELDS_MAX)
		return false;
	net_pair *pair = NEW_ARRAY(mem, net_pair, most);
	*out = pair;
	str part;
	while (str_cut(&text, '&', &part)) {
		if (!part.n)
			continue;
		ptrdiff_t equal = str_find(part, S("="));
		size_t end = equal < 0 ? part.n : (size_t)equal;
		if (!net_percent_decode(mem, str_slice(part, 0, end), true,
					&pair[*n].name) ||
		    !net_percent_decode(mem, str_slice(part, end + 1, part.n), true,
					&pair[*n].value))
			return false;
		++*n;
	}
	return true;
}

/* Cuts a line off *rest, its CRLF with it; false when there is none. */
static bool cut_line(str *rest, str *line)
{
	ptrdiff_t end = str_find(*rest, S("\r\n"));
	if (end < 0)
		return false;
	*line = str_slice(*rest, 0, (size_t)end);
	*rest = str_slice(*rest, (size_t)end + 2, rest->n);
	return true;
}

/*
 * The parameter `name` of a header's value, in quotes or without; s == NULL when there is
 * none, false when it is malformed. Inside quotes a browser writes a quote as %22, so the
 * next quote is the end.
 */
static bool parameter(str value, str name, str *out)
{
	size_t i = 0;
	*out = (str){0};
	while (i < value.n && value.s[i] != ';')
		i++;
	while (i < value.n) {
		i++;
		size_t from = i;
		while (i < value.n && value.s[i] != '=' && value.s[i] != ';')
			i++;
		str key = str_trim(str_slice(value, from, i));
		if (i == value.n || value.s[i] == ';')
			continue;
		char end = ++i < value.n && value.s[i] == '"' ? '"' : ';';
		i += end == '"';
		from = i;
		while (i < value.n && value.s[i] != end)
			i++;
		str found = str_slice(value, from, i);
		if (end == '"' && i == value.n)
			return false;
		while (i < value.n && value.s[i] != ';')
			i++;
		if (net_str_equal_caseless(key, name)) {
			*out = end == '"' ? found : str_trim(found);
			return true;
		}
	}
	return true;
}

static bool is_text(str s)
{
	return utf8_valid(s) && !(s.n && memchr(s.s, 0, s.n));
}

static bool is_line(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 0x7f)
			return false;
	return utf8_valid(s);
}

/* The head of a part, up to its empty line. */
static bool read_part_head(str *rest, net_file *part)
{
	str line;
	*part = (net_file){0};
	for (int lines = 0; cut_line(rest, &line) && lines < 16; lines++) {
		if (!line.n)
			return part->field.s != NULL;
		ptrdiff_t colon = str_find(line, S(":"));
		if (colon < 0 || !is_line(line))
			return false;
		str name = str_slice(line, 0, (size_t)colon);
		str value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
		if (net_str_equal_caseless(name, S("Content-Type")))
			part->type = value;
		if (!net_str_equal_caseless(name, S("Content-Disposition")))
			continue;
		if (!net_str_equal_caseless(str_slice(value, 0, 9), S("form-data")) ||
		    !parameter(value, S("name"), &part->field) ||
		    !parameter(value, S("filename"), &part->name))
			return false;
	}
	return false;
}

/* How many parts there may be: one for each delimiter. */
static size_t count_parts(str body, str delimiter)
{
	size_t n = 0;
	for (ptrdiff_t at; n <= NET_FIELDS_MAX && (at = str_find(body, delimiter)) >= 0;
	     n++)
		body = str_slice(body, (size_t)at + delimiter.n, body.n);
	return n;
}

static bool read_parts(arena *mem, str boundary, str body, net_request *r)
{
	str delimiter = str_format(mem, "\r\n--%.*s", STR_ARG(boundary));
	str first = str_slice(delimiter, 2, delimiter.n), line;
	size_t most = count_parts(body, delimiter) + 1;
	if (most > NET_FIELDS_MAX + 1 || !str_starts(body, first))
		return false;
	net_pair *form = NEW_ARRAY(mem, net_pair, most);
	net_file *file = NEW_ARRAY(mem, net_file, most);
	r->form = form;
	r->file = file;
	body = str_slice(body, first.n, body.n);
	while (!str_starts(body, S("--"))) {
		net_file part;
		if (!cut_line(&body, &line) || str_trim(line).n ||
		    !read_part_head(&body, &part))
			return false;
		ptrdiff_t end = str_find(body, delimiter);
		if (end < 0)
			return false;
		part.bytes = str_slice(body, 0, (size_t)end);
		body = str_slice(body, (size_t)end + delimiter.n, body.n);
		if (!part.name.s && !is_text(part.bytes))
			return false;
		if (!part.name.s)
			form[r->forms++] = (net_pair){part.field, part.bytes};
		else if (part.name.n || part.bytes.n)
			file[r->files++] = part;
	}
	return true;
}

/* bchars (RFC 2046 §5.1.1). */
static bool is_boundary(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] <= ' ' || s.s[i] == 0x7f || strchr("\"\\;<>@[]{}", s.s[i]))
			return false;
	return s.n >= 1 && s.n <= 70;
}

bool net_form_read(arena *mem, str type, str body, net_request *r)
{
	str boundary;
	switch (net_form_kind_of(type)) {
	case NET_FORM_PLAIN:
		return net_pairs_read(mem, body, &r->form, &r->forms);
	case NET_FORM_PARTS:
		return parameter(type, S("boundary"), &boundary) &&
		       is_boundary(boundary) && read_parts(mem, boundary, body, r);
	case NET_FORM_OTHER:
		break;
	}
	return false;
}
