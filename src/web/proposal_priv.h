/* proposal_priv - what the pages about proposals share. */
#ifndef WEB_PROPOSAL_PRIV_H
#define WEB_PROPOSAL_PRIV_H

#include "store/round.h"
#include "web/office_priv.h"
#include "web/view_offer.h"

/* State, icon and grade of a proposal with these answers. */
void proposal_look(req *r, const proposal *p, const proposal_person *who, size_t n,
		   proposal_row *v);
/* One line about a proposal; `but` is not named, whose page it is on. */
MUST_USE bool proposal_row_of(req *r, id proposal_id, id but, proposal_row *out);
/* What is proposed to somebody, and whom she is not suggested again. */
MUST_USE bool proposal_of_person(req *r, id who, person_view *v);
/* What somebody said, in words. */
const char *proposal_answer_key(str answer);
/* A conflict as the page of the proposal in the address, with the words of the fault; other faults stay. */
MUST_USE bool proposal_conflict(req *r);

#endif
